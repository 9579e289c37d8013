#include "native/evaluation/zero_shot_evaluation.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>

#include "core/base/error.h"
#include "core/zeroshot/zero_shot.h"
#include "native/system/random_source.h"

namespace visavis {
namespace {

/// Images by number, in the order of their names within each class.
struct Split {
  std::vector<std::size_t> training, seen_test, unseen;
  std::vector<std::size_t> seen_rows, unseen_rows;  ///< Of the table, with images, rising.
};

Split split_images(const DescribedImages& images, const std::vector<std::uint8_t>& is_unseen,
                   double seen_test) {
  if (!(seen_test > 0 && seen_test < 1))
    refuse("zero-shot evaluation", "the seen classes' test share must be in 0..1");
  std::map<std::size_t, std::vector<std::size_t>> by_class;
  for (std::size_t i = 0; i < images.label.size(); ++i) by_class[images.label[i]].push_back(i);
  Split split;
  for (auto& [row, members] : by_class) {
    if (is_unseen.at(row) != 0) {
      split.unseen_rows.push_back(row);
      split.unseen.insert(split.unseen.end(), members.begin(), members.end());
      continue;
    }
    split.seen_rows.push_back(row);
    std::sort(members.begin(), members.end(),
              [&](std::size_t a, std::size_t b) { return images.names[a] < images.names[b]; });
    const auto kept = static_cast<std::size_t>(
        std::lround((1 - seen_test) * static_cast<double>(members.size())));
    for (std::size_t i = 0; i < members.size(); ++i) {
      (i < std::max<std::size_t>(1, kept) ? split.training : split.seen_test).push_back(members[i]);
    }
  }
  if (split.unseen_rows.size() < 2)
    refuse("zero-shot evaluation", "at least two unseen classes with images are needed");
  return split;
}

/// Images that have no embedding cannot be learnt from.
ZeroShotExamples examples_of(const DescribedImages& images,
                             const std::vector<std::size_t>& members) {
  ZeroShotExamples examples;
  for (const std::size_t i : members) {
    if (images.embeddings[i].empty()) continue;
    examples.embeddings.push_back(images.embeddings[i]);
    examples.label.push_back(images.label[i]);
  }
  return examples;
}

/// Of each image the compatibilities with every class; none where there is no embedding.
using Compatibilities = std::vector<std::vector<double>>;

Compatibilities compatibilities_of(const ZeroShotClassifier& classifier,
                                   const DescribedImages& images,
                                   const std::vector<std::size_t>& members) {
  Compatibilities compatibilities;
  for (const std::size_t i : members) {
    compatibilities.push_back(images.embeddings[i].empty()
                                  ? std::vector<double>{}
                                  : classifier.compatibilities(images.embeddings[i]));
  }
  return compatibilities;
}

bool is_right(const std::vector<double>& compatibilities, std::size_t truth) {
  if (compatibilities.empty()) return false;
  const auto best = std::max_element(compatibilities.begin(), compatibilities.end());
  return static_cast<std::size_t>(best - compatibilities.begin()) == truth;
}

std::size_t place_of(const std::vector<std::size_t>& rows, std::size_t row) {
  return static_cast<std::size_t>(std::find(rows.begin(), rows.end(), row) - rows.begin());
}

/// Draws of `way` classes, each asked about by one of its images.
WayResult measure_way(const Compatibilities& compatibilities,
                      const std::vector<std::vector<std::size_t>>& images_of_class, std::size_t way,
                      const ZeroShotPlan& plan) {
  std::mt19937_64 random(plan.seed + way);
  std::vector<std::size_t> classes(images_of_class.size());
  for (std::size_t c = 0; c < classes.size(); ++c) classes[c] = c;
  WayResult result{way, 0, 0};
  double squares = 0;  // of the deviations from the running mean (Welford 1962)
  for (std::size_t draw = 0; draw < plan.draws; ++draw) {
    draw_to_front(classes, way, random);
    std::size_t right = 0;
    for (std::size_t i = 0; i < way; ++i) {
      const auto& members = images_of_class[classes[i]];
      const auto& row = compatibilities[members[random() % members.size()]];
      if (row.empty()) continue;
      const auto beats = [&](std::size_t other) { return row[other] >= row[classes[i]]; };
      const auto rivals =
          std::count_if(classes.begin(), classes.begin() + static_cast<std::ptrdiff_t>(way), beats);
      if (rivals == 1) ++right;  // Itself; a tie is no answer.
    }
    const double accuracy = static_cast<double>(right) / static_cast<double>(way);
    const double deviation = accuracy - result.accuracy;
    result.accuracy += deviation / static_cast<double>(draw + 1);
    squares += deviation * (accuracy - result.accuracy);
  }
  const auto count = static_cast<double>(plan.draws);
  if (plan.draws > 1) result.ci95 = 1.96 * std::sqrt(squares / (count - 1) / count);
  return result;
}

/// Mean over classes of the share of their images that are told right.
double mean_class_accuracy(const ZeroShotClassifier& classifier, const DescribedImages& images,
                           const std::vector<std::size_t>& members,
                           const std::vector<std::size_t>& candidate_rows) {
  std::map<std::size_t, std::pair<std::size_t, std::size_t>> of_class;  // right, all
  const Compatibilities compatibilities = compatibilities_of(classifier, images, members);
  for (std::size_t i = 0; i < members.size(); ++i) {
    auto& [right, all] = of_class[images.label[members[i]]];
    right += is_right(compatibilities[i], place_of(candidate_rows, images.label[members[i]]));
    ++all;
  }
  double sum = 0;
  for (const auto& [row, counts] : of_class) {
    sum += static_cast<double>(counts.first) / static_cast<double>(counts.second);
  }
  return of_class.empty() ? 0 : sum / static_cast<double>(of_class.size());
}

GeneralizedResult measure_generalized(const ZeroShotModel& model, const DescribedImages& images,
                                      const AttributeTable& table, const Split& split,
                                      bool uses_bias) {
  std::vector<std::size_t> rows = split.seen_rows;
  rows.insert(rows.end(), split.unseen_rows.begin(), split.unseen_rows.end());
  const ZeroShotClassifier classifier(model, rows_of(table, rows), uses_bias);
  GeneralizedResult result;
  result.seen = mean_class_accuracy(classifier, images, split.seen_test, rows);
  result.unseen = mean_class_accuracy(classifier, images, split.unseen, rows);
  const double sum = result.seen + result.unseen;
  result.harmonic_mean = sum > 0 ? 2 * result.seen * result.unseen / sum : 0;
  return result;
}

void measure_unseen(const ZeroShotModel& model, const DescribedImages& images,
                    const AttributeTable& table, const Split& split, const ZeroShotPlan& plan,
                    ZeroShotEvaluation& evaluation) {
  const ZeroShotClassifier classifier(model, rows_of(table, split.unseen_rows));
  const Compatibilities compatibilities = compatibilities_of(classifier, images, split.unseen);
  std::vector<std::vector<std::size_t>> images_of_class(split.unseen_rows.size());
  std::size_t right = 0;
  for (std::size_t i = 0; i < split.unseen.size(); ++i) {
    const std::size_t truth = place_of(split.unseen_rows, images.label[split.unseen[i]]);
    images_of_class[truth].push_back(i);
    right += is_right(compatibilities[i], truth);
  }
  evaluation.all_way = rate_with_interval(right, split.unseen.size());
  for (const std::size_t way : plan.ways) {
    if (way < 2 || way > split.unseen_rows.size()) {
      refuse("zero-shot evaluation", "a way of " + std::to_string(way) + " is not in 2.." +
                                         std::to_string(split.unseen_rows.size()) +
                                         ", the number of unseen classes");
    }
    evaluation.ways.push_back(measure_way(compatibilities, images_of_class, way, plan));
  }
}

}  // namespace

ZeroShotEvaluation evaluate_zero_shot(const DescribedImages& images, const AttributeTable& table,
                                      const std::vector<std::uint8_t>& is_unseen,
                                      ZeroShotMethod method, const ZeroShotPlan& plan) {
  if (plan.draws < 1) refuse("zero-shot evaluation", "at least one draw is needed");
  const Split split = split_images(images, is_unseen, plan.seen_test);
  const ZeroShotExamples examples = examples_of(images, split.training);
  ZeroShotEvaluation evaluation;
  evaluation.method = method;
  const ZeroShotModel model =
      train_zero_shot(examples, table, method, plan.folds, &evaluation.selection);
  evaluation.seen_classes = split.seen_rows.size();
  evaluation.unseen_classes = split.unseen_rows.size();
  evaluation.training_images = examples.label.size();
  evaluation.seen_test_images = split.seen_test.size();
  evaluation.unseen_images = split.unseen.size();
  for (const auto* part : {&split.seen_test, &split.unseen}) {
    for (const std::size_t i : *part) {
      evaluation.images_without_embedding += images.embeddings[i].empty() ? 1 : 0;
    }
  }
  measure_unseen(model, images, table, split, plan, evaluation);
  evaluation.generalized = measure_generalized(model, images, table, split, true);
  evaluation.generalized_unbiased = measure_generalized(model, images, table, split, false);
  return evaluation;
}

}  // namespace visavis
