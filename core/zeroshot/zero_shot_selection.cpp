#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/zeroshot/zero_shot_training.h"

namespace visavis {
namespace {

constexpr std::array<double, 5> kGammas{0.01, 0.1, 1, 10, 100};
constexpr std::array<double, 4> kLambdas{0.01, 0.1, 1, 10};
constexpr double kFirstLambda = 1;
/// Of the classes that stay, one image in so many is kept from training.
constexpr std::size_t kKeptApart = 5;

/// One division of the seen classes.
struct Fold {
  ZeroShotExamples training;
  std::vector<const Embedding*> held_out;   ///< Images of classes held out.
  std::vector<std::size_t> held_out_label;  ///< Rows of the whole table, as below.
  std::vector<const Embedding*> apart;      ///< Other images of the classes that train.
  std::vector<std::size_t> apart_label;
  std::vector<std::size_t> held_out_classes;
  std::vector<std::size_t> training_classes;
};

std::vector<Fold> divide(const ZeroShotExamples& examples, std::size_t table_rows,
                         std::size_t folds) {
  std::vector<std::uint8_t> has_images(table_rows, 0);
  for (const std::size_t label : examples.label) has_images.at(label) = 1;
  std::vector<Fold> division(folds);
  std::vector<std::size_t> fold_of(table_rows, 0);
  std::size_t seen = 0;
  for (std::size_t c = 0; c < table_rows; ++c) {
    if (has_images[c] == 0) continue;
    fold_of[c] = seen++ % folds;
    for (std::size_t f = 0; f < folds; ++f) {
      (f == fold_of[c] ? division[f].held_out_classes : division[f].training_classes).push_back(c);
    }
  }
  std::vector<std::size_t> images_of_class(table_rows, 0);
  for (const std::size_t label : examples.label) ++images_of_class[label];
  std::vector<std::size_t> image_of_class(table_rows, 0);
  for (std::size_t i = 0; i < examples.label.size(); ++i) {
    const std::size_t label = examples.label[i];
    // Of fewer images the last one, of a single one none.
    const std::size_t step = std::min(kKeptApart, images_of_class[label]);
    const bool is_apart = step > 1 && image_of_class[label]++ % step == step - 1;
    for (std::size_t f = 0; f < folds; ++f) {
      Fold& fold = division[f];
      if (f == fold_of[label]) {
        fold.held_out.push_back(&examples.embeddings[i]);
        fold.held_out_label.push_back(label);
      } else if (is_apart) {
        fold.apart.push_back(&examples.embeddings[i]);
        fold.apart_label.push_back(label);
      } else {
        fold.training.embeddings.push_back(examples.embeddings[i]);
        fold.training.label.push_back(label);
      }
    }
  }
  return division;
}

/// Compatibilities of one image with the classes it might be of, and which it is.
struct Judged {
  std::vector<double> compatibilities;
  std::size_t truth = 0;
  [[nodiscard]] std::size_t best() const {
    return static_cast<std::size_t>(
        std::max_element(compatibilities.begin(), compatibilities.end()) - compatibilities.begin());
  }
};

std::vector<Judged> judge(const ZeroShotModel& model, const AttributeTable& table,
                          const std::vector<std::size_t>& classes,
                          const std::vector<const Embedding*>& images,
                          const std::vector<std::size_t>& labels) {
  const ZeroShotClassifier classifier(model, rows_of(table, classes), false);
  std::vector<Judged> judged;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const auto truth = std::find(classes.begin(), classes.end(), labels[i]) - classes.begin();
    judged.push_back({classifier.compatibilities(*images[i]), static_cast<std::size_t>(truth)});
  }
  return judged;
}

double accuracy_of(const std::vector<Judged>& judged) {
  const auto right = std::count_if(judged.begin(), judged.end(),
                                   [](const Judged& j) { return j.best() == j.truth; });
  return static_cast<double>(right) / static_cast<double>(judged.size());
}

/// Mean negative logarithm of the probability of the truth.
double loss_at(const std::vector<Judged>& judged, double temperature) {
  double loss = 0;
  for (const Judged& j : judged) {
    const double highest = j.compatibilities[j.best()];
    double sum = 0;
    for (const double value : j.compatibilities) sum += std::exp((value - highest) / temperature);
    loss += std::log(sum) - (j.compatibilities[j.truth] - highest) / temperature;
  }
  return loss / static_cast<double>(judged.size());
}

/// The best on a grid of 2^(1/4), finer than the figures of a few hundred images deserve.
double best_temperature(const std::vector<Judged>& judged) {
  double best = 1;
  double least = std::numeric_limits<double>::infinity();
  for (int quarter = -60; quarter <= 40; ++quarter) {
    const double temperature = std::pow(2.0, quarter / 4.0);
    const double loss = loss_at(judged, temperature);
    if (loss < least) {
      least = loss;
      best = temperature;
    }
  }
  return best;
}

/// What a bias makes of one image, all classes being candidates: below `margin` a seen class is
/// answered, above it an unseen one.
struct Stacked {
  double margin = 0;          ///< Best seen compatibility minus best unseen.
  bool is_of_unseen = false;  ///< Whose class the image is.
  bool is_right = false;      ///< Once the answer is among the classes of its kind.
};

/// The image's class is the `truth`-th of `seen` followed by unseen classes.
Stacked stack(const Judged& judged, std::size_t seen) {
  const auto begin = judged.compatibilities.begin();
  const auto middle = begin + static_cast<std::ptrdiff_t>(seen);
  const auto best_seen = std::max_element(begin, middle);
  const auto best_unseen = std::max_element(middle, judged.compatibilities.end());
  const bool is_of_unseen = judged.truth >= seen;
  const auto answer = is_of_unseen ? best_unseen : best_seen;
  return {*best_seen - *best_unseen, is_of_unseen,
          static_cast<std::size_t>(answer - begin) == judged.truth};
}

/// The bias of the highest harmonic mean, halfway between the two margins next to it.
double best_bias(std::vector<Stacked> images) {
  std::sort(images.begin(), images.end(),
            [](const Stacked& a, const Stacked& b) { return a.margin < b.margin; });
  double unseen = 0, seen = 0, right_unseen = 0, right_seen = 0;
  for (const Stacked& image : images) {
    (image.is_of_unseen ? unseen : seen) += 1;
    // Below all margins every answer is a seen class.
    if (!image.is_of_unseen && image.is_right) right_seen += 1;
  }
  if (unseen == 0 || seen == 0) return 0;  // Nothing to weigh against each other.
  double best = 0;
  double highest = -1;
  for (std::size_t i = 0; i + 1 < images.size(); ++i) {
    if (images[i].is_right)
      (images[i].is_of_unseen ? right_unseen : right_seen) += images[i].is_of_unseen ? 1 : -1;
    const double sum = right_unseen / unseen + right_seen / seen;
    const double mean = sum > 0 ? 2 * (right_unseen / unseen) * (right_seen / seen) / sum : 0;
    if (mean <= highest) continue;
    highest = mean;
    best = (images[i].margin + images[i + 1].margin) / 2;
  }
  return best;
}

/// A chosen ridge for every fold, its images judged for temperature and bias.
void calibrate(const std::vector<Fold>& division, const std::vector<ZeroShotSolver>& solvers,
               const AttributeTable& table, ZeroShotSelection& selection) {
  std::vector<Judged> held_out;
  std::vector<Stacked> stacked;
  for (std::size_t f = 0; f < division.size(); ++f) {
    const Fold& fold = division[f];
    const ZeroShotModel model = solvers[f].solve(selection.ridge);
    auto judged = judge(model, table, fold.held_out_classes, fold.held_out, fold.held_out_label);
    std::move(judged.begin(), judged.end(), std::back_inserter(held_out));
    std::vector<std::size_t> all = fold.training_classes;
    all.insert(all.end(), fold.held_out_classes.begin(), fold.held_out_classes.end());
    const std::size_t seen = fold.training_classes.size();
    for (const auto& j : judge(model, table, all, fold.held_out, fold.held_out_label)) {
      stacked.push_back(stack(j, seen));
    }
    for (const auto& j : judge(model, table, all, fold.apart, fold.apart_label)) {
      stacked.push_back(stack(j, seen));
    }
  }
  selection.temperature = best_temperature(held_out);
  selection.seen_bias = best_bias(std::move(stacked));
}

/// Tries a ridge; keeps it where it is better than all before.
void try_ridge(const ZeroShotRidge& ridge, const std::vector<Fold>& division,
               const std::vector<ZeroShotSolver>& solvers, const AttributeTable& table,
               ZeroShotSelection& selection) {
  double accuracy = 0;
  for (std::size_t f = 0; f < division.size(); ++f) {
    const Fold& fold = division[f];
    accuracy += accuracy_of(judge(solvers[f].solve(ridge), table, fold.held_out_classes,
                                  fold.held_out, fold.held_out_label)) /
                static_cast<double>(division.size());
  }
  if (accuracy <= selection.accuracy) return;
  selection.accuracy = accuracy;
  selection.ridge = ridge;
}

/// Gamma at the middle lambda, then lambda at that gamma.
void seek_ridge(const std::vector<Fold>& division, const std::vector<ZeroShotSolver>& solvers,
                const AttributeTable& table, ZeroShotMethod method, ZeroShotSelection& selection) {
  selection.accuracy = -1;
  for (const double gamma : kGammas) {
    try_ridge({gamma, kFirstLambda}, division, solvers, table, selection);
  }
  if (method != ZeroShotMethod::kEszsl) return;
  const double gamma = selection.ridge.gamma;
  for (const double lambda : kLambdas) {
    if (lambda != kFirstLambda) try_ridge({gamma, lambda}, division, solvers, table, selection);
  }
}

}  // namespace

ZeroShotSelection select_zero_shot(const ZeroShotExamples& examples, const AttributeTable& table,
                                   ZeroShotMethod method, std::size_t folds) {
  if (folds < 2) throw Error(ErrorCode::kInvalidArgument, "zero-shot: at least 2 folds are needed");
  check_zero_shot_examples(examples, table);
  const std::vector<Fold> division = divide(examples, table.classes.size(), folds);
  std::vector<ZeroShotSolver> solvers;
  ZeroShotSelection selection;
  for (const Fold& fold : division) {
    if (fold.held_out_classes.size() < 2) {
      throw Error(ErrorCode::kInvalidArgument,
                  "zero-shot: cross-validation in " + std::to_string(folds) +
                      " folds needs two seen classes in each, " + std::to_string(2 * folds) +
                      " in all; give more classes");
    }
    solvers.emplace_back(fold.training, table, method);
    selection.way += static_cast<double>(fold.held_out_classes.size()) / static_cast<double>(folds);
  }
  seek_ridge(division, solvers, table, method, selection);
  calibrate(division, solvers, table, selection);
  return selection;
}

}  // namespace visavis
