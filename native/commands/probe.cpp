#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/model/classifier.h"
#include "core/model/model_file.h"
#include "native/commands/commands.h"
#include "native/commands/options/dry_run.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/number_option.h"
#include "native/commands/options/output_check.h"
#include "native/commands/options/weight_options.h"
#include "native/data/labelled_images.h"
#include "native/data/left_out.h"
#include "native/embedding/image_features.h"
#include "native/evaluation/classifier_evaluation.h"
#include "native/models/model_files.h"
#include "native/system/counted.h"
#include "native/system/json_file.h"
#include "native/system/printable.h"
#include "native/terminal/terminal_progress.h"
#include "native/training/probe/linear_probe.h"
#include "native/training/run/export_model.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct ProbeOptions {
  std::string model;
  std::vector<std::string> data;
  std::string held_out;
  fs::path out;
  LogisticOptions regression;
  WeightStorage weights = WeightStorage::kFloat32;
  int threads = 0;
  bool json = false;
  bool is_dry_run = false;
};

struct ProbeResult {
  std::size_t steps = 0;  ///< Of Newton's method.
  ClassificationFigures training;
  std::optional<ClassificationFigures> held_out;
};

void check_out(const ProbeOptions& options) {
  std::vector<std::string> inputs = options.data;
  inputs.push_back(options.model);
  if (!options.held_out.empty()) inputs.push_back(options.held_out);
  check_output_file("--out", options.out, OutputKind::kModel, inputs);
}

void require_whole_image_embedder(const Model& model, const std::string& path) {
  if (model.kind != ModelKind::kEmbedder) {
    throw Error(ErrorCode::kModelMismatch, path + ": a " + to_string(model.kind) +
                                               ", no embedder; a probe is put on an embedder");
  }
  if (!model.alignment.points.empty()) {
    throw Error(
        ErrorCode::kModelMismatch,
        path +
            ": an embedder of aligned faces; a probe takes one of whole images, as `visavis "
            "train --whole-images` makes them");
  }
  const Shape& input = model.network.input;
  if (input[0] != input[1]) {
    throw Error(ErrorCode::kModelMismatch, path + ": its input, " + to_string(input) +
                                               ", is not square; a classifier's has to be");
  }
}

/// Tells of images that have no embedding and takes them out of `images`. Throws where that leaves
/// a class with one image or none.
LabelledExamples take_examples(LabelledImages& images, std::vector<EmbeddedPhoto> embedded) {
  LabelledExamples examples;
  examples.classes = images.classes.size();
  std::vector<PhotoRef> usable;
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < embedded.size(); ++i) {
    if (!embedded[i].has_face()) {
      problems.push_back(embedded[i].problem);
      continue;
    }
    examples.embeddings.push_back(std::move(embedded[i].embedding));
    examples.label.push_back(images.label[i]);
    usable.push_back(images.images[i]);
  }
  say_left_out(terminal_progress(), problems);
  images.images = std::move(usable);
  images.label = examples.label;
  require_examples(images.classes, images.counts());
  return examples;
}

/// As its file will be read: measured with the weights that ship.
Model stored_and_loaded(const Model& model, WeightStorage weights) {
  std::stringstream file;
  save_model(model, file, weights);
  const std::string text = file.str();
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  return load_model(bytes, model.name);
}

std::string in_words(const ClassificationFigures& figures) {
  return fmt::format("accuracy {:.4f}, log loss {:.4f}, {}", figures.accuracy, figures.log_loss,
                     counted(figures.images, "image", "images"));
}

void add_to_record(Record& record, const ProbeOptions& options, const ImageFeatures& features,
                   const LabelledImages& images) {
  const std::vector<std::size_t> counts = images.counts();
  record.emplace_back("probe", "multinomial logistic regression on embeddings of " +
                                   features.name() + ", file " + features.digest());
  record.emplace_back("probe data", fmt::format("{}", fmt::join(options.data, " ")));
  record.emplace_back("probe ridge", fmt::format("{:g}", options.regression.ridge));
  record.emplace_back("probe weighting",
                      options.regression.balanced ? "classes alike" : "images alike");
  add_class_names(record, images.classes);
  for (std::size_t c = 0; c < counts.size(); ++c) {
    record.emplace_back(fmt::format("images of class {}", c + 1), std::to_string(counts[c]));
  }
}

Json json_of(const ClassificationFigures& set, const std::vector<std::string>& classes) {
  Json rows = Json::array();
  for (std::size_t c = 0; c < classes.size(); ++c) {
    rows.push_back({{"class", classes[c]}, {"images", set.images_of(c)}});
    if (set.images_of(c) > 0) rows.back()["accuracy"] = set.accuracy_of(c);
  }
  return {{"images", set.images},     {"images_unreadable", set.unreadable},
          {"accuracy", set.accuracy}, {"log_loss", set.log_loss},
          {"classes", rows},          {"confusion", set.confusion}};
}

void print_set(const std::string& title, const ClassificationFigures& set,
               const std::vector<std::string>& classes) {
  std::cout << title << ": " << in_words(set);
  if (set.unreadable > 0) std::cout << fmt::format(", {} unreadable", set.unreadable);
  std::cout << '\n';
  std::vector<std::string> names;
  std::size_t width = 0;
  for (const std::string& name : classes) {
    names.push_back(printable(name));
    width = std::max(width, names.back().size());
  }
  for (std::size_t c = 0; c < names.size(); ++c) {
    std::cout << fmt::format("  {:<{}}  {:.4f} of {} right; told as", names[c], width,
                             set.accuracy_of(c), set.images_of(c));
    for (std::size_t told = 0; told < names.size(); ++told) {
      const std::size_t count = set.confusion[c][told];
      if (count > 0) std::cout << fmt::format(" {} {}", names[told], count);
    }
    std::cout << '\n';
  }
}

void print(const ProbeOptions& options, const std::string& embedder,
           const std::vector<std::string>& classes, const ProbeResult& result) {
  if (!options.json) {
    std::cout << fmt::format("{}: {} classes on embeddings of {}, ridge {:g}{}\n",
                             options.out.string(), classes.size(), embedder,
                             options.regression.ridge,
                             options.regression.balanced ? ", classes weighing alike" : "");
    print_set("training", result.training, classes);
    if (result.held_out) print_set("held out", *result.held_out, classes);
    return;
  }
  Json json{{"model", options.out.string()},
            {"embedder", embedder},
            {"ridge", options.regression.ridge},
            {"balanced", options.regression.balanced},
            {"steps", result.steps},
            {"training", json_of(result.training, classes)}};
  if (result.held_out) json["held_out"] = json_of(*result.held_out, classes);
  std::cout << json_text(json) << '\n';
}

/// What there is to learn from and to measure on.
struct ProbeData {
  LabelledImages training;
  std::optional<LabelledImages> held_out;
};

ProbeData open_data(const ProbeOptions& options) {
  ProbeData data;
  data.training = open_labelled_images(options.data, terminal_progress());
  require_examples(data.training.classes, data.training.counts());
  if (!options.held_out.empty()) {
    data.held_out = open_labelled_images({options.held_out}, terminal_progress());
    require_same_classes(data.training, *data.held_out, options.held_out);
  }
  return data;
}

/// Measures, writes and prints.
void ship(const ProbeOptions& options, Model model, const std::string& embedder,
          const ProbeData& data, ProbeResult result) {
  const Model shipped = stored_and_loaded(model, options.weights);
  const std::size_t unreadable = result.training.unreadable;
  result.training =
      measure_classifier(shipped, data.training, options.threads, terminal_progress());
  result.training.unreadable += unreadable;
  model.record.emplace_back("probe in training", in_words(result.training));
  if (data.held_out) {
    result.held_out =
        measure_classifier(shipped, *data.held_out, options.threads, terminal_progress());
    model.record.emplace_back("probe held-out data", options.held_out);
    model.record.emplace_back("probe on held-out data", in_words(*result.held_out));
  }
  write_model(model, options.out, options.weights);
  print(options, embedder, data.training.classes, result);
}

int run_probe(const ProbeOptions& options) {
  check_out(options);
  Model model = read_model(options.model);
  require_whole_image_embedder(model, options.model);
  ProbeData data = open_data(options);
  const std::size_t listed = data.training.images.size();
  if (options.is_dry_run) {
    return end_dry_run(fmt::format("fit {} on {} and write {}",
                                   counted(data.training.classes.size(), "class", "classes"),
                                   counted(listed, "image", "images"), options.out.string()));
  }
  ModelChoice choice;
  choice.embedder = options.model;
  const ImageFeatures features = ImageFeatures::of_model(choice);
  const LabelledExamples examples = take_examples(
      data.training, features.extract(data.training.images, options.threads, terminal_progress()));
  const LogisticRegression regression = fit_logistic_regression(examples, options.regression);
  append_probe(model, regression);
  model.name = options.out.stem().string();
  add_to_record(model.record, options, features, data.training);
  ProbeResult result;
  result.steps = regression.steps;
  result.training.unreadable = listed - data.training.images.size();
  ship(options, std::move(model), features.name(), data, result);
  return kExitDone;
}

}  // namespace

void add_probe_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ProbeOptions>();
  CLI::App* command = app.add_subcommand(
      "probe", "Make an embedder of whole images a classifier: logistic regression on embeddings");
  command->add_option("--model", options->model, "The embedder")->required();
  command
      ->add_option("--data", options->data,
                   "Folders or archives with a folder per class, two images or more in each")
      ->required();
  command->add_option("--held-out-data", options->held_out,
                      "Folder or archive with the same classes, to measure on only");
  command->add_option("--out", options->out, "The classifier's file to write")->required();
  add_number_option(*command, "--ridge", options->regression.ridge, kPositiveRange,
                    "Weight of half the squared weights beside the mean loss of an image (default "
                    "0.01): lower where images abound");
  command->add_flag("--balanced", options->regression.balanced,
                    "Every class weighs the same, however many images it has");
  add_weights_option(*command, options->weights);
  add_threads_option(*command, options->threads);
  add_dry_run_option(*command, options->is_dry_run);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &exit_code] { exit_code = run_probe(*options); });
}

}  // namespace visavis
