#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "native/commands/commands.h"
#include "native/commands/options/usage_error.h"
#include "native/system/flush_to_zero.h"
#include "native/system/interrupt.h"
#include "native/system/printable.h"
#include "native/terminal/standard_streams.h"

namespace {

int exit_code_of(const visavis::Error& error) {
  return error.code() == visavis::ErrorCode::kNoFace ||
                 error.code() == visavis::ErrorCode::kFaceTooSmall
             ? visavis::kExitNoFace
             : visavis::kExitBadInput;
}

/// One line, whatever names it tells of.
void say(const char* message) { std::cerr << "visavis: " << visavis::printable(message) << '\n'; }

/// Runs the command; throws what went wrong.
int run_command(int argc, char** argv) {
  CLI::App app{"visavis: compare a passport photo with a selfie, on this machine"};
  int exit_code = visavis::kExitDone;
  visavis::add_commands(app, exit_code);
  visavis::check_command_words(app, {argv + std::min(argc, 1), argv + argc});
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    throw visavis::Error(visavis::ErrorCode::kInvalidArgument,
                         visavis::usage_error_text(app, error));
  }
  return exit_code;
}

/// Whatever is thrown becomes a line on stderr and an exit code.
int guarded_run(int argc, char** argv) {
  try {
    const int exit_code = run_command(argc, argv);
    visavis::flush_stdout();
    return exit_code;
  } catch (const visavis::Error& error) {
    say(error.what());
    return exit_code_of(error);
  } catch (const std::bad_alloc&) {
    say("out of memory; close other programs or use smaller photos");
  } catch (const std::exception& error) {
    say(error.what());
  }
  return visavis::kExitBadInput;
}

}  // namespace

int main(int argc, char** argv) {
  const visavis::FlushToZero flush;  // Before the first thread, so that all inherit it.
  visavis::keep_standard_streams();
  visavis::exit_on_interrupt();
  return guarded_run(argc, argv);
}
