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
  Rate false_acceptance;  ///< Share of the unknown queries that are accepted.
  Rate false_rejection;   ///< Share of the known queries that are rejected; {0, 0, 1} without any.
};

/// The kind of classes. Two photos of one person differ less than two drawings of one character.
enum class FewShotSubject { kFaces, kWholeImages };

/// The default rejection distance, on the command line and in the package alike. For faces it is
/// the model's threshold. For whole images it is the distance of FMR 0.05, since 1e-3 would reject
/// most queries; the model's threshold where too few pairs were measured for that. Nothing for a
/// model without calibration. It applies to distances between embeddings only, not to other
/// features or to a few-shot head's answers.
std::optional<double> default_rejection_distance(const CalibrationTable& table,
                                                 FewShotSubject subject);

/// The largest threshold at which no more than `false_acceptance` (0..1, exclusive) of the unknown
/// queries are accepted. Distances are those of FewShotAnswer's first class. `known` are of queries
/// that belong to a class of the support set (may be empty), `unknown` of others. The threshold
/// holds only for this many classes that resemble the unknown queries as much as these do. Throws
/// kInvalidArgument for fewer than 1 / false_acceptance unknown queries, which are too few to
/// measure it, or for a distance that is not finite.
RejectionThreshold calibrate_rejection(std::span<const double> known,
                                       std::span<const double> unknown, double false_acceptance);

/// The distances of known queries, estimated by leaving one out: each example of a class with
/// several is classified by all others. They are slightly too large, since the class then has one
/// example less. Throws as SupportSet::classify does. Ignores the rejection distance.
std::vector<double> leave_one_out_distances(SupportSet support, FewShotOptions options);

}  // namespace visavis
