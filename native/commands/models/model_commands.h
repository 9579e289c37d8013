#pragma once

#include <CLI/CLI.hpp>

namespace visavis {

/// The commands that make, change and show model files; see commands.h.
void add_import_command(CLI::App& app, int& exit_code);
void add_convert_command(CLI::App& app, int& exit_code);
void add_inspect_command(CLI::App& app, int& exit_code);

}  // namespace visavis
