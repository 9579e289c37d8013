#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/rates/decision_bounds.h"
#include "core/rates/rate.h"
#include "native/data/protocol.h"
#include "native/embedding/photo_embedder.h"
#include "native/evaluation/alike_strangers.h"

namespace visavis {

/// By policy the false match rate, within the group of strangers that has most, of a match between
/// good photos. Where a photo is poor a match must be as rare as half of it.
inline constexpr std::array<double, kDecisionPolicies> kPolicyFmrs{3e-5, 1e-4, 1e-3};

/// Of all pairs of one person, a page and a selfie say, at most this share is called a mismatch.
inline constexpr double kMismatchShare = 0.02;

/// A photo with less is not good. Of pages with glare over the portrait, the two that were farthest
/// from their selfie have 0.54 and 0.55; without glare pages have at least 0.88.
inline constexpr double kGoodConfidence = 0.8;

/// The share of a group's nearest pairs that a tail is fitted to.
inline constexpr double kTailShare = 0.02;

/// What a policy's bound of a match between good photos rests on.
struct ChosenBound {
  DecisionPolicy policy = kDefaultPolicy;
  double distance = 0;
  std::string group;  ///< Of strangers, the one with the most false matches there.
  Rate fmr;           ///< Within it, by the fitted tail; the interval draws people, not pairs.
};

struct DecisionChoice {
  DecisionTable table;
  std::array<ChosenBound, kDecisionPolicies> matches;
};

/// Chooses the bounds of match and mismatch: those of a match on `strangers`, whose photos are
/// `of_strangers`; that of a mismatch on the genuine pairs of `pairs`, whose photos are `of_pairs`,
/// such as pages and selfies of people that nothing was trained on. Low rates come from the fitted
/// tail (tail_fit.h): there are too few pairs to count them. Intervals are drawn by `seed`. Throws
/// kInvalidArgument without genuine pairs that show faces, and as fit_lower_tail.
DecisionChoice choose_decision(const AlikeStrangers& strangers,
                               const std::vector<EmbeddedPhoto>& of_strangers,
                               const Protocol& pairs, const std::vector<EmbeddedPhoto>& of_pairs,
                               std::uint64_t seed);

/// For people: a line a policy.
std::string to_text(const DecisionChoice& choice);

}  // namespace visavis
