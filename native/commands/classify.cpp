#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "core/base/error.h"
#include "core/base/parse_number.h"
#include "core/fewshot/rejection.h"
#include "core/fewshot/support_file.h"
#include "core/model/fingerprint.h"
#include "native/commands/commands.h"
#include "native/commands/options/few_shot_options.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/number_or_word.h"
#include "native/commands/options/output_check.h"
#include "native/data/class_folders.h"
#include "native/data/photo_inputs.h"
#include "native/evaluation/few_shot_method.h"
#include "native/system/atomic_file.h"
#include "native/system/file_start.h"
#include "native/system/json_file.h"
#include "native/system/printable.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

/// What --threshold takes instead of a distance.
constexpr const char* kNoThreshold = "none";
/// More than any lesson; what is larger is something else.
constexpr std::size_t kMaxSupportBytes = std::size_t{1} << 28U;

struct ClassifyOptions {
  ModelChoice models;
  std::string support;  ///< A folder or archive of examples, or a support set file.
  std::filesystem::path save_support;
  bool find_ink = false;
  std::vector<std::string> photos;
  std::string method;  ///< Empty: the default of what is shown.
  double scale = 10;
  std::string threshold;  ///< Empty: the model's own. A distance, or kNoThreshold.
  std::optional<double> false_acceptance;
  std::vector<std::string> unknown;
  std::size_t top = 5;
  int threads = 0;
  bool json = false;
};

/// Everything that is embedded, in one go: support, unknown photos, queries.
struct ClassifyPhotos {
  ClassFolders support;  ///< Empty where a file holds the support set.
  PhotoInputs unknown;
  PhotoInputs queries;

  [[nodiscard]] std::vector<PhotoRef> all() const {
    std::vector<PhotoRef> photos = photos_of(support.classes);
    photos.insert(photos.end(), unknown.photos.begin(), unknown.photos.end());
    photos.insert(photos.end(), queries.photos.begin(), queries.photos.end());
    return photos;
  }
};

using NextPhoto = std::vector<EmbeddedPhoto>::const_iterator;

/// Of a few examples each counts: one that cannot be used is to be replaced, not left out.
SupportSet make_support(const std::vector<ImageClass>& classes, NextPhoto& next) {
  std::optional<SupportSet> support;
  for (const ImageClass& entry : classes) {
    std::vector<float> rows;
    for (std::size_t i = 0; i < entry.photos.size(); ++i, ++next) {
      if (!next->has_face()) {
        throw Error(ErrorCode::kInvalidArgument,
                    next->problem + "; replace or remove this example of '" + entry.name + "'");
      }
      rows.insert(rows.end(), next->embedding.begin(), next->embedding.end());
    }
    if (!support) support.emplace(rows.size() / entry.photos.size());
    support->add_class(entry.name, rows);
  }
  // A data set without images is refused when it is opened.
  return *std::move(support);
}

/// A photo that is both an example and of no class would make the threshold 0.
void refuse_example(const SupportSet& support, const std::vector<std::string>& examples,
                    const Embedding& unknown, const std::string& name) {
  constexpr double kSamePixels = 1e-6;
  const std::size_t length = support.embedding_length();
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const auto row = support.rows().subspan(i * length, length);
    if (distance({row.begin(), row.end()}, unknown) > kSamePixels) continue;
    throw Error(ErrorCode::kInvalidArgument,
                name + ", given as --unknown, is the same image as " + examples[i] +
                    ", an example of a class: remove it from one side");
  }
}

/// Of every example of the support set, what to call it in messages.
std::vector<std::string> names_of_examples(const SupportSet& support, const ClassFolders& folders) {
  std::vector<std::string> names;
  for (const PhotoRef& photo : photos_of(folders.classes)) {
    names.push_back(photo.dataset->full_name(photo.image));
  }
  if (!names.empty()) return names;
  for (const SupportClass& entry : support.classes()) {
    for (std::size_t i = 1; i <= entry.shots; ++i) {
      names.push_back(fmt::format("example {} of '{}'", i, entry.name));
    }
  }
  return names;
}

/// From how far photos of no class are from the nearest one.
/// A learned comparison is not asked again without each example: how many of the classes' own are
/// rejected is then not told.
RejectionThreshold calibrate_on_unknown(const SupportSet& support, FewShotOptions options,
                                        const std::shared_ptr<const LearnedComparison>& learned,
                                        double false_acceptance, const ClassifyPhotos& photos,
                                        NextPhoto& next) {
  const std::vector<double> known =
      learned ? std::vector<double>() : leave_one_out_distances(support, options);
  options.rejection_distance = std::numeric_limits<double>::infinity();
  const FewShotClassifier classifier(support, options, learned);
  std::vector<double> unknown;
  const std::vector<std::string> examples = names_of_examples(support, photos.support);
  for (const PhotoRef& photo : photos.unknown.photos) {
    const EmbeddedPhoto& embedded = *next++;
    if (!embedded.has_face()) {
      std::cerr << "no embedding: " << printable(embedded.problem) << '\n';
      continue;
    }
    refuse_example(support, examples, embedded.embedding, photo.dataset->full_name(photo.image));
    unknown.push_back(classifier.classify(embedded.embedding).ranking.front().distance);
  }
  return calibrate_rejection(known, unknown, false_acceptance);
}

std::string text_of(const std::string& name, const SupportSet& support, const FewShotAnswer& answer,
                    std::size_t top, std::optional<double> threshold) {
  const RankedClass& best = answer.ranking.front();
  std::string line = printable(name) + ":";
  if (answer.is_rejected) line += " none of these; most like";
  for (std::size_t i = 0; i < std::min(top, answer.ranking.size()); ++i) {
    const RankedClass& entry = answer.ranking[i];
    line += fmt::format("{} {} {:.3f}", i == 0 ? "" : ",",
                        printable(support.classes()[entry.index].name), entry.probability);
  }
  line += fmt::format(" (distance {:.3f}", best.distance);
  if (answer.is_rejected && threshold) line += fmt::format(", threshold {:.3f}", *threshold);
  return line + ")\n";
}

nlohmann::ordered_json json_of(const std::string& name, const SupportSet& support,
                               const FewShotAnswer& answer, std::size_t top) {
  nlohmann::ordered_json classes = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < std::min(top, answer.ranking.size()); ++i) {
    const RankedClass& entry = answer.ranking[i];
    classes.push_back({{"class", support.classes()[entry.index].name},
                       {"probability", entry.probability},
                       {"distance", entry.distance}});
  }
  return {{"photo", name}, {"is_rejected", answer.is_rejected}, {"classes", classes}};
}

nlohmann::ordered_json json_of(const Rate& rate) {
  return {{"value", rate.value}, {"ci95", {rate.low, rate.high}}};
}

nlohmann::ordered_json header_of(const std::string& model, const FewShotRecipe& recipe,
                                 const SupportSet& support,
                                 const std::optional<RejectionThreshold>& rejection) {
  nlohmann::ordered_json classes = nlohmann::ordered_json::array();
  for (const SupportClass& entry : support.classes()) {
    classes.push_back({{"class", entry.name}, {"shots", entry.shots}});
  }
  nlohmann::ordered_json json{{"model", model},
                              {"method", recipe.name},
                              {"scale", recipe.options.scale},
                              {"support", classes}};
  if (recipe.options.rejection_distance) json["threshold"] = *recipe.options.rejection_distance;
  if (rejection) {
    json["false_acceptance"] = json_of(rejection->false_acceptance);
    json["false_rejection"] = json_of(rejection->false_rejection);
  }
  return json;
}

void print_rejection(const RejectionThreshold& rejection) {
  std::cout << fmt::format(
      "none of these: a distance of {:.3f} or more; of the unknown photos {:.1f}% are accepted "
      "(95%: {:.1f} to {:.1f})",
      rejection.threshold, 100 * rejection.false_acceptance.value,
      100 * rejection.false_acceptance.low, 100 * rejection.false_acceptance.high);
  // Without a class of two examples nothing is known of this.
  if (rejection.false_rejection.low > 0 || rejection.false_rejection.high < 1) {
    std::cout << fmt::format(", of the examples {:.1f}% rejected (95%: {:.1f} to {:.1f})",
                             100 * rejection.false_rejection.value,
                             100 * rejection.false_rejection.low,
                             100 * rejection.false_rejection.high);
  }
  std::cout << '\n';
}

[[noreturn]] void refuse_without_model(const std::string& what) {
  refuse(what, "a support set is of a model's embeddings; take a --method that uses a model");
}

FewShotRecipe recipe_of(const ClassifyOptions& options, FeatureSources& sources) {
  const std::string method = options.method.empty()
                                 ? default_few_shot_method(sources.open(FeatureKind::kModel))
                                 : options.method;
  FewShotRecipe recipe = parse_few_shot_method(method, options.scale);
  recipe.options.rejection_distance =
      options.threshold.empty() ? default_rejection_distance(recipe, sources.open(recipe.features))
                                : parse_number(options.threshold);
  return recipe;
}

/// The support set that a file holds; nothing where `path` is a folder or an archive of examples.
std::optional<SupportSet> kept_support(const std::string& path, const ImageFeatures& features) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed) || !is_support(file_start(path, 8)))
    return {};
  StoredSupport stored = load_support(read_file(path, kMaxSupportBytes), path);
  if (features.fingerprint().empty()) refuse_without_model(path);
  require_same_model(stored.model, features.fingerprint(), path);
  return std::move(stored.set);
}

void check_save_support(const ClassifyOptions& options, const ImageFeatures& features) {
  if (options.save_support.empty()) return;
  if (features.fingerprint().empty()) refuse_without_model("--save-support");
  std::vector<std::string> inputs = options.photos;
  inputs.insert(inputs.end(), options.unknown.begin(), options.unknown.end());
  inputs.insert(inputs.end(), {options.support, options.models.embedder});
  check_output_file("--save-support", options.save_support, OutputKind::kSupport, inputs);
}

int run_classify(const ClassifyOptions& options) {
  FeatureSources sources(options.models);
  FewShotRecipe recipe = recipe_of(options, sources);
  ImageFeatures& features = sources.open(recipe.features);
  if (options.find_ink) features.find_ink_first();
  const auto learned = learned_comparison(recipe, features);
  check_save_support(options, features);
  std::optional<SupportSet> kept = kept_support(options.support, features);
  const ClassifyPhotos photos{
      kept ? ClassFolders{} : open_class_folders(options.support, terminal_progress()),
      open_photos(options.unknown, terminal_progress()),
      open_photos(options.photos, terminal_progress())};
  const std::vector<EmbeddedPhoto> embedded =
      features.extract(photos.all(), options.threads, terminal_progress());
  NextPhoto next = embedded.begin();
  const SupportSet support = kept ? *std::move(kept) : make_support(photos.support.classes, next);
  if (!options.save_support.empty()) {
    write_file_atomically(options.save_support, [&](std::ostream& stream) {
      stream << support_bytes(features.fingerprint(), support);
    });
  }
  std::optional<RejectionThreshold> rejection;
  if (options.false_acceptance) {
    rejection = calibrate_on_unknown(support, recipe.options, learned, *options.false_acceptance,
                                     photos, next);
    recipe.options.rejection_distance = rejection->threshold;
    if (!options.json) print_rejection(*rejection);
  }
  const FewShotClassifier classifier(support, recipe.options, learned);
  nlohmann::ordered_json json = header_of(features.name(), recipe, support, rejection);
  json["photos"] = nlohmann::ordered_json::array();
  bool all_usable = true;
  for (const PhotoRef& photo : photos.queries.photos) {
    const std::string name = photo.dataset->full_name(photo.image);
    const EmbeddedPhoto& query = *next++;
    if (!query.has_face()) {
      all_usable = false;
      std::cerr << "no embedding: " << printable(query.problem) << '\n';
      json["photos"].push_back({{"photo", name}, {"problem", query.reason}});
      continue;
    }
    const FewShotAnswer answer = classifier.classify(query.embedding);
    json["photos"].push_back(json_of(name, support, answer, options.top));
    if (!options.json)
      std::cout << text_of(name, support, answer, options.top, recipe.options.rejection_distance);
  }
  if (options.json) std::cout << json_text(json) << '\n';
  return all_usable ? kExitDone : kExitBadInput;
}

}  // namespace

void add_classify_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ClassifyOptions>();
  CLI::App* command = app.add_subcommand(
      "classify", "Tell each photo's class from a few examples of every class, with probabilities");
  add_model_options(*command, options->models);
  command
      ->add_option("--support", options->support,
                   "Folder or archive with a folder per class, one or more images in each; or a "
                   "support set file, of --save-support or of the package")
      ->required();
  command->add_option("--save-support", options->save_support,
                      "Write the examples' embeddings into this support set file, NAME.support. Of "
                      "faces it is biometric data");
  command->add_flag("--find-ink", options->find_ink,
                    "Photos and screenshots of one drawn character each: bring the ink to the form "
                    "of the characters that the model was trained on");
  command->add_option("photos", options->photos, "Photos, folders or archives")->required();
  command->add_option(
      "--method", options->method,
      few_shot_method_help() + " (default: nearest of faces, prototypes of whole images)");
  add_scale_option(*command, options->scale);
  auto* threshold =
      command
          ->add_option("--threshold", options->threshold,
                       "\"None of these\" where the distance to the best class is not below this; "
                       "none: never said (default: the model's own, where it is calibrated: of "
                       "faces that of a match, of whole images FMR 0.05)")
          ->transform(number_or_word_check(kPositiveRange, kNoThreshold), kNumberCheck);
  auto* rate =
      add_number_option(*command, "--false-acceptance", options->false_acceptance, kOpenShareRange,
                        "Instead: choose the threshold at which so large a share of the --unknown "
                        "photos is taken for one of the classes")
          ->excludes(threshold);
  auto* unknown =
      command
          ->add_option("--unknown", options->unknown,
                       "Photos, a folder or an archive of none of the classes, 1 / RATE or more "
                       "in all; may be given again")
          ->allow_extra_args(false)
          ->needs(rate);
  rate->needs(unknown);
  add_number_option(*command, "--top", options->top, kTopRange,
                    "Classes to print of each photo (default 5)");
  add_threads_option(*command, options->threads);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &exit_code] { exit_code = run_classify(*options); });
}

}  // namespace visavis
