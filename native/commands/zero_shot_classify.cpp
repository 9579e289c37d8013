#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/zeroshot/zero_shot_file.h"
#include "native/commands/commands.h"
#include "native/commands/options/few_shot_options.h"
#include "native/commands/options/model_options.h"
#include "native/commands/zero_shot_commands.h"
#include "native/data/photo_inputs.h"
#include "native/embedding/described_images.h"
#include "native/system/atomic_file.h"
#include "native/system/json_file.h"
#include "native/system/printable.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

constexpr std::size_t kMaxZeroShotBytes = std::size_t{1} << 30U;

struct ClassifyZeroShotOptions {
  FeatureOptions features;
  std::string zero_shot;
  std::string attributes;
  std::vector<std::string> photos;
  std::size_t top = 5;
  int threads = 0;
  bool json = false;
};

/// The likeliest classes first; of equals the one that is described first.
std::vector<std::size_t> likeliest(const std::vector<double>& probabilities, std::size_t count) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return probabilities[a] > probabilities[b];
  });
  order.resize(std::min(order.size(), count));
  return order;
}

void print_text(const std::string& name, const ZeroShotClassifier& classifier,
                const std::vector<double>& probabilities, std::size_t top) {
  std::string line = printable(name) + ":";
  const char* separator = " ";
  for (const std::size_t c : likeliest(probabilities, top)) {
    line +=
        fmt::format("{}{} {:.3f}", separator, printable(classifier.classes()[c]), probabilities[c]);
    separator = ", ";
  }
  std::cout << line << '\n';
}

nlohmann::ordered_json json_of(const std::string& name, const ZeroShotClassifier& classifier,
                               const std::vector<double>& probabilities, std::size_t top) {
  nlohmann::ordered_json classes = nlohmann::ordered_json::array();
  for (const std::size_t c : likeliest(probabilities, top)) {
    classes.push_back({{"class", classifier.classes()[c]}, {"probability", probabilities[c]}});
  }
  return {{"photo", name}, {"classes", classes}};
}

int run_classify(const ClassifyZeroShotOptions& options) {
  const ZeroShotModel model =
      load_zero_shot(read_file(options.zero_shot, kMaxZeroShotBytes), options.zero_shot);
  const AttributeTable table = read_attributes(options.attributes);
  require_attributes(table, model.attributes, options.attributes);
  const ImageFeatures features = open_features(options.features);
  require_embedder(model, features.name(), features.digest());
  const ZeroShotClassifier classifier(model, table);
  const PhotoInputs inputs = open_photos(options.photos, terminal_progress());
  const std::vector<PhotoRef>& photos = inputs.photos;
  const std::vector<EmbeddedPhoto> embedded =
      features.extract(photos, options.threads, terminal_progress());
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  bool all_usable = true;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const std::string name = photos[i].dataset->full_name(photos[i].image);
    if (!embedded[i].has_face()) {
      all_usable = false;
      std::cerr << "no embedding: " << printable(embedded[i].problem) << '\n';
      json.push_back({{"photo", name}, {"problem", embedded[i].reason}});
      continue;
    }
    const std::vector<double> probabilities = classifier.probabilities(embedded[i].embedding);
    json.push_back(json_of(name, classifier, probabilities, options.top));
    if (!options.json) print_text(name, classifier, probabilities, options.top);
  }
  if (options.json) std::cout << json_text(json) << '\n';
  return all_usable ? kExitDone : kExitBadInput;
}

}  // namespace

void add_zero_shot_classify(CLI::App& zero_shot, int& exit_code) {
  auto options = std::make_shared<ClassifyZeroShotOptions>();
  CLI::App* command = zero_shot.add_subcommand(
      "classify", "Tell which of the described classes each photo is of, with probabilities");
  command->add_option("--zero-shot", options->zero_shot, "What `zero-shot train` wrote")
      ->required();
  add_feature_options(*command, options->features);
  command
      ->add_option("--attributes", options->attributes,
                   "CSV of the classes to choose from; those that were seen are handicapped")
      ->required();
  command->add_option("photos", options->photos, "Photos, folders or archives")->required();
  add_number_option(*command, "--top", options->top, kTopRange,
                    "Classes to print of each photo (default 5)");
  add_threads_option(*command, options->threads);
  command->add_flag("--json", options->json, "Print one JSON array");
  command->callback([options, &exit_code] { exit_code = run_classify(*options); });
}

}  // namespace visavis
