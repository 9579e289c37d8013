#include "core/rates/decision_bounds.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/number_range.h"

namespace visavis {
namespace {

constexpr std::array<const char*, kDecisionPolicies> kPolicyCodes{"careful", "balanced", "lenient"};

}  // namespace

const char* code_of(DecisionPolicy policy) {
  return kPolicyCodes.at(static_cast<std::size_t>(policy));
}

DecisionPolicy parse_decision_policy(const std::string& name) {
  const auto found = std::find(kPolicyCodes.begin(), kPolicyCodes.end(), name);
  if (found == kPolicyCodes.end()) {
    refuse("unknown policy '" + name + "': give careful, balanced or lenient");
  }
  return static_cast<DecisionPolicy>(found - kPolicyCodes.begin());
}

void check_decision(const DecisionTable& table) {
  for (const DecisionBounds& bounds : table.policies) {
    require_number("a decision's bound of a match", bounds.match, kDistanceRange);
    require_number("a decision's bound of a match of good photos", bounds.match_if_good,
                   {bounds.match, kDistanceRange.most});
    require_number("a decision's bound of a mismatch", bounds.mismatch,
                   {bounds.match_if_good, kDistanceRange.most});
    require_number("a decision's least confidence", bounds.least_confidence, {0, 1});
  }
}

}  // namespace visavis
