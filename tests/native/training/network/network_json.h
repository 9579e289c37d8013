#pragma once

#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/network/network_spec.h"

namespace visavis {

inline nlohmann::json window_json(const Window& w) {
  return {{"kernel", {w.kernel_height, w.kernel_width}},
          {"stride", {w.stride_height, w.stride_width}},
          {"dilation", {w.dilation_height, w.dilation_width}},
          // In the order of torch.nn.functional.pad.
          {"padding", {w.padding.left, w.padding.right, w.padding.top, w.padding.bottom}}};
}

/// What torch_network.py needs of a layer besides kind, name and inputs.
inline nlohmann::json layer_settings(const LayerKind& kind) {
  using Json = nlohmann::json;
  return std::visit(Overloaded{
                        [](const Convolution& s) -> Json {
                          return {{"window", window_json(s.window)}, {"groups", s.groups}};
                        },
                        [](const OneOf<DepthwiseConvolution, MaxPool> auto& s) -> Json {
                          return {{"window", window_json(s.window)}};
                        },
                        [](const OneOf<BatchNormalization, L2Normalize> auto& s) -> Json {
                          return {{"epsilon", s.epsilon}};
                        },
                        [&](const auto&) -> Json { return Json::object(); },
                    },
                    kind);
}

/// A network as torch_network.py reads it: {"input": [h, w, c], "layers": [{"kind", "name",
/// "inputs",
/// ..}], "output": value, "parameters": [{"name", "shape"}]}.
inline nlohmann::json network_json(const NetworkSpec& spec) {
  nlohmann::json made = {{"input", spec.input}, {"output", spec.outputs.at(0)}};
  for (const Layer& layer : spec.layers) {
    nlohmann::json written = layer_settings(layer.kind);
    written["kind"] = kind_name(layer.kind);
    written["name"] = layer.name;
    written["inputs"] = layer.inputs;
    made["layers"].push_back(written);
  }
  for (const ParameterSpec& parameter : parameter_specs(spec)) {
    made["parameters"].push_back({{"name", parameter.name}, {"shape", parameter.shape}});
  }
  return made;
}

}  // namespace visavis
