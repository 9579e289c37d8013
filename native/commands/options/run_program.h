#pragma once

#include <CLI/CLI.hpp>

namespace visavis {

/// The main function of a program with commands: calls `add_commands` (app, exit_code), parses the
/// arguments and runs the command. Whatever is thrown becomes one line on stderr and an exit code
/// (exit_codes.h), which is returned. Denormals are flushed in all threads; Ctrl-C ends the
/// program.
int run_program(int argc, char** argv, void (*add_commands)(CLI::App& app, int& exit_code));

}  // namespace visavis
