#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/fewshot/few_shot.h"
#include "core/rates/calibration.h"

namespace visavis {

/// The distance at which a few-shot classifier says "none of these", and what that costs.
struct RejectionThreshold {
  double threshold = 0;   ///< A query is accepted where its distance is below.
  Rate false_acceptance;  ///< Share of the unknown queries that are accepted all the same.
  Rate false_rejection;   ///< Share of the known queries that are rejected; {0, 0, 1} without any.
};

/// What is told apart: two photos of one person differ less than two drawings of one character.
enum class FewShotSubject { kFaces, kWholeImages };

/// The distance from which on "none of these" is said where nobody asks for another, on the command
/// line and in the package alike. Of faces: from which on two photos do not match, as the model
/// ships. Of whole images: FMR 0.05, since at 1e-3 most would be none of these; as shipped where
/// too few pairs were measured to tell that. Nothing for a model that was not calibrated. It is a
/// distance between embeddings: it says nothing of other features, or of a few-shot head's answers.
std::optional<double> default_rejection_distance(const CalibrationTable& table,
                                                 FewShotSubject subject);

/// The largest threshold at which no more than `false_acceptance` (0..1, exclusive) of the unknown
/// queries are accepted. Distances are those of FewShotAnswer's first class, of queries that belong
/// to a class of the support set (`known`, may be empty) and of others (`unknown`). It holds for as
/// many classes, as like the unknown, as there were. Throws kInvalidArgument for fewer than
/// 1 / false_acceptance unknown queries, who could not tell, or a distance that is not finite.
RejectionThreshold calibrate_rejection(std::span<const double> known,
                                       std::span<const double> unknown, double false_acceptance);

/// How far known queries are from their best class, told from the support itself: each example of a
/// class that has others, classified by the rest. Somewhat too far, since a class has one example
/// less then. Throws as SupportSet::classify does; the rejection distance is not looked at.
std::vector<double> leave_one_out_distances(SupportSet support, FewShotOptions options);

}  // namespace visavis
