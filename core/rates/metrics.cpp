#include "core/rates/metrics.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "core/base/error.h"
#include "core/base/number_range.h"
#include "core/rates/allowed_false_matches.h"

namespace visavis {
namespace {

/// The smallest threshold under which every distance is a match.
double threshold_above_all(const SortedDistances& sorted) {
  float largest = sorted.impostor.back();
  if (!sorted.genuine.empty()) largest = std::max(largest, sorted.genuine.back());
  // Above 0 the next float is denormal, which counts as 0 where denormals are flushed.
  return std::max(
      static_cast<double>(std::numeric_limits<float>::min()),
      static_cast<double>(std::nextafter(largest, std::numeric_limits<float>::infinity())));
}

OperatingPoint rates_at_sorted(const SortedDistances& sorted, double threshold) {
  const std::size_t false_matches = count_below(sorted.impostor, threshold);
  const std::size_t false_non_matches =
      sorted.genuine_pairs() - count_below(sorted.genuine, threshold);
  return {threshold, rate_with_interval(false_matches, sorted.impostor.size()),
          rate_with_interval(false_non_matches, sorted.genuine_pairs())};
}

/// Calls visit(point) along the DET curve, by rising threshold, until it returns false.
template <class Visit>
void walk_det_curve(const SortedDistances& sorted, const Visit& visit) {
  const auto genuine_pairs = static_cast<double>(sorted.genuine_pairs());
  const auto impostor_pairs = static_cast<double>(sorted.impostor.size());
  std::size_t genuine = 0;   // how many lie below the threshold
  std::size_t impostor = 0;  // likewise
  const auto point_at = [&](double threshold) {
    return DetPoint{threshold, static_cast<double>(impostor) / impostor_pairs,
                    1 - static_cast<double>(genuine) / genuine_pairs};
  };
  while (genuine < sorted.genuine.size() || impostor < sorted.impostor.size()) {
    float next = std::numeric_limits<float>::infinity();
    if (genuine < sorted.genuine.size()) next = sorted.genuine[genuine];
    if (impostor < sorted.impostor.size()) next = std::min(next, sorted.impostor[impostor]);
    if (!visit(point_at(static_cast<double>(next)))) return;
    while (genuine < sorted.genuine.size() && sorted.genuine[genuine] == next) ++genuine;
    while (impostor < sorted.impostor.size() && sorted.impostor[impostor] == next) ++impostor;
  }
  visit(point_at(threshold_above_all(sorted)));
}

/// Finds where FMR and FNMR cross, given the DET curve's points in turn.
class Crossing {
 public:
  /// Returns whether more points are wanted.
  bool add(const DetPoint& point) {
    const double gap = point.fmr - point.fnmr;  // rises along the curve
    if (gap < 0) {
      before_ = point;
      rate_ = point.fnmr;
      is_first_ = false;
      return true;
    }
    const double gap_before = before_.fmr - before_.fnmr;
    rate_ = is_first_ ? 0.5 * (point.fmr + point.fnmr)
                      : before_.fmr - gap_before / (gap - gap_before) * (point.fmr - before_.fmr);
    return false;
  }
  [[nodiscard]] double rate() const { return rate_; }

 private:
  DetPoint before_;
  double rate_ = 0;
  bool is_first_ = true;
};

}  // namespace

SortedDistances sort_distances(const std::vector<LabelledPair>& pairs) {
  SortedDistances sorted;
  sorted.impostor.reserve(pairs.size());
  for (const LabelledPair& pair : pairs) {
    if (!std::isfinite(pair.distance)) {
      throw Error(ErrorCode::kInvalidArgument, "a pair's distance is not a finite number");
    }
    if (pair.has_face) {
      (pair.is_genuine ? sorted.genuine : sorted.impostor).push_back(pair.distance);
    } else if (pair.is_genuine) {
      ++sorted.genuine_without_face;
    }
  }
  if (sorted.genuine_pairs() == 0 || sorted.impostor.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                sorted.impostor.empty() ? "no impostor pairs with a face in both photos: the FMR "
                                          "needs pairs of different people"
                                        : "no genuine pairs: the FNMR needs pairs of one person");
  }
  std::sort(sorted.genuine.begin(), sorted.genuine.end());
  std::sort(sorted.impostor.begin(), sorted.impostor.end());
  return sorted;
}

std::vector<DetPoint> det_curve(const std::vector<LabelledPair>& pairs) {
  return det_curve(sort_distances(pairs));
}

std::vector<DetPoint> det_curve(const SortedDistances& sorted) {
  std::vector<DetPoint> det;
  walk_det_curve(sorted, [&](const DetPoint& point) {
    det.push_back(point);
    return true;
  });
  return det;
}

double equal_error_rate(const std::vector<DetPoint>& det) {
  if (det.empty()) throw Error(ErrorCode::kInvalidArgument, "the DET curve has no points");
  Crossing crossing;
  for (const DetPoint& point : det) {
    if (!crossing.add(point)) break;
  }
  return crossing.rate();
}

double equal_error_rate(const SortedDistances& sorted) {
  Crossing crossing;
  walk_det_curve(sorted, [&](const DetPoint& point) { return crossing.add(point); });
  return crossing.rate();
}

OperatingPoint operating_point(const std::vector<LabelledPair>& pairs, double fmr) {
  return operating_point(sort_distances(pairs), fmr);
}

OperatingPoint operating_point(const SortedDistances& sorted, double fmr) {
  require_number("an FMR", fmr, {0, 1});
  const auto allowed = static_cast<std::size_t>(allowed_false_matches(fmr, sorted.impostor.size()));
  const double threshold = allowed < sorted.impostor.size()
                               ? static_cast<double>(sorted.impostor[allowed])
                               : threshold_above_all(sorted);
  return rates_at_sorted(sorted, threshold);
}

OperatingPoint rates_at_threshold(const std::vector<LabelledPair>& pairs, double threshold) {
  return rates_at_sorted(sort_distances(pairs), threshold);
}

double verification_accuracy(const std::vector<LabelledPair>& pairs, double threshold) {
  if (pairs.empty()) throw Error(ErrorCode::kInvalidArgument, "no pairs to measure accuracy on");
  const auto right = std::count_if(pairs.begin(), pairs.end(), [&](const LabelledPair& pair) {
    const bool is_match = static_cast<double>(pair.distance) < threshold;
    return pair.has_face && is_match == pair.is_genuine;
  });
  return static_cast<double>(right) / static_cast<double>(pairs.size());
}

double most_accurate_threshold(const std::vector<LabelledPair>& pairs) {
  if (pairs.empty()) throw Error(ErrorCode::kInvalidArgument, "no pairs to choose a threshold on");
  std::vector<std::pair<double, int>> steps;  // distance, gain in right decisions once above it
  for (const LabelledPair& pair : pairs) {
    if (pair.has_face) steps.emplace_back(pair.distance, pair.is_genuine ? 1 : -1);
  }
  std::sort(steps.begin(), steps.end());
  long long gain = 0;  // against a threshold of 0, where nothing matches
  long long best_gain = 0;
  double best_low = 0;
  double best_high = steps.empty() ? 2 : steps.front().first;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    gain += steps[i].second;
    const double low = steps[i].first;
    const double high = i + 1 < steps.size() ? steps[i + 1].first : std::max(2.0, low);
    const bool last_of_ties = i + 1 == steps.size() || high > low;
    const bool wider = gain == best_gain && high - low > best_high - best_low;
    if (last_of_ties && (gain > best_gain || wider)) {
      best_gain = gain;
      best_low = low;
      best_high = high;
    }
  }
  // A match is distance < threshold: the upper end belongs to the interval, the lower does not.
  if (best_high > best_low) return 0.5 * (best_low + best_high);
  if (best_high == 0) return 0;  // an impostor pair of equal photos: match nothing
  return std::nextafter(best_high, std::numeric_limits<double>::infinity());
}

std::map<int, double> fold_thresholds(const std::vector<LabelledPair>& pairs) {
  std::map<int, double> thresholds;
  for (const LabelledPair& pair : pairs) thresholds[pair.fold] = 0;
  if (thresholds.size() < 2) {
    throw Error(
        ErrorCode::kInvalidArgument,
        "accuracy over folds needs two folds or more: each is decided with the threshold of "
        "the others");
  }
  for (auto& [fold, threshold] : thresholds) {
    std::vector<LabelledPair> others;
    std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(others),
                 [own = fold](const LabelledPair& pair) { return pair.fold != own; });
    threshold = most_accurate_threshold(others);
  }
  return thresholds;
}

FoldedAccuracy folded_accuracy(const std::vector<LabelledPair>& pairs) {
  FoldedAccuracy accuracy;
  for (const auto& [fold, threshold] : fold_thresholds(pairs)) {
    std::vector<LabelledPair> inside;
    std::copy_if(pairs.begin(), pairs.end(), std::back_inserter(inside),
                 [own = fold](const LabelledPair& pair) { return pair.fold == own; });
    accuracy.folds.push_back(verification_accuracy(inside, threshold));
  }
  const auto count = static_cast<double>(accuracy.folds.size());
  for (const double fold : accuracy.folds) accuracy.mean += fold / count;
  double squares = 0;
  for (const double fold : accuracy.folds) squares += std::pow(fold - accuracy.mean, 2);
  accuracy.standard_error = std::sqrt(squares / (count - 1) / count);
  return accuracy;
}

}  // namespace visavis
