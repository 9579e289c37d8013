#pragma once

#include <string>
#include <vector>

#include "core/face/quality.h"
#include "core/rates/decision_bounds.h"

namespace visavis {

/// What is to be done about a pair of photos. Stable numbers: they cross the C API.
enum class Outcome : int { kMatch = 0, kReview = 1, kMismatch = 2 };

/// Stable name for programs: "match".
const char* code_of(Outcome outcome);

/// How fit a photo's face is to be decided on. By default nothing stands against it.
struct FaceFitness {
  double confidence = 1;  ///< Face::confidence, 0..1.
  std::vector<QualityIssue> issues;
};

struct Decision {
  Outcome outcome = Outcome::kReview;
  /// Stable codes of what speaks for a review: "same-picture", "between-bounds", and of either photo
  /// "low-confidence-reference" or an issue, "blurred-probe". Empty for a match and a mismatch.
  std::vector<std::string> reasons;
};

/// Templates nearer than this are of one picture, not of two: whoever offers one twice shows
/// nothing. A picture cropped or compressed again lies 0.06 to 0.2 from itself; two of one session,
/// FRLL's neutral and smiling portraits, at least 0.18.
inline constexpr double kSamePictureDistance = 0.1;

/// `distance`, 0..2, between two templates. A poor photo makes one person's photos differ, and two
/// poor ones make alike strangers match somewhat more often: so it turns a mismatch into a review,
/// and a match where that was near the bound.
Decision decide(double distance, const FaceFitness& reference, const FaceFitness& probe,
                const DecisionBounds& bounds);

}  // namespace visavis
