#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/number_range.h"
#include "core/rates/decision_bounds.h"
#include "core/rates/rate.h"

namespace visavis {

/// What was measured when everything below `distance` is called a match.
struct CalibrationPoint {
  double distance = 0;  ///< 0..2
  Rate fmr;             ///< False match rate: impostor pairs below the distance.
  Rate fnmr;            ///< False non-match rate: genuine pairs at or above it.
  /// FMR among alike strangers; in every point of a table that has `alike`, and in no other.
  std::optional<Rate> alike_fmr = std::nullopt;
};

/// Alike strangers: two people of one group, of one origin and sex say. False matches are mostly
/// among them (Grother et al. 2019, NISTIR 8280, section 4).
struct AlikeStrangersSource {
  std::string grouped_by;   ///< What two of them share: "origin and gender".
  std::string worst_group;  ///< Has the most false matches; the threshold was set on it.
  std::uint64_t groups = 0;
  std::uint64_t people = 0;
  std::uint64_t pairs = 0;  ///< Within groups. A table's alike_fmr is the mean over groups.
};

/// Distance to error rates, measured on people the model was not trained on. Points by rising
/// distance; the FMR never falls along them, the FNMR never rises.
struct CalibrationTable {
  std::vector<CalibrationPoint> points;
  std::uint64_t genuine_pairs = 0;
  std::uint64_t impostor_pairs = 0;
  double threshold = 0;  ///< The distance shipped: a match is distance < threshold.
  std::string source;    ///< Data and protocol in one line, for the model card and `inspect`.
  std::optional<AlikeStrangersSource> alike = std::nullopt;
  std::optional<DecisionTable> decision = std::nullopt;
};

/// Measured distances may exceed 2 by a rounding error, for unit embeddings that point opposite
/// ways.
inline constexpr NumberRange kMeasuredDistances{0, 2.0001};

/// The least number of false matches behind a figure for a low FMR. With fewer, its interval spans
/// more than a factor of three.
inline constexpr double kFewestFalseMatches = 10;

/// Error rates at a distance, by linear interpolation between the points (of log FMR for the FMR,
/// where neither end is 0); beyond the ends the end points hold. Throws kInvalidArgument for an
/// empty table.
CalibrationPoint rates_at(const CalibrationTable& table, double distance);

/// Where `policy` parts the distances. Of a table without `decision` every bound is the threshold:
/// only a poor photo then calls for a review. Throws kInvalidArgument for an empty table.
DecisionBounds decision_bounds(const CalibrationTable& table, DecisionPolicy policy);

/// The largest distance whose measured FMR is at most `fmr` (0..1), as rates_at tells it. Throws
/// kInvalidArgument when the table holds too few impostor pairs to say: fewer than 1 / fmr.
double threshold_at_fmr(const CalibrationTable& table, double fmr);

/// Builds the table from distances of genuine and impostor pairs, at no more than `points` (10 or
/// more) distances that are dense where either rate is small. Intervals are Clopper-Pearson (1934),
/// which takes the pairs for independent: where one photo stands in many pairs they are too narrow.
/// Images without a face count as genuine pairs at distance 2 (never matched). `threshold` is set
/// to that of FMR `operating_fmr`. Throws kInvalidArgument when either list is empty, a distance
/// lies outside 0..2, or there are fewer than 1 / operating_fmr impostor pairs.
CalibrationTable calibrate(std::vector<float> genuine, std::vector<float> impostor,
                           double operating_fmr, std::string source, int points = 200);

/// The same with a `threshold` (0..2) that is given.
CalibrationTable calibrate_at(std::vector<float> genuine, std::vector<float> impostor,
                              double threshold, std::string source, int points = 200);

/// An FMR in words, to be followed by "pairs of different people": "about 1 in 4,000", "about 7 in
/// 10", "almost all". "fewer than 1 in N" where the table holds fewer than ten false matches for
/// it.
std::string odds_in_words(const CalibrationTable& table, double fmr);

/// The same of an FMR among alike strangers. Throws kInvalidArgument for a table that has none.
std::string alike_odds_in_words(const CalibrationTable& table, double fmr);

}  // namespace visavis
