#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "core/api/api.h"
#include "core/api/objects.h"
#include "core/base/number_range.h"
#include "core/fewshot/rejection.h"
#include "core/rates/calibration.h"
#include "core/rates/operating_points.h"

namespace visavis::api {
namespace {

std::array<double, kVisavisRateValues> rate_values(const CalibrationPoint& point) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const Rate alike = point.alike_fmr.value_or(Rate{kNone, kNone, kNone});
  return {point.distance, point.fmr.value, point.fmr.low, point.fmr.high, point.fnmr.value,
          point.fnmr.low, point.fnmr.high, alike.value,   alike.low,      alike.high};
}

std::vector<double> flatten(const CalibrationTable& table) {
  std::vector<double> values = {table.threshold, static_cast<double>(table.genuine_pairs),
                                static_cast<double>(table.impostor_pairs)};
  for (const CalibrationPoint& point : table.points) {
    const auto rates = rate_values(point);
    values.insert(values.end(), rates.begin(), rates.end());
  }
  return values;
}

/// Verifier::verify looks at nothing but the embedding.
FaceTemplate template_of(const float* embedding, std::int32_t length) {
  FaceTemplate result;
  result.embedding.assign(embedding, embedding + length);
  return result;
}

std::size_t operating_point_at(std::int32_t index) {
  require(index >= 0 && static_cast<std::size_t>(index) < kNamedFmrs.size(),
          "There is no operating point " + std::to_string(index) + ".");
  return static_cast<std::size_t>(index);
}

DecisionPolicy policy_at(std::int32_t index) {
  require(index >= 0 && static_cast<std::size_t>(index) < kDecisionPolicies,
          "There is no policy " + std::to_string(index) + ".");
  return static_cast<DecisionPolicy>(index);
}

FaceFitness fitness_of(double confidence, std::uint32_t issues) {
  require_number("A confidence", confidence, {0, 1});
  FaceFitness fitness{confidence, {}};
  for (int i = 0; i <= static_cast<int>(QualityIssue::kCutOff); ++i) {
    if ((issues >> i & 1U) != 0) fitness.issues.push_back(static_cast<QualityIssue>(i));
  }
  return fitness;
}

const std::vector<double>& calibration_values(VisavisHandle handle) {
  auto& object = handles().get<VerifierObject>(handle);
  if (object.calibration_values.empty()) {
    object.calibration_values = flatten(object.verifier.calibration());
  }
  return object.calibration_values;
}

}  // namespace
}  // namespace visavis::api

using namespace visavis;       // NOLINT(google-build-using-namespace): the exports are global.
using namespace visavis::api;  // NOLINT(google-build-using-namespace)

void visavis_verify(VisavisHandle verifier, const float* reference, const float* probe,
                    std::int32_t length, double threshold, double* verdict) {
  guarded([&] {
    const auto& object = handles().get<VerifierObject>(verifier);
    // Before a number is read: the caller's arrays are no longer than it says.
    require(length >= 0 && static_cast<std::size_t>(length) == object.embedding_length,
            "An embedding has " + std::to_string(object.embedding_length) + " numbers, not " +
                std::to_string(length) + ".");
    const auto chosen = std::isnan(threshold) ? std::nullopt : std::optional<double>(threshold);
    const Verdict result =
        object.verifier.verify(template_of(reference, length), template_of(probe, length), chosen);
    const CalibrationPoint at = rates_at(object.verifier.calibration(), result.distance);
    verdict[0] = result.threshold;
    verdict[1] = result.is_match ? 1 : 0;
    const auto rates = rate_values(at);
    std::copy(rates.begin(), rates.end(), verdict + 2);
  });
}

std::int32_t visavis_decide(VisavisHandle verifier, double distance, std::int32_t policy,
                            double reference_confidence, std::uint32_t reference_issues,
                            double probe_confidence, std::uint32_t probe_issues) {
  return guarded([&] {
    require_number("A distance", distance, kMeasuredDistances);
    auto& object = handles().get<VerifierObject>(verifier);
    const Decision decision =
        object.verifier.decide(distance, fitness_of(reference_confidence, reference_issues),
                               fitness_of(probe_confidence, probe_issues), policy_at(policy));
    object.reasons.clear();
    for (const std::string& reason : decision.reasons) {
      object.reasons += (object.reasons.empty() ? "" : " ") + reason;
    }
    return static_cast<std::int32_t>(decision.outcome);
  });
}

void visavis_decision_bounds(VisavisHandle verifier, std::int32_t policy, double* bounds) {
  guarded([&] {
    const auto& object = handles().get<VerifierObject>(verifier);
    const DecisionBounds of = object.verifier.bounds(policy_at(policy));
    const std::array<double, kVisavisBoundsValues> values{of.match, of.match_if_good, of.mismatch,
                                                          of.least_confidence};
    std::copy(values.begin(), values.end(), bounds);
  });
}

const char* visavis_decision_reasons(VisavisHandle verifier) {
  return guarded([&] { return handles().get<VerifierObject>(verifier).reasons.c_str(); });
}

const double* visavis_calibration_values(VisavisHandle verifier) {
  return guarded([&] { return calibration_values(verifier).data(); });
}

std::int32_t visavis_calibration_length(VisavisHandle verifier) {
  return guarded([&] { return static_cast<std::int32_t>(calibration_values(verifier).size()); });
}

const char* visavis_calibration_source(VisavisHandle verifier) {
  return guarded([&] {
    return handles().get<VerifierObject>(verifier).verifier.calibration().source.c_str();
  });
}

void visavis_calibration_rates(VisavisHandle verifier, double distance, double* rates) {
  guarded([&] {
    require_number("A distance", distance, kDistanceRange);
    const auto& table = handles().get<VerifierObject>(verifier).verifier.calibration();
    const CalibrationPoint point = rates_at(table, distance);
    const auto values = rate_values(point);
    std::copy(values.begin(), values.end(), rates);
  });
}

double visavis_calibration_threshold(VisavisHandle verifier, double fmr) {
  return guarded([&] {
    return threshold_at_fmr(handles().get<VerifierObject>(verifier).verifier.calibration(), fmr);
  });
}

double visavis_calibration_rejection_distance(VisavisHandle verifier) {
  return guarded([&] {
    const auto& table = handles().get<VerifierObject>(verifier).verifier.calibration();
    return default_rejection_distance(table, FewShotSubject::kFaces).value_or(0);
  });
}

std::int32_t visavis_operating_point_count() {
  return guarded([] { return static_cast<std::int32_t>(kNamedFmrs.size()); });
}

const char* visavis_operating_point_name(std::int32_t index) {
  return guarded([&] { return kNamedFmrs[operating_point_at(index)].name; });
}

void visavis_operating_point(VisavisHandle verifier, std::int32_t index, double* values) {
  guarded([&] {
    const auto& table = handles().get<VerifierObject>(verifier).verifier.calibration();
    const NamedOperatingPoint point = named_operating_points(table)[operating_point_at(index)];
    const CalibrationPoint measured = point.measured.value_or(CalibrationPoint{});
    values[0] = point.wanted.fmr;
    values[1] = point.measured ? 1 : 0;
    const auto rates = rate_values(measured);
    std::copy(rates.begin(), rates.end(), values + 2);
  });
}

const char* visavis_calibration_odds(VisavisHandle verifier, double fmr) {
  return guarded([&] {
    auto& object = handles().get<VerifierObject>(verifier);
    object.odds = odds_in_words(object.verifier.calibration(), fmr);
    return object.odds.c_str();
  });
}

const char* visavis_calibration_alike_odds(VisavisHandle verifier, double fmr) {
  return guarded([&] {
    auto& object = handles().get<VerifierObject>(verifier);
    object.odds = alike_odds_in_words(object.verifier.calibration(), fmr);
    return object.odds.c_str();
  });
}

const char* visavis_calibration_grouped_by(VisavisHandle verifier) {
  return guarded([&] {
    const auto& alike = handles().get<VerifierObject>(verifier).verifier.calibration().alike;
    return alike ? alike->grouped_by.c_str() : "";
  });
}

const char* visavis_calibration_worst_group(VisavisHandle verifier) {
  return guarded([&] {
    const auto& alike = handles().get<VerifierObject>(verifier).verifier.calibration().alike;
    return alike ? alike->worst_group.c_str() : "";
  });
}
