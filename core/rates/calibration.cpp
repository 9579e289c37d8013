#include "core/rates/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "core/base/error.h"
#include "core/rates/allowed_false_matches.h"
#include "core/rates/metrics.h"

namespace visavis {
namespace {

void require_points(const CalibrationTable& table) {
  if (table.points.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "the model has no calibration table, so a distance says nothing about error rates: "
                "run `visavis calibrate`, or give a threshold");
  }
}

void check_distances(const std::vector<float>& distances, const char* kind) {
  if (distances.empty()) {
    throw Error(ErrorCode::kInvalidArgument, std::string("calibration needs ") + kind + " pairs");
  }
  const auto outside = [](float d) { return !kMeasuredDistances.holds(d); };
  if (std::any_of(distances.begin(), distances.end(), outside)) {
    throw Error(ErrorCode::kInvalidArgument,
                std::string("a distance of the ") + kind + " pairs lies outside 0..2");
  }
}

double interpolate(double a, double b, double share) { return a + share * (b - a); }

double interpolate_log(double a, double b, double share) {
  if (a <= 0 || b <= 0) return interpolate(a, b, share);
  return std::exp(interpolate(std::log(a), std::log(b), share));
}

/// Where interpolate_log(a, b, share) reaches `value`, for a <= value < b.
double share_at(double a, double b, double value) {
  if (a <= 0 || b <= 0) return (value - a) / (b - a);
  return std::log(value / a) / std::log(b / a);
}

/// 0, 1, 2, 4, .. last: about `count` whole numbers, dense at the low end as a rate's logarithm is.
std::set<std::size_t> spread_ranks(std::size_t last, int count) {
  std::set<std::size_t> ranks{0, last};
  const double log_last = std::log(static_cast<double>(last) + 1);
  for (int i = 1; i + 1 < count; ++i) {
    ranks.insert(static_cast<std::size_t>(std::expm1(log_last * i / (count - 1))));
  }
  return ranks;
}

/// 3,700 -> "3,700"
std::string with_thousands_commas(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t i = digits.size(); i > 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

/// Rounded to what a reader keeps in mind: 1.0, 1.1 .. 1.9, 2, 2.5, .. 5, 6, .. 9 times a power of
/// ten.
std::uint64_t round_for_reading(double value) {
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  if (power < 10) return static_cast<std::uint64_t>(std::llround(value));
  const double leading = value / power;
  const double steps = leading < 2 ? 10 : leading < 5 ? 2 : 1;  // per power
  return static_cast<std::uint64_t>(std::llround(std::round(leading * steps) * power / steps));
}

Rate interpolate_log(const Rate& a, const Rate& b, double share) {
  return {interpolate_log(a.value, b.value, share), interpolate_log(a.low, b.low, share),
          interpolate_log(a.high, b.high, share)};
}

Rate interpolate(const Rate& a, const Rate& b, double share) {
  return {interpolate(a.value, b.value, share), interpolate(a.low, b.low, share),
          interpolate(a.high, b.high, share)};
}

std::string words_of_odds(std::uint64_t pairs, double fmr) {
  if (fmr > 0.95) return "almost all";
  if (fmr > 0.55)
    return "about " + std::to_string(std::min(9LL, std::llround(10 * fmr))) + " in 10";
  const double least = kFewestFalseMatches / static_cast<double>(pairs);
  if (pairs == 0 || least > 0.5) return "an unknown share of";
  if (!(fmr >= least))
    return "fewer than 1 in " + with_thousands_commas(round_for_reading(1 / least));
  return "about 1 in " + with_thousands_commas(round_for_reading(1 / fmr));
}

// What rounding added above 2 is no distance.
double rounded_down(float distance) { return std::min(2.0, double{distance}); }

}  // namespace

CalibrationPoint rates_at(const CalibrationTable& table, double distance) {
  require_points(table);
  const auto& points = table.points;
  const auto after =
      std::upper_bound(points.begin(), points.end(), distance,
                       [](double d, const CalibrationPoint& point) { return d < point.distance; });
  if (after == points.begin() || after == points.end()) {
    CalibrationPoint end = after == points.begin() ? points.front() : points.back();
    end.distance = distance;
    return end;
  }
  const CalibrationPoint& a = *(after - 1);
  const CalibrationPoint& b = *after;
  const double share = (distance - a.distance) / (b.distance - a.distance);
  CalibrationPoint between{distance, interpolate_log(a.fmr, b.fmr, share),
                           interpolate(a.fnmr, b.fnmr, share), std::nullopt};
  if (a.alike_fmr && b.alike_fmr) {
    between.alike_fmr = interpolate_log(*a.alike_fmr, *b.alike_fmr, share);
  }
  return between;
}

DecisionBounds decision_bounds(const CalibrationTable& table, DecisionPolicy policy) {
  if (table.decision) return table.decision->of(policy);
  require_points(table);
  return {table.threshold, table.threshold, table.threshold};
}

double threshold_at_fmr(const CalibrationTable& table, double fmr) {
  require_points(table);
  require_number("an FMR", fmr, kFmrRange);
  if (allowed_false_matches(fmr, table.impostor_pairs) < 1) {
    throw Error(ErrorCode::kInvalidArgument,
                "the model's calibration holds " + with_thousands_commas(table.impostor_pairs) +
                    " pairs of different people: too few to tell an FMR below 1 in as many");
  }
  const auto& points = table.points;
  const auto beyond = std::find_if(points.begin(), points.end(),
                                   [&](const CalibrationPoint& p) { return p.fmr.value > fmr; });
  if (beyond == points.begin()) {
    throw Error(
        ErrorCode::kInvalidArgument,
        "every distance in the model's calibration has a higher FMR than the one asked for");
  }
  const CalibrationPoint& a = *(beyond - 1);
  if (beyond == points.end()) return a.distance;
  const double share = share_at(a.fmr.value, beyond->fmr.value, fmr);
  return interpolate(a.distance, beyond->distance, share);
}

CalibrationTable calibrate(std::vector<float> genuine, std::vector<float> impostor,
                           double operating_fmr, std::string source, int points) {
  check_distances(impostor, "impostor");
  const auto allowed =
      static_cast<std::size_t>(allowed_false_matches(operating_fmr, impostor.size()));
  if (!(operating_fmr > 0 && operating_fmr < 1) || allowed < 1) {
    throw Error(ErrorCode::kInvalidArgument,
                "operating FMR must lie between 0 and 1, with at least 1 / FMR impostor pairs; " +
                    with_thousands_commas(impostor.size()) + " are too few");
  }
  const auto first_refused =
      impostor.begin() + static_cast<std::ptrdiff_t>(std::min(allowed, impostor.size() - 1));
  std::nth_element(impostor.begin(), first_refused, impostor.end());
  const double threshold = rounded_down(*first_refused);
  return calibrate_at(std::move(genuine), std::move(impostor), threshold, std::move(source),
                      points);
}

CalibrationTable calibrate_at(std::vector<float> genuine, std::vector<float> impostor,
                              double threshold, std::string source, int points) {
  check_distances(genuine, "genuine");
  check_distances(impostor, "impostor");
  require_number("the threshold", threshold, kDistanceRange);
  if (points < 10) throw Error(ErrorCode::kInvalidArgument, "calibration needs 10 points or more");
  std::sort(genuine.begin(), genuine.end());
  std::sort(impostor.begin(), impostor.end());
  CalibrationTable table;
  table.genuine_pairs = genuine.size();
  table.impostor_pairs = impostor.size();
  table.threshold = threshold;
  table.source = std::move(source);
  // Two fifths of the distances are order statistics of the impostor pairs, counted from the
  // closest, two fifths of the genuine ones, counted from the farthest: where the rate in question
  // is small. The others are a grid for where both are large.
  std::set<double> distances{table.threshold};
  const int steps = points / 5;
  const int ranks = (points - steps - 2) / 2;
  for (int i = 0; i <= steps; ++i) distances.insert(2.0 * i / steps);
  for (const std::size_t rank : spread_ranks(impostor.size() - 1, ranks)) {
    distances.insert(rounded_down(impostor[rank]));
  }
  for (const std::size_t rank : spread_ranks(genuine.size() - 1, ranks)) {
    distances.insert(rounded_down(genuine[genuine.size() - 1 - rank]));
  }
  for (const double distance : distances) {
    const std::size_t false_matches = count_below(impostor, distance);
    const std::size_t false_non_matches = genuine.size() - count_below(genuine, distance);
    table.points.push_back({distance, rate_with_interval(false_matches, impostor.size()),
                            rate_with_interval(false_non_matches, genuine.size()), std::nullopt});
  }
  return table;
}

std::string odds_in_words(const CalibrationTable& table, double fmr) {
  return words_of_odds(table.impostor_pairs, fmr);
}

std::string alike_odds_in_words(const CalibrationTable& table, double fmr) {
  if (!table.alike) {
    throw Error(ErrorCode::kInvalidArgument,
                "the model's calibration says nothing of strangers who are alike: run `visavis "
                "calibrate --strangers`");
  }
  return words_of_odds(table.alike->pairs, fmr);
}

}  // namespace visavis
