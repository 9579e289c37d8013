#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "native/commands/commands.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/number_option.h"
#include "native/commands/zero_shot_commands.h"
#include "native/evaluation/zero_shot_evaluation.h"
#include "native/system/json_file.h"
#include "native/terminal/standard_streams.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

struct EvaluateZeroShotOptions {
  FeatureOptions features;
  DescribedImagesOptions images;
  std::string attributes;
  std::vector<std::string> methods{"eszsl", "dap"};
  std::vector<std::string> unseen;
  double unseen_share = 0;
  bool by_group = false;
  ZeroShotPlan plan;
  bool json = false;
};

std::vector<std::uint8_t> choose_unseen(const EvaluateZeroShotOptions& options,
                                        const AttributeTable& table) {
  if (!options.unseen.empty()) return unseen_by_name(table, options.unseen);
  if (options.unseen_share > 0) {
    return unseen_by_share(table, options.unseen_share, options.by_group, options.plan.seed);
  }
  throw Error(ErrorCode::kInvalidArgument,
              "zero-shot evaluate: say which classes are unseen: --unseen NAME.. or "
              "--unseen-share SHARE");
}

int run_evaluate(const EvaluateZeroShotOptions& options) {
  const AttributeTable table = read_attributes(options.attributes);
  const std::vector<std::uint8_t> is_unseen = choose_unseen(options, table);
  const ImageFeatures features = open_features(options.features);
  const DescribedImages images =
      embed_described(features, table, options.attributes, options.images, terminal_progress());
  report_problems(images.problems);
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const std::string& method : options.methods) {
    ZeroShotEvaluation evaluation =
        evaluate_zero_shot(images, table, is_unseen, parse_method(method), options.plan);
    evaluation.embedder = features.name();
    json.push_back(to_json(evaluation));
    if (options.json) continue;
    std::cout << to_text(evaluation);
    flush_stdout();
  }
  if (options.json) std::cout << json_text(json) << '\n';
  return kExitDone;
}

}  // namespace

void add_zero_shot_evaluate(CLI::App& zero_shot, int& exit_code) {
  auto options = std::make_shared<EvaluateZeroShotOptions>();
  CLI::App* command = zero_shot.add_subcommand(
      "evaluate", "Learn from seen classes, measure on unseen ones, against chance");
  add_feature_options(*command, options->features);
  command
      ->add_option("--data", options->images.data,
                   "Folders or archives with a folder per class, seen and unseen")
      ->required();
  command->add_option("--attributes", options->attributes, "CSV with a line per class")->required();
  command->add_option("--methods", options->methods, "eszsl, dap or both (default)")
      ->check(CLI::IsMember({"eszsl", "dap"}));
  auto* unseen = command->add_option("--unseen", options->unseen,
                                     "Classes, or folders of classes, that are unseen: Latin");
  add_number_option(*command, "--unseen-share", options->unseen_share, kOpenShareRange,
                    "Instead: so many of the classes, drawn by --seed")
      ->excludes(unseen);
  command->add_flag("--by-group", options->by_group,
                    "Draw groups (the first part of the names: alphabets) instead of classes");
  command->add_option("--leave-out", options->images.leave_out,
                      "Leave out images whose name ends in this, as _01: the describing drawer's");
  add_number_option(*command, "--way", options->plan.ways, {2, 1'000'000},
                    "Unseen classes at a time (default 5 20)");
  add_number_option(*command, "--draws", options->plan.draws, {1, 10'000'000},
                    "Of them, an image each (default 1000)");
  add_number_option(*command, "--seen-test", options->plan.seen_test, kOpenShareRange,
                    "Share of each seen class's images, the last by name, kept for the generalised "
                    "setting (default 0.25)");
  add_number_option(*command, "--folds", options->plan.folds, {2, 100},
                    "Of cross-validation, by seen classes");
  add_seed_option(*command, options->plan.seed, "Of all draws (default 1)");
  add_threads_option(*command, options->images.threads);
  command->add_flag("--json", options->json, "Print one JSON array, an object per method");
  command->callback([options, &exit_code] { exit_code = run_evaluate(*options); });
}

}  // namespace visavis
