#include "core/network_spec.h"

#include <utility>

namespace visavis {

std::string kind_name(const LayerKind& kind) {
  return std::visit(Overloaded{
                        [](const Convolution&) { return "convolution"; },
                        [](const DepthwiseConvolution&) { return "depthwise convolution"; },
                        [](const FullyConnected&) { return "fully connected"; },
                        [](const MaxPool&) { return "max pool"; },
                        [](const AveragePool&) { return "average pool"; },
                        [](const GlobalMaxPool&) { return "global max pool"; },
                        [](const GlobalAveragePool&) { return "global average pool"; },
                        [](const BatchNormalization&) { return "batch normalization"; },
                        [](const Relu&) { return "relu"; },
                        [](const Prelu&) { return "prelu"; },
                        [](const Sigmoid&) { return "sigmoid"; },
                        [](const Add&) { return "add"; },
                        [](const Multiply&) { return "multiply"; },
                        [](const ChannelPad&) { return "channel pad"; },
                        [](const Flatten&) { return "flatten"; },
                        [](const Reshape&) { return "reshape"; },
                        [](const Concatenate&) { return "concatenate"; },
                        [](const L2Normalize&) { return "l2 normalize"; },
                        [](const Dropout&) { return "dropout"; },
                    },
                    kind);
}

std::vector<ParameterSpec> parameter_specs(const NetworkSpec& spec) {
  const std::vector<Shape> shapes = infer_shapes(spec);
  std::vector<ParameterSpec> result;
  for (const Layer& layer : spec.layers) {
    const Shape& input = shapes[layer.inputs[0]];
    const std::size_t channels = input.back();
    const auto add = [&](const char* parameter, Shape shape) {
      result.push_back({layer.name + "." + parameter, std::move(shape)});
    };
    std::visit(
        Overloaded{
            [&](const Convolution& c) {
              const auto out = static_cast<std::size_t>(c.out_channels);
              add("filter", {out, static_cast<std::size_t>(c.window.kernel_height),
                             static_cast<std::size_t>(c.window.kernel_width), channels / c.groups});
              if (c.has_bias) add("bias", {out});
            },
            [&](const DepthwiseConvolution& c) {
              add("filter", {static_cast<std::size_t>(c.window.kernel_height),
                             static_cast<std::size_t>(c.window.kernel_width), channels});
              if (c.has_bias) add("bias", {channels});
            },
            [&](const FullyConnected& f) {
              const auto out = static_cast<std::size_t>(f.out_features);
              add("filter", {out, element_count(input)});
              if (f.has_bias) add("bias", {out});
            },
            [&](const BatchNormalization&) {
              for (const char* name : {"scale", "shift", "mean", "variance"}) add(name, {channels});
            },
            [&](const Prelu&) { add("slope", {channels}); },
            [](const OneOf<MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool, Relu, Sigmoid,
                           Add, Multiply, ChannelPad, Flatten, Reshape, Concatenate, L2Normalize,
                           Dropout> auto&) {},
        },
        layer.kind);
  }
  return result;
}

std::uint64_t multiply_adds(const NetworkSpec& spec) {
  const std::vector<Shape> shapes = infer_shapes(spec);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const Layer& layer = spec.layers[i];
    const Shape& input = shapes[layer.inputs[0]];
    const std::uint64_t outputs = element_count(shapes[i + 1]);
    const auto per_output = std::visit(
        Overloaded{
            [&](const Convolution& c) -> std::size_t {
              return input.back() / c.groups * c.window.kernel_height * c.window.kernel_width;
            },
            [&](const DepthwiseConvolution& c) -> std::size_t {
              return static_cast<std::size_t>(c.window.kernel_height) * c.window.kernel_width;
            },
            [&](const FullyConnected&) { return element_count(input); },
            [](const OneOf<MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool,
                           BatchNormalization, Relu, Prelu, Sigmoid, Add, Multiply, ChannelPad,
                           Flatten, Reshape, Concatenate, L2Normalize, Dropout> auto&)
                -> std::size_t { return 0; },
        },
        layer.kind);
    total += outputs * per_output;
  }
  return total;
}

ValueId add_layer(NetworkSpec& spec, std::string name, LayerKind kind,
                  std::vector<ValueId> inputs) {
  spec.layers.push_back({std::move(name), std::move(kind), std::move(inputs)});
  return static_cast<ValueId>(spec.layers.size());
}

}  // namespace visavis
