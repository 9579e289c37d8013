#include "native/models/simplify.h"

#include <algorithm>
#include <vector>

namespace visavis {
namespace {

/// A 1x1 depthwise convolution that alone reads the input scales pixels: preprocessing does that.
void fold_pixel_scaling(Model& model) {
  std::vector<Layer>& layers = model.network.layers;
  const auto* first = std::get_if<DepthwiseConvolution>(&layers.front().kind);
  const auto reads_input = [](const Layer& layer) {
    return std::count(layer.inputs.begin(), layer.inputs.end(), 0) > 0;
  };
  if (first == nullptr || std::count_if(layers.begin(), layers.end(), reads_input) != 1) return;
  const Window& w = first->window;
  if (w.kernel_height * w.kernel_width * w.stride_height * w.stride_width != 1) return;
  const Tensor& factor = model.parameters.at(layers.front().name + ".filter");
  if (std::count(factor.data(), factor.data() + factor.size(), 0.0F) > 0) return;
  const auto bias = model.parameters.find(layers.front().name + ".bias");
  // ((p - m) s) f + b = (p - (m - b / (s f))) (s f)
  Preprocessing& preprocessing = model.preprocessing;
  for (std::size_t c = 0; c < factor.size(); ++c) {
    preprocessing.scale[c] *= factor[c];
    if (bias != model.parameters.end()) {
      preprocessing.mean[c] -= bias->second[c] / preprocessing.scale[c];
    }
  }
  for (const char* parameter : {".filter", ".bias"}) {
    model.parameters.erase(layers.front().name + parameter);
  }
  layers.erase(layers.begin());
  const auto renumber = [](ValueId& id) { id = std::max(0, id - 1); };
  for (Layer& layer : layers) std::for_each(layer.inputs.begin(), layer.inputs.end(), renumber);
  std::for_each(model.network.outputs.begin(), model.network.outputs.end(), renumber);
}

/// What is one slope for all channels of a layer is a leaky rectifier, which XNNPACK has in int8.
void replace_equal_slopes(Model& model) {
  for (Layer& layer : model.network.layers) {
    if (!std::holds_alternative<Prelu>(layer.kind)) continue;
    const auto found = model.parameters.find(layer.name + ".slope");
    const Tensor& slope = found->second;
    const auto is_other = [&](float value) { return value != slope[0]; };
    if (std::any_of(slope.data(), slope.data() + slope.size(), is_other)) continue;
    layer.kind = LeakyRelu{slope[0]};
    model.parameters.erase(found);
  }
}

}  // namespace

void simplify(Model& model) {
  model.activation_scales.clear();
  fold_pixel_scaling(model);
  replace_equal_slopes(model);
}

}  // namespace visavis
