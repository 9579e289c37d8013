#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace visavis {

/// How careful a decision is: the fewer false matches, the more pairs are left to a human. Stable
/// numbers: they cross the C API.
enum class DecisionPolicy : int { kCareful = 0, kBalanced = 1, kLenient = 2 };
inline constexpr std::size_t kDecisionPolicies = 3;
inline constexpr DecisionPolicy kDefaultPolicy = DecisionPolicy::kBalanced;

/// Stable name for programs: "careful".
const char* code_of(DecisionPolicy policy);
/// Throws kInvalidArgument, listing the names.
DecisionPolicy parse_decision_policy(const std::string& name);

/// Where a policy parts the distances, 0..2. What is neither a match nor a mismatch is left to a
/// human's review.
struct DecisionBounds {
  double match = 0;          ///< Below it a match, whatever the photos are like.
  double match_if_good = 0;  ///< Below it a match where both photos are good.
  double mismatch = 0;       ///< From here on a mismatch where both photos are good.
  /// 0..1; a photo whose face was found with less confidence is not good.
  double least_confidence = 0;
};

/// The bounds that a model ships with.
struct DecisionTable {
  std::array<DecisionBounds, kDecisionPolicies> policies{};  ///< In the order of DecisionPolicy.
  std::string source;  ///< What the bounds were chosen on, in one line.

  [[nodiscard]] const DecisionBounds& of(DecisionPolicy policy) const {
    return policies[static_cast<std::size_t>(policy)];
  }
};

/// Throws kInvalidArgument for bounds outside 0..2 or not in rising order, and for a confidence
/// outside 0..1.
void check_decision(const DecisionTable& table);

}  // namespace visavis
