#include "core/network/network_spec.h"

#include <utility>

namespace visavis {

namespace {

const char* name_of(Function function) {
  switch (function) {
    case Function::kAbsolute:
      return "absolute";
    case Function::kSquareRoot:
      return "square root";
    case Function::kExponential:
      return "exponential";
    case Function::kLogarithm:
      return "logarithm";
    case Function::kTanh:
      return "tanh";
    case Function::kReciprocal:
      return "reciprocal";
    case Function::kFloor:
      return "floor";
    case Function::kCeiling:
      return "ceiling";
    case Function::kRound:
      return "round";
    case Function::kSign:
      return "sign";
    case Function::kGelu:
      return "gelu";
  }
  return "unknown function";
}

const char* name_of(ArithmeticOperation operation) {
  switch (operation) {
    case ArithmeticOperation::kAdd:
      return "broadcast add";
    case ArithmeticOperation::kSubtract:
      return "subtract";
    case ArithmeticOperation::kMultiply:
      return "broadcast multiply";
    case ArithmeticOperation::kDivide:
      return "divide";
    case ArithmeticOperation::kMaximum:
      return "maximum";
    case ArithmeticOperation::kMinimum:
      return "minimum";
  }
  return "unknown operation";
}

}  // namespace

std::string kind_name(const LayerKind& kind) {
  return std::visit(
      Overloaded{
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
          [](const Clip&) { return "clip"; },
          [](const LeakyRelu&) { return "leaky relu"; },
          [](const HardSwish&) { return "hard swish"; },
          [](const HardSigmoid&) { return "hard sigmoid"; },
          [](const Softmax&) { return "softmax"; },
          [](const Elementwise& e) { return name_of(e.function); },
          [](const Arithmetic& a) { return name_of(a.operation); },
          [](const Reduce& r) { return r.operation == ReduceOperation::kMean ? "mean" : "sum"; },
          [](const Transpose&) { return "transpose"; },
          [](const Slice&) { return "slice"; },
          [](const Pad&) { return "pad"; },
          [](const Resize& r) {
            return r.method == ResizeMethod::kNearest ? "nearest resize" : "linear resize";
          },
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
    std::visit(Overloaded{
                   [&](const Convolution& c) {
                     const auto out = static_cast<std::size_t>(c.out_channels);
                     add("filter",
                         {out, static_cast<std::size_t>(c.window.kernel_height),
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
                     for (const char* name : {"scale", "shift", "mean", "variance"})
                       add(name, {channels});
                   },
                   [&](const Prelu&) { add("slope", {channels}); },
                   [](const ParameterFree auto&) {},
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
            [](const ParameterFree auto&) -> std::size_t { return 0; },
            [](const OneOf<BatchNormalization, Prelu> auto&) -> std::size_t { return 0; },
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
