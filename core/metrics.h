#pragma once

#include <cstddef>
#include <vector>

#include "core/calibration.h"

namespace visavis {

/// One pair of a verification protocol: same person or not. Pairs with an image in which no face
/// was found carry has_face = false and count as errors: a genuine one is a false non-match at
/// every threshold, an impostor one is wrong for the accuracy too (nothing is gained by failing to
/// look).
struct LabelledPair {
  float distance = 2;
  bool is_genuine = false;
  bool has_face = true;
  int fold = -1;  ///< 0..; -1 where the protocol has no folds.
};

/// Clopper-Pearson (1934) interval for `events` among `trials` at 95%. {0, 0, 1} for no trials.
Rate rate_with_interval(std::size_t events, std::size_t trials);

/// A point of the DET curve: rates when everything below `threshold` is a match.
struct DetPoint {
  double threshold = 0;
  double fmr = 0;
  double fnmr = 0;
};

/// At every threshold where a rate changes, by rising threshold. Throws kInvalidArgument without
/// genuine or impostor pairs.
std::vector<DetPoint> det_curve(const std::vector<LabelledPair>& pairs);

/// Where FMR and FNMR cross, by linear interpolation.
double equal_error_rate(const std::vector<DetPoint>& det);

/// FNMR (with interval) and threshold at the largest threshold whose FMR does not exceed `fmr`.
struct OperatingPoint {
  double threshold = 0;
  Rate fmr;
  Rate fnmr;
};
OperatingPoint operating_point(const std::vector<LabelledPair>& pairs, double fmr);

/// Share of pairs decided rightly with `threshold`.
double verification_accuracy(const std::vector<LabelledPair>& pairs, double threshold);

/// The threshold with the highest verification accuracy (the middle of the best interval).
double most_accurate_threshold(const std::vector<LabelledPair>& pairs);

/// LFW's View 2 protocol (Huang et al. 2007, section IV): each fold is decided with the threshold
/// that is most accurate on the other folds.
struct FoldedAccuracy {
  double mean = 0;
  double standard_error = 0;  ///< Of the mean over folds; 0 for a single fold.
  std::vector<double> folds;
};
FoldedAccuracy folded_accuracy(const std::vector<LabelledPair>& pairs);

}  // namespace visavis
