#include "core/network/activation_scales.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/base/error.h"
#include "core/base/parse_number.h"

namespace visavis {

bool has_int8_form(const LayerKind& kind) {
  return std::visit(
      Overloaded{
          [](const OneOf<Convolution, DepthwiseConvolution> auto&) { return true; },
          [](const LeakyRelu&) { return true; },
          [](const ParameterFree auto&) { return false; },
          [](const OneOf<FullyConnected, BatchNormalization, Prelu> auto&) { return false; },
      },
      kind);
}

bool can_compute_in_int8(const LayerKind& kind, float input, float output) {
  if (!has_int8_form(kind)) return false;
  const auto* leaky = std::get_if<LeakyRelu>(&kind);
  if (leaky == nullptr) return true;
  // XNNPACK, microparams-init.c, xnn_init_qs8_lrelu_scalar_params.
  constexpr float kMin = 1.0F / 256;
  constexpr float kMax = 127;
  const float above = input / output;
  const float below = std::abs(leaky->slope * above);
  return std::min(above, below) >= kMin && std::max(above, below) <= kMax;
}

ActivationScale scale_of_range(float low, float high) {
  if (!std::isfinite(low) || !std::isfinite(high) || low > high) {
    refuse("a range of activations from " + number_text(low) + " to " + number_text(high));
  }
  constexpr double kSteps = 255;
  constexpr double kMinLevel = -128;
  const double from = std::min(low, 0.0F);
  const double to = std::max(high, 0.0F);
  // A value that is always 0 may have any scale.
  const double scale =
      to > from ? std::max((to - from) / kSteps, double{std::numeric_limits<float>::min()}) : 1;
  ActivationScale result;
  result.scale = static_cast<float>(scale);
  const double zero_point = std::nearbyint(kMinLevel - from / scale);
  result.zero_point = static_cast<std::int8_t>(std::clamp(zero_point, -128.0, 127.0));
  return result;
}

void check_activation_scales(const NetworkSpec& spec, const ActivationScales& scales) {
  if (scales.empty()) return;
  if (scales.size() != spec.layers.size() + 1) {
    refuse("activation scales for " + std::to_string(scales.size()) + " values; the network has " +
           std::to_string(spec.layers.size() + 1));
  }
  for (const ActivationScale& value : scales) {
    if (value.scale != 0 && !(std::isnormal(value.scale) && value.scale > 0)) {
      refuse("an activation scale of " + number_text(value.scale) + "; it must be positive");
    }
  }
  if (scales[0].is_computed_in_int8) refuse("activation scales: no layer computes the input");
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    if (!scales[i + 1].is_computed_in_int8) continue;
    const Layer& layer = spec.layers[i];
    const float input = scales[static_cast<std::size_t>(layer.inputs[0])].scale;
    const float output = scales[i + 1].scale;
    const std::string name = "layer '" + layer.name + "' (" + kind_name(layer.kind) + ")";
    if (!has_int8_form(layer.kind)) refuse(name + " cannot compute in int8");
    if (input == 0 || output == 0) {
      refuse(name + " is to compute in int8, but its input or its output has no activation scale");
    }
    if (!can_compute_in_int8(layer.kind, input, output)) {
      refuse(name + " cannot turn an activation scale of " + number_text(input) + " into one of " +
             number_text(output) + "; leave it in fp32");
    }
  }
}

}  // namespace visavis
