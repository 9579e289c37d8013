#include "native/quantization/choose_scales.h"

#include <algorithm>

#include "core/base/error.h"
#include "native/quantization/value_ranges.h"

namespace visavis {
namespace {

/// Fewer channels leave most of an int8 kernel's products unused.
constexpr std::size_t kMinChannels = 8;
/// XNNPACK's largest depthwise kernel.
constexpr int kMaxDepthwiseWeights = 25;

std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }

bool is_fast_in_int8(const Layer& layer, const std::vector<Shape>& shapes) {
  if (const auto* c = std::get_if<Convolution>(&layer.kind)) {
    return shapes[index(layer.inputs[0])].back() / static_cast<std::size_t>(c->groups) >=
           kMinChannels;
  }
  if (const auto* d = std::get_if<DepthwiseConvolution>(&layer.kind)) {
    return d->window.kernel_height * d->window.kernel_width <= kMaxDepthwiseWeights;
  }
  return has_int8_form(layer.kind);
}

}  // namespace

std::vector<bool> int8_candidates(const NetworkSpec& network,
                                  const std::set<std::string>& fp32_layers) {
  for (const std::string& name : fp32_layers) {
    if (std::none_of(network.layers.begin(), network.layers.end(),
                     [&](const Layer& layer) { return layer.name == name; })) {
      refuse("the network has no layer '" + name + "'; `visavis inspect` lists them");
    }
  }
  const std::vector<Shape> shapes = infer_shapes(network);
  std::vector<bool> result;
  for (const Layer& layer : network.layers) {
    bool is_candidate = is_fast_in_int8(layer, shapes) && fp32_layers.count(layer.name) == 0;
    // An activation alone is not worth the rounding before and after it.
    if (std::holds_alternative<LeakyRelu>(layer.kind)) {
      is_candidate = is_candidate && layer.inputs[0] > 0 && result[index(layer.inputs[0]) - 1];
    }
    result.push_back(is_candidate);
  }
  return result;
}

ActivationScales choose_scales(const Model& model, const std::vector<FineImage>& crops,
                               const QuantizationOptions& options) {
  const NetworkSpec& network = model.network;
  const std::vector<bool> candidates = int8_candidates(network, options.fp32_layers);
  const std::vector<ValueRange> ranges = value_ranges(model, crops, options.percentile);
  const auto scale_of = [&](std::size_t id) {
    return scale_of_range(ranges[id].low, ranges[id].high);
  };
  ActivationScales scales(network.layers.size() + 1);
  bool computes_any = false;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    const std::size_t input = index(layer.inputs[0]);
    // A relu or clip is merged into the int8 layer before it, whose output then is the limited one.
    const bool is_limit =
        std::holds_alternative<Relu>(layer.kind) || std::holds_alternative<Clip>(layer.kind);
    if (is_limit && scales[input].is_computed_in_int8) scales[i + 1] = scale_of(i + 1);
    if (!candidates[i] ||
        !can_compute_in_int8(layer.kind, scale_of(input).scale, scale_of(i + 1).scale)) {
      continue;
    }
    const bool was_computed = scales[input].is_computed_in_int8;
    scales[input] = scale_of(input);
    scales[input].is_computed_in_int8 = was_computed;
    scales[i + 1] = scale_of(i + 1);
    scales[i + 1].is_computed_in_int8 = true;
    computes_any = true;
  }
  if (!computes_any) refuse("no layer of '" + model.name + "' is left to compute in int8");
  check_activation_scales(network, scales);
  return scales;
}

}  // namespace visavis
