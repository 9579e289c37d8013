#include "native/evaluation/one_shot_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <utility>

#include "core/base/error.h"
#include "native/system/mean_of.h"
#include "native/system/text_lines.h"

namespace visavis {
namespace {

constexpr const char* kLabelFile = "class_labels.txt";

/// "run01" and "training" of "some/where/run01/training/class01.png".
std::pair<std::string, std::string> run_and_part(const std::string& image) {
  const auto folder_above = [](const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
  };
  const auto last = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
  const std::string folder = folder_above(image);
  return {last(folder_above(folder)), last(folder)};
}

std::optional<std::size_t> place_in(const std::vector<std::size_t>& images,
                                    std::optional<std::size_t> image) {
  const auto found = image ? std::find(images.begin(), images.end(), *image) : images.end();
  if (found == images.end()) return std::nullopt;
  return static_cast<std::size_t>(found - images.begin());
}

void read_labels(const Dataset& dataset, OneShotRun& run) {
  const std::string name = run.name + "/" + kLabelFile;
  const std::optional<std::string> text = dataset.read_text(name);
  if (!text)
    refuse(dataset.location(), "no " + name + ", which tells the classes of the run's test images");
  LineReader lines(*text, name);
  std::vector<std::optional<std::size_t>> truth(run.test.size());
  while (const auto line = lines.next()) {
    std::istringstream fields{std::string(*line)};
    std::string test, training;
    fields >> test >> training;
    const auto item = place_in(run.test, dataset.find(test));
    const auto its_class = place_in(run.training, dataset.find(training));
    if (!item || !its_class) {
      lines.fail("'" + std::string(*line) + "' is no test and training image of the run");
    }
    if (truth[*item]) lines.fail("'" + test + "' has a class already");
    truth[*item] = its_class;
  }
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (!truth[i]) refuse(dataset.location(), name + " lacks " + dataset.images()[run.test[i]]);
    run.truth.push_back(*truth[i]);
  }
}

}  // namespace

std::vector<OneShotRun> list_one_shot_runs(const Dataset& dataset) {
  std::map<std::string, OneShotRun> runs;
  for (std::size_t i = 0; i < dataset.images().size(); ++i) {
    const auto [name, part] = run_and_part(dataset.images()[i]);
    if (name.empty()) continue;
    if (part == "training") runs[name].training.push_back(i);
    if (part == "test") runs[name].test.push_back(i);
  }
  if (runs.empty()) {
    refuse(dataset.location(),
           "no runs; their images lie in RUN/training and RUN/test, as Omniglot's "
           "one_shot_runs has them");
  }
  std::vector<OneShotRun> listed;
  for (auto& [name, run] : runs) {
    run.name = name;
    if (run.training.size() < 2 || run.test.empty()) {
      refuse(dataset.location(),
             fmt::format("'{}' has {} training and {} test images; it takes two and one", name,
                         run.training.size(), run.test.size()));
    }
    read_labels(dataset, run);
    listed.push_back(std::move(run));
  }
  return listed;
}

std::vector<double> one_shot_errors(const Dataset& dataset, const std::vector<OneShotRun>& runs,
                                    const std::vector<Embedding>& embeddings,
                                    const FewShotOptions& options,
                                    const std::shared_ptr<const LearnedComparison>& learned) {
  std::vector<double> errors;
  for (const OneShotRun& run : runs) {
    std::optional<SupportSet> support;
    for (const std::size_t image : run.training) {
      const Embedding& embedding = embeddings[image];
      const std::string name = dataset.images()[image];
      if (embedding.empty())
        refuse(dataset.location(), "the training image " + name + " has no embedding");
      if (!support) support.emplace(embedding.size());
      support->add_class(name, embedding);
    }
    const FewShotClassifier classifier(*support, options, learned);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < run.test.size(); ++i) {
      const Embedding& query = embeddings[run.test[i]];
      const bool is_right =
          !query.empty() && classifier.classify(query).ranking.front().index == run.truth[i];
      wrong += is_right ? 0 : 1;
    }
    errors.push_back(static_cast<double>(wrong) / static_cast<double>(run.test.size()));
  }
  return errors;
}

std::string to_text(const std::vector<OneShotResult>& results) {
  std::string text;
  for (const OneShotResult& result : results) {
    const MeanWithError error = mean_with_error(result.errors);
    text += fmt::format(
        "{}, {}: error {:.2f}% +- {:.2f} (standard error of {} runs)\n  per run:", result.method,
        result.model, 100 * error.mean, 100 * error.standard_error, result.errors.size());
    for (const double value : result.errors) text += fmt::format(" {:g}", 100 * value);
    text += '\n';
  }
  return text;
}

nlohmann::ordered_json to_json(const std::vector<OneShotResult>& results) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const OneShotResult& result : results) {
    const MeanWithError error = mean_with_error(result.errors);
    rows.push_back({{"model", result.model},
                    {"method", result.method},
                    {"runs", result.errors.size()},
                    {"error", error.mean},
                    {"error_stderr", error.standard_error},
                    {"errors", result.errors}});
  }
  return {{"protocol", "one-shot runs"}, {"results", rows}};
}

}  // namespace visavis
