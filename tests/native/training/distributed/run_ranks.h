#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace visavis {

struct RanksResult {
  int exit_code = -1;  ///< -1 when a signal ended it.
  std::string output;  ///< Standard output and error of all ranks.
};

inline bool has_mpirun() { return std::system("command -v mpirun >/dev/null 2>&1") == 0; }

/// What stands before a command to run it on `ranks` ranks. Containers: root, fewer cores than
/// ranks, no ssh, no reading of another process's memory. Open MPI's own leaks are not ours to
/// find. A rank that hangs fails the test after a minute.
inline std::string mpirun(int ranks) {
  return "env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_plm=isolated "
         "OMPI_MCA_btl=self,vader OMPI_MCA_btl_vader_single_copy_mechanism=none "
         "ASAN_OPTIONS=detect_leaks=0 timeout 60 mpirun --oversubscribe --bind-to none -n " +
         std::to_string(ranks) + " ";
}

inline RanksResult run_in_shell(const std::string& command) {
  RanksResult result;
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return result;
  std::array<char, 4096> part{};
  for (std::size_t n = 0; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;) {
    result.output.append(part.data(), n);
  }
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  return result;
}

/// A program of the build, which lies beside the test's own executable.
inline std::string built_program(const std::string& name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

/// Runs the built `visavis_ranks` (tests/native/training/distributed/ranks): under mpirun with as
/// many ranks, or plainly with one where `ranks` is 0.
inline RanksResult run_ranks(int ranks, const std::string& scenario,
                             const std::string& option = {}) {
  return run_in_shell((ranks > 0 ? mpirun(ranks) : "") + "'" + built_program("visavis_ranks") +
                      "' " + scenario + " " + std::to_string(ranks > 0 ? ranks : 1) + " '" +
                      option + "'");
}

}  // namespace visavis
