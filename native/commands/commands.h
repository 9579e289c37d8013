#pragma once

#include <CLI/CLI.hpp>

#include "native/commands/models/model_commands.h"
#include "native/commands/options/exit_codes.h"

namespace visavis {

/// Each command stands in commands/NAME.cpp: it adds its subcommand with options; the callback
/// runs it, throws visavis::Error for bad input and stores the exit code.
void add_compare_command(CLI::App& app, int& exit_code);
void add_enrol_command(CLI::App& app, int& exit_code);
void add_embed_command(CLI::App& app, int& exit_code);
void add_evaluate_command(CLI::App& app, int& exit_code);
void add_classify_command(CLI::App& app, int& exit_code);
void add_convert_command(CLI::App& app, int& exit_code);
void add_calibrate_command(CLI::App& app, int& exit_code);
void add_debias_command(CLI::App& app, int& exit_code);
void add_bench_command(CLI::App& app, int& exit_code);
void add_train_command(CLI::App& app, int& exit_code);
void add_probe_command(CLI::App& app, int& exit_code);

/// `visavis inspect MODEL --quantization PHOTOS`.
MoreInspection quantization_inspection();

/// Adds them all, and --version. `exit_code` outlives the parse.
void add_commands(CLI::App& app, int& exit_code);

}  // namespace visavis
