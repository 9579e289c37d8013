#include "core/face/decision.h"

#include <array>
#include <utility>

namespace visavis {
namespace {

/// Adds what makes this photo poor to the reasons.
void add_reasons(const FaceFitness& photo, double least_confidence, const std::string& side,
                 std::vector<std::string>& reasons) {
  if (photo.confidence < least_confidence) reasons.push_back("low-confidence-" + side);
  for (const QualityIssue issue : photo.issues) {
    reasons.push_back(code_of(issue) + ("-" + side));
  }
}

}  // namespace

const char* code_of(Outcome outcome) {
  constexpr std::array<const char*, 3> kCodes{"match", "review", "mismatch"};
  return kCodes.at(static_cast<std::size_t>(outcome));
}

Decision decide(double distance, const FaceFitness& reference, const FaceFitness& probe,
                const DecisionBounds& bounds) {
  if (distance < kSamePictureDistance) return {Outcome::kReview, {"same-picture"}};
  if (distance < bounds.match) return {Outcome::kMatch, {}};
  std::vector<std::string> reasons;
  const bool is_between = distance >= bounds.match_if_good && distance < bounds.mismatch;
  if (is_between) reasons.emplace_back("between-bounds");
  add_reasons(reference, bounds.least_confidence, "reference", reasons);
  add_reasons(probe, bounds.least_confidence, "probe", reasons);
  if (!reasons.empty()) return {Outcome::kReview, std::move(reasons)};
  return {distance < bounds.match_if_good ? Outcome::kMatch : Outcome::kMismatch, {}};
}

}  // namespace visavis
