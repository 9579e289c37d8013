#include "tests/native/commands/run_command.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "tests/native/system/temporary_folder.h"

namespace visavis {
namespace {

/// In the child, between fork and exec.
void redirect(int descriptor, const char* file) {
  if (std::strcmp(file, kClosedStream) == 0) {
    ::close(descriptor);
    return;
  }
  const int opened = ::open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (opened < 0 || ::dup2(opened, descriptor) < 0) ::_exit(127);
  if (opened != descriptor) ::close(opened);
}

/// Starts the program beside this one with its output in `folder`, or standard output in `out`
/// where that is named.
pid_t start_built(const std::string& program, const std::vector<std::string>& arguments,
                  const std::string& models, const TemporaryFolder& folder, std::string out = "") {
  const std::string executable =
      (std::filesystem::read_symlink("/proc/self/exe").parent_path() / program).string();
  if (out.empty()) out = (folder / "out").string();
  const std::string err = (folder / "err").string();
  std::vector<char*> argv{const_cast<char*>(executable.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::setenv("VISAVIS_MODELS", models.c_str(), 1);
  redirect(STDERR_FILENO, err.c_str());
  redirect(STDOUT_FILENO,
           out.c_str());  // Last: a file opened later would take a closed one's place.
  ::execv(executable.c_str(), argv.data());
  ::_exit(127);
}

pid_t start_visavis(const std::vector<std::string>& arguments, const std::string& models,
                    const TemporaryFolder& folder, const std::string& out = "") {
  return start_built("visavis", arguments, models, folder, out);
}

CommandResult wait_for(pid_t child, const TemporaryFolder& folder) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_text_file(folder / "out"),
          read_text_file(folder / "err")};
}

}  // namespace

CommandResult run_visavis(const std::vector<std::string>& arguments, const std::string& models) {
  const TemporaryFolder folder;
  return wait_for(start_visavis(arguments, models, folder), folder);
}

CommandResult run_built(const std::string& program, const std::vector<std::string>& arguments,
                        const std::string& models) {
  const TemporaryFolder folder;
  return wait_for(start_built(program, arguments, models, folder), folder);
}

CommandResult run_visavis_into(const std::string& file, const std::vector<std::string>& arguments,
                               const std::string& models) {
  const TemporaryFolder folder;
  return wait_for(start_visavis(arguments, models, folder, file), folder);
}

CommandResult run_visavis_and_signal(const std::vector<std::string>& arguments,
                                     const std::string& models, const std::function<void()>& wait,
                                     int signal) {
  return run_visavis_and_signal(
      arguments, models, [&](int) { wait(); }, signal);
}

CommandResult run_visavis_and_signal(const std::vector<std::string>& arguments,
                                     const std::string& models,
                                     const std::function<void(int)>& wait, int signal) {
  const TemporaryFolder folder;
  const pid_t child = start_visavis(arguments, models, folder);
  wait(child);
  ::kill(child, signal);
  return wait_for(child, folder);
}

void wait_until_interrupts_are_handled(int process) {
  const std::string status = "/proc/" + std::to_string(process) + "/status";
  while (true) {
    const std::string text = read_text_file(status);
    if (text.empty() || text.find("State:\tZ") != std::string::npos) return;
    const std::string caught = text.substr(text.find("SigCgt:") + 7);  // A mask in hexadecimal.
    if ((std::stoull(caught, nullptr, 16) >> (SIGINT - 1) & 1U) != 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace visavis
