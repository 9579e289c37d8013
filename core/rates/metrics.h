#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <vector>

#include "core/rates/rate.h"

namespace visavis {

/// One pair of a verification protocol: same person or not. has_face is false where one of the
/// images shows no face; such a pair counts as an error. A genuine one is a false non-match at
/// every threshold. An impostor one counts as wrong for the accuracy and is left out of the FMR, so
/// that a detector gains nothing by finding no face.
struct LabelledPair {
  float distance = 2;
  bool is_genuine = false;
  bool has_face = true;
  int fold = -1;  ///< 0..; -1 where the protocol has no folds.
};

/// A point of the DET curve: rates when everything below `threshold` is a match.
struct DetPoint {
  double threshold = 0;
  double fmr = 0;
  double fnmr = 0;
};

/// The distances of the pairs that have one, in rising order. Sorting dominates the cost: sort once
/// to answer several questions.
struct SortedDistances {
  std::vector<float> genuine;
  std::vector<float> impostor;
  std::size_t genuine_without_face = 0;

  [[nodiscard]] std::size_t genuine_pairs() const { return genuine.size() + genuine_without_face; }
};
/// How many of `sorted`, in rising order, lie below `threshold`.
template <class T>
std::size_t count_below(const std::vector<T>& sorted, double threshold) {
  const auto end = std::lower_bound(sorted.begin(), sorted.end(), threshold,
                                    [](T d, double t) { return static_cast<double>(d) < t; });
  return static_cast<std::size_t>(end - sorted.begin());
}

/// Throws kInvalidArgument without genuine pairs, without impostor pairs that have a distance, or
/// for a distance that is not finite.
SortedDistances sort_distances(const std::vector<LabelledPair>& pairs);

/// At every threshold where a rate changes, by rising threshold; the last one accepts every pair
/// that has a distance. Throws kInvalidArgument without genuine pairs, or without impostor pairs
/// that have a distance.
std::vector<DetPoint> det_curve(const std::vector<LabelledPair>& pairs);
std::vector<DetPoint> det_curve(const SortedDistances& sorted);

/// Where FMR and FNMR cross, by linear interpolation. They never cross where too many faces were
/// not found; the last FNMR is then returned. Throws kInvalidArgument for an empty curve.
double equal_error_rate(const std::vector<DetPoint>& det);
/// The same of distances as sort_distances gives them, without keeping the curve.
double equal_error_rate(const SortedDistances& sorted);

/// FNMR (with interval) and threshold at the largest threshold whose FMR does not exceed `fmr`.
struct OperatingPoint {
  double threshold = 0;
  Rate fmr;
  Rate fnmr;
};
/// `fmr` 0..1. With fewer than 1 / fmr impostor pairs that is the threshold of no false match at
/// all. Throws as det_curve does.
OperatingPoint operating_point(const std::vector<LabelledPair>& pairs, double fmr);
OperatingPoint operating_point(const SortedDistances& sorted, double fmr);

/// Both rates when everything below `threshold` is a match. Throws as det_curve does.
OperatingPoint rates_at_threshold(const std::vector<LabelledPair>& pairs, double threshold);

/// Share of pairs decided rightly with `threshold`. Throws kInvalidArgument without pairs.
double verification_accuracy(const std::vector<LabelledPair>& pairs, double threshold);

/// The threshold with the highest verification accuracy (the middle of the best interval; of equal
/// ones the widest). Throws kInvalidArgument without pairs.
double most_accurate_threshold(const std::vector<LabelledPair>& pairs);

/// For each fold the threshold that is most accurate on the other folds' pairs. Throws
/// kInvalidArgument with fewer than two folds: there are then no other pairs to choose it on.
std::map<int, double> fold_thresholds(const std::vector<LabelledPair>& pairs);

/// LFW's View 2 protocol (Huang et al. 2007, section IV): each fold is decided with the threshold
/// that is most accurate on the other folds.
struct FoldedAccuracy {
  double mean = 0;
  double standard_error = 0;  ///< Of the mean over folds.
  std::vector<double> folds;
};
/// Folds by rising number. Throws as fold_thresholds does.
FoldedAccuracy folded_accuracy(const std::vector<LabelledPair>& pairs);

}  // namespace visavis
