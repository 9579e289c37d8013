#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "core/zeroshot/zero_shot.h"
#include "native/embedding/image_features.h"
#include "native/models/model_files.h"

namespace visavis {

/// The subcommands of `visavis zero-shot`, each in a file of its own; as those of commands.h.
void add_zero_shot_describe(CLI::App& zero_shot, int& exit_code);
void add_zero_shot_train(CLI::App& zero_shot, int& exit_code);
void add_zero_shot_classify(CLI::App& zero_shot, int& exit_code);
void add_zero_shot_evaluate(CLI::App& zero_shot, int& exit_code);

/// Adds `zero-shot` to the command line.
void add_zero_shot_command(CLI::App& app, int& exit_code);

/// What embeds the images.
struct FeatureOptions {
  ModelChoice models;
  bool pixels = false;
};

/// Adds --model, --models and --pixels.
void add_feature_options(CLI::App& command, FeatureOptions& options);

/// Throws kInvalidArgument unless either a model or --pixels is given; as ImageFeatures does.
ImageFeatures open_features(const FeatureOptions& options);

/// Adds --method, eszsl or dap, to `method`.
CLI::Option* add_method_option(CLI::App& command, std::string& method);
ZeroShotMethod parse_method(const std::string& method);

/// Tells on stderr of images that have no embedding: the first few by name.
void report_problems(const std::vector<std::string>& problems);

}  // namespace visavis
