#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace visavis {

/// Adds --dry-run to a command whose work takes long. With it the command reads options, files and
/// models, makes every check that comes before its work, and calls end_dry_run instead of working.
/// It decodes no photo and writes nothing.
void add_dry_run_option(CLI::App& command, bool& is_dry_run);

/// Says on stdout, in one line, what would have been done: "dry run: would `work`". Returns
/// kExitDone.
int end_dry_run(const std::string& work);

}  // namespace visavis
