#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <memory>

#include "core/zeroshot/zero_shot_file.h"
#include "core/zeroshot/zero_shot_training.h"
#include "native/commands/commands.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/number_option.h"
#include "native/commands/options/output_check.h"
#include "native/commands/zero_shot_commands.h"
#include "native/embedding/described_images.h"
#include "native/system/atomic_file.h"
#include "native/system/counted.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

struct TrainZeroShotOptions {
  FeatureOptions features;
  DescribedImagesOptions images;
  std::string attributes;
  std::string method = "eszsl";
  std::size_t folds = 5;
  std::filesystem::path out;
};

ZeroShotExamples examples_of(DescribedImages images) {
  ZeroShotExamples examples;
  for (std::size_t i = 0; i < images.label.size(); ++i) {
    if (images.embeddings[i].empty()) continue;
    examples.embeddings.push_back(std::move(images.embeddings[i]));
    examples.label.push_back(images.label[i]);
  }
  return examples;
}

Record record_of(const TrainZeroShotOptions& options, const ZeroShotExamples& examples,
                 const ZeroShotSelection& selection) {
  std::string data;
  for (const std::string& location : options.images.data) {
    data += (data.empty() ? "" : " ") + location;
  }
  return {{"data", data},
          {"attributes", options.attributes},
          {"images", std::to_string(examples.label.size())},
          {"gamma", fmt::format("{:g}", selection.ridge.gamma)},
          {"lambda", fmt::format("{:g}", selection.ridge.lambda)},
          {"accuracy among held-out seen classes",
           fmt::format("{:.4f} of {:.1f} classes", selection.accuracy, selection.way)}};
}

int run_train(const TrainZeroShotOptions& options) {
  std::vector<std::string> inputs = options.images.data;
  inputs.insert(inputs.end(), {options.attributes, options.features.models.embedder});
  check_output_file("--out", options.out, OutputKind::kZeroShotModel, inputs);
  const AttributeTable table = read_attributes(options.attributes);
  const ImageFeatures features = open_features(options.features);
  DescribedImages images =
      embed_described(features, table, options.attributes, options.images, terminal_progress());
  report_problems(images.problems);
  const ZeroShotExamples examples = examples_of(std::move(images));
  ZeroShotSelection selection;
  ZeroShotModel model =
      train_zero_shot(examples, table, parse_method(options.method), options.folds, &selection);
  model.embedder = features.name();
  model.embedder_digest = features.digest();
  model.record = record_of(options, examples, selection);
  write_file_atomically(options.out, [&](std::ostream& out) { save_zero_shot(model, out); });
  std::cout << fmt::format(
      "{}: {} on {}, {}, {} of {}; gamma {:g}, lambda {:g}: {:.1f}% "
      "among {:.0f} of them held out\n",
      options.out.string(), options.method, model.embedder,
      counted(model.attributes.size(), "attribute", "attributes"),
      counted(examples.label.size(), "image", "images"),
      counted(model.seen_classes.size(), "seen class", "seen classes"), selection.ridge.gamma,
      selection.ridge.lambda, 100 * selection.accuracy, selection.way);
  return kExitDone;
}

}  // namespace

void add_zero_shot_train(CLI::App& zero_shot, int& exit_code) {
  auto options = std::make_shared<TrainZeroShotOptions>();
  CLI::App* command = zero_shot.add_subcommand(
      "train", "Learn from seen classes how embeddings and attributes go together");
  add_feature_options(*command, options->features);
  command
      ->add_option("--data", options->images.data,
                   "Folders or archives with a folder per seen class")
      ->required();
  command
      ->add_option("--attributes", options->attributes,
                   "CSV with a line per class, at least of every class of --data")
      ->required();
  add_method_option(*command, options->method);
  command->add_option("--leave-out", options->images.leave_out,
                      "Leave out images whose name ends in this, as _01: the describing drawer's");
  add_number_option(*command, "--folds", options->folds, {2, 100},
                    "Of cross-validation, by classes (default 5)");
  command->add_option("--out", options->out, "The zero-shot model to write")->required();
  add_threads_option(*command, options->images.threads);
  command->callback([options, &exit_code] { exit_code = run_train(*options); });
}

}  // namespace visavis
