#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/fewshot/few_shot_classifier.h"
#include "core/model/embedder.h"
#include "native/data/dataset.h"

namespace visavis {

/// One run of Omniglot's one-shot classification task: tell each test image's class from one
/// training image of each (Lake et al. 2015, "Human-level concept learning through probabilistic
/// program induction"; 20 runs of 20 classes of one alphabet).
struct OneShotRun {
  std::string name;                   ///< "run01"
  std::vector<std::size_t> training;  ///< Images of the dataset, one per class.
  std::vector<std::size_t> test;
  std::vector<std::size_t> truth;  ///< Of each test image: its class, a place in `training`.
};

/// The runs of a folder or archive of folders run01, run02, .., each with training/, test/ and
/// class_labels.txt, whose lines are "TEST-IMAGE TRAINING-IMAGE". Throws kInvalidArgument, naming
/// it, for a run without labels, with fewer than two training images, or with labels that name no
/// image of it or not each test image once; where there are no runs; as Dataset does.
std::vector<OneShotRun> list_one_shot_runs(const Dataset& dataset);

/// The share of each run's test images that are told wrong. `embeddings`: of every image of the
/// dataset; a test image without one is told wrong. Throws kInvalidArgument, naming it, for a
/// training image without one. `learned`: see FewShotClassifier.
std::vector<double> one_shot_errors(
    const Dataset& dataset, const std::vector<OneShotRun>& runs,
    const std::vector<Embedding>& embeddings, const FewShotOptions& options,
    const std::shared_ptr<const LearnedComparison>& learned = nullptr);

/// The figures of one method.
struct OneShotResult {
  std::string model;
  std::string method;
  std::vector<double> errors;  ///< Per run.
};

std::string to_text(const std::vector<OneShotResult>& results);
/// {"protocol", "results": [{"model", "method", "runs", "error", "error_stderr", "errors"}, ..]}
nlohmann::ordered_json to_json(const std::vector<OneShotResult>& results);

}  // namespace visavis
