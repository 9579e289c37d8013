#include "core/model/few_shot_head.h"

#include <cmath>

#include "core/base/error.h"
#include "core/base/parse_number.h"

namespace visavis {
namespace {

void append_lstm(std::vector<ParameterSpec>& specs, const std::string& name, std::size_t length,
                 std::size_t recurrent) {
  specs.push_back({name + ".input", {4 * length, length}});
  specs.push_back({name + ".recurrent", {4 * length, recurrent}});
  specs.push_back({name + ".bias", {4 * length}});
}

}  // namespace

std::string to_string(FewShotHeadKind kind) {
  switch (kind) {
    case FewShotHeadKind::kNone:
      return "none";
    case FewShotHeadKind::kFullContext:
      return "full context";
    case FewShotHeadKind::kWeightedL1:
      return "weighted L1";
  }
  return "unknown";
}

std::vector<ParameterSpec> head_parameter_specs(FewShotHeadKind kind, std::size_t length) {
  std::vector<ParameterSpec> specs;
  switch (kind) {
    case FewShotHeadKind::kNone:
      break;
    case FewShotHeadKind::kFullContext:
      append_lstm(specs, "context.forward", length, length);
      append_lstm(specs, "context.backward", length, length);
      append_lstm(specs, "context.attention", length, 2 * length);
      break;
    case FewShotHeadKind::kWeightedL1:
      specs.push_back({"koch.alpha", {length}});
      specs.push_back({"koch.bias", {1}});
      break;
  }
  return specs;
}

void check_head(const FewShotHead& head, std::size_t length) {
  if (head.kind == FewShotHeadKind::kFullContext) {
    if (head.steps < 1 || head.steps > kMaxContextSteps) {
      refuse("few-shot head", std::to_string(head.steps) + " steps of attention; there are 1 to " +
                                  std::to_string(kMaxContextSteps));
    }
    if (!(head.scale > 0) || !std::isfinite(head.scale)) {
      refuse("few-shot head", "a scale of " + number_text(head.scale) + " is not above 0");
    }
  }
  check_parameters(head_parameter_specs(head.kind, length), head.parameters);
}

}  // namespace visavis
