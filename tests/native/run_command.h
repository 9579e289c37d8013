#pragma once

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

/// The same, but `signal` is sent once the command has run for `milliseconds` (it may be done by
/// then).
CommandResult run_visavis_and_signal(const std::vector<std::string>& arguments,
                                     const std::string& models, int milliseconds, int signal);

}  // namespace visavis
