#pragma once

#include <functional>
#include <string>
#include <vector>

namespace visavis {

struct CommandResult {
  int exit_code = -1;  ///< -1 when a signal ended it.
  std::string out;
  std::string err;
};

/// Runs the built `visavis`, which lies beside the test's own executable, with $VISAVIS_MODELS set
/// to `models`.
CommandResult run_visavis(const std::vector<std::string>& arguments, const std::string& models);

/// The same of another program that lies there.
CommandResult run_built(const std::string& program, const std::vector<std::string>& arguments,
                        const std::string& models);

/// As run_visavis, with standard output going to `file`, /dev/full say, or closed where `file` is
/// kClosedStream; `out` of the result is empty.
inline constexpr const char* kClosedStream = "&-";
CommandResult run_visavis_into(const std::string& file, const std::vector<std::string>& arguments,
                               const std::string& models);

/// The same, but `signal` is sent once `wait` has returned (the command may be done by then).
CommandResult run_visavis_and_signal(const std::vector<std::string>& arguments,
                                     const std::string& models, const std::function<void()>& wait,
                                     int signal);

/// The same, `wait` being told the command's process.
CommandResult run_visavis_and_signal(const std::vector<std::string>& arguments,
                                     const std::string& models,
                                     const std::function<void(int process)>& wait, int signal);

/// Returns once the process handles Ctrl-C, which is the first thing it does, or has ended.
void wait_until_interrupts_are_handled(int process);

}  // namespace visavis
