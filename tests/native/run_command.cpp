#include "run_command.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "temporary_folder.h"

namespace visavis {
namespace {

/// In the child, between fork and exec.
void redirect(int descriptor, const char* file) {
  const int opened = ::open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (opened < 0 || ::dup2(opened, descriptor) < 0) ::_exit(127);
}

}  // namespace

CommandResult run_visavis(const std::vector<std::string>& arguments, const std::string& models) {
  const TemporaryFolder folder;
  const std::string executable =
      (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "visavis").string();
  const std::string out = (folder / "out").string();
  const std::string err = (folder / "err").string();
  std::vector<char*> argv{const_cast<char*>(executable.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv("VISAVIS_MODELS", models.c_str(), 1);
    redirect(STDOUT_FILENO, out.c_str());
    redirect(STDERR_FILENO, err.c_str());
    ::execv(executable.c_str(), argv.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text_file(out), read_text_file(err)};
}

}  // namespace visavis
