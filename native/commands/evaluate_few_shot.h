#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "native/evaluation/few_shot_evaluation.h"
#include "native/models/model_files.h"

namespace visavis {

/// The options of `evaluate` that measure few-shot classification.
struct EvaluateFewShotOptions {
  std::string episodes;       ///< A folder per class.
  std::string one_shot_runs;  ///< Omniglot's.
  std::vector<std::string> methods;
  double scale = 10;
  EpisodeTablePlan plan;  ///< But for the seed.
  std::vector<std::string> only;
  std::vector<double> rotations;

  [[nodiscard]] bool is_asked_for() const { return !episodes.empty() || !one_shot_runs.empty(); }
};

/// Adds them to `evaluate`, which has its other options already.
void add_evaluate_few_shot_options(CLI::App& command, EvaluateFewShotOptions& options);

/// Embeds every image once, prints the table and gives the exit code. A dry run stops before the
/// first image (end_dry_run).
int run_evaluate_few_shot(const EvaluateFewShotOptions& options, const ModelChoice& models,
                          std::uint64_t seed, int threads, bool json, bool is_dry_run);

}  // namespace visavis
