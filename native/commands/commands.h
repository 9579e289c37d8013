#pragma once

#include <CLI/CLI.hpp>

namespace visavis {

/// Exit codes of the command line.
inline constexpr int kExitDone = 0;       ///< compare: the same person
inline constexpr int kExitDifferent = 1;  ///< compare: different people
inline constexpr int kExitBadInput = 2;
inline constexpr int kExitNoFace = 3;

/// Each command stands in commands/<name>.cpp: it adds its subcommand with options; the callback
/// runs it, throws visavis::Error for bad input and stores the exit code.
void add_compare_command(CLI::App& app, int& exit_code);
void add_embed_command(CLI::App& app, int& exit_code);
void add_evaluate_command(CLI::App& app, int& exit_code);
void add_classify_command(CLI::App& app, int& exit_code);
void add_calibrate_command(CLI::App& app, int& exit_code);
void add_import_command(CLI::App& app, int& exit_code);
void add_convert_command(CLI::App& app, int& exit_code);
void add_inspect_command(CLI::App& app, int& exit_code);
void add_bench_command(CLI::App& app, int& exit_code);
void add_train_command(CLI::App& app, int& exit_code);
void add_probe_command(CLI::App& app, int& exit_code);

/// Adds them all, and --version. `exit_code` outlives the parse.
void add_commands(CLI::App& app, int& exit_code);

}  // namespace visavis
