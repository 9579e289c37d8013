#include "native/commands/options/run_program.h"

#include <algorithm>
#include <exception>
#include <iostream>
#include <new>

#include "core/base/error.h"
#include "native/commands/options/exit_codes.h"
#include "native/commands/options/usage_error.h"
#include "native/system/flush_to_zero.h"
#include "native/system/printable.h"
#include "native/terminal/interrupt.h"
#include "native/terminal/standard_streams.h"

namespace visavis {
namespace {

int exit_code_of(const Error& error) {
  return error.code() == ErrorCode::kNoFace || error.code() == ErrorCode::kFaceTooSmall
             ? kExitNoFace
             : kExitBadInput;
}

/// One line, whatever names it tells of.
void say(const char* message) { std::cerr << "visavis: " << printable(message) << '\n'; }

/// Runs the command; throws what went wrong.
int run_command(int argc, char** argv, void (*add_commands)(CLI::App&, int&)) {
  CLI::App app{"visavis: compare a passport photo with a selfie, on this machine"};
  int exit_code = kExitDone;
  add_commands(app, exit_code);
  check_command_words(app, {argv + std::min(argc, 1), argv + argc});
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorCode::kInvalidArgument, usage_error_text(app, error));
  }
  return exit_code;
}

/// Whatever is thrown becomes a line on stderr and an exit code.
int guarded_run(int argc, char** argv, void (*add_commands)(CLI::App&, int&)) {
  try {
    exit_on_interrupt();
    const int exit_code = run_command(argc, argv, add_commands);
    flush_stdout();
    return exit_code;
  } catch (const Error& error) {
    say(error.what());
    return exit_code_of(error);
  } catch (const std::bad_alloc&) {
    say("out of memory; close other programs or use smaller photos");
  } catch (const std::exception& error) {
    say(error.what());
  }
  return kExitBadInput;
}

}  // namespace

int run_program(int argc, char** argv, void (*add_commands)(CLI::App& app, int& exit_code)) {
  const FlushToZero flush;  // Before the first thread, so that all inherit it.
  keep_standard_streams();
  return guarded_run(argc, argv, add_commands);
}

}  // namespace visavis
