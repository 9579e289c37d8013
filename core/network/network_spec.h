#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/network/tensor.h"

namespace visavis {

/// The topology of a network, as data: written once, read by the XNNPACK runtime, the trainer, the
/// file format and the importers. Shapes here leave the batch dimension out: an image value is
/// [height, width, channels], a vector value is [features].

struct Padding {
  int top = 0;
  int bottom = 0;
  int left = 0;
  int right = 0;
};

/// Kernel, stride, dilation and padding shared by convolutions and pooling; heights before widths.
struct Window {
  int kernel_height = 1;
  int kernel_width = 1;
  int stride_height = 1;
  int stride_width = 1;
  int dilation_height = 1;
  int dilation_width = 1;
  Padding padding;
};

/// Parameters: filter [out, kh, kw, in / groups], bias [out] if has_bias.
struct Convolution {
  Window window;
  int out_channels = 0;
  int groups = 1;
  bool has_bias = true;
};

/// One filter per channel. Parameters: filter [kh, kw, channels], bias [channels] if has_bias.
struct DepthwiseConvolution {
  Window window;
  bool has_bias = true;
};

/// Input [features] or [h, w, c] read as h*w*c features in that order. Parameters: filter [out,
/// in], bias [out] if has_bias.
struct FullyConnected {
  int out_features = 0;
  bool has_bias = true;
};

/// Padding never wins: it counts as minus infinity. Padding must be smaller than the kernel's
/// extent, so that every window holds a real element.
struct MaxPool {
  Window window;
};

/// Padding is left out of the mean (the divisor is the number of real elements) and must be smaller
/// than the kernel. No dilation.
struct AveragePool {
  Window window;
};

/// [h, w, c] -> [c].
struct GlobalMaxPool {};

/// [h, w, c] -> [c].
struct GlobalAveragePool {};

/// Parameters: scale, shift, mean, variance, each [channels], the last dimension. Inference: scale
/// * (x - mean) / sqrt(variance + epsilon) + shift.
struct BatchNormalization {
  float epsilon = 1e-5F;
};

struct Relu {};

/// x for x >= 0, slope * x below. Parameters: slope [channels], the last dimension.
struct Prelu {};

struct Sigmoid {};

/// Two inputs of one shape.
struct Add {};

/// Two inputs; of one shape, or the second broadcast: [c] or [1, 1, c] against [h, w, c].
struct Multiply {};

/// Zeros before and after the channels.
struct ChannelPad {
  int before = 0;
  int after = 0;
};

/// Any shape -> [elements], in NHWC order.
struct Flatten {};

/// Same number of elements, in NHWC order.
struct Reshape {
  Shape shape;
};

/// Two or more inputs along an axis (0 = the first after the batch); all other dimensions equal.
struct Concatenate {
  int axis = 0;
};

/// x / max(||x||_2, epsilon) over all elements of a sample.
struct L2Normalize {
  float epsilon = 1e-12F;
};

/// Srivastava et al. 2014. In training, elements are zeroed with probability `rate` and the others
/// divided by 1 - rate; at inference, nothing. `rate` is at least 0 and below 1.
struct Dropout {
  float rate = 0.5F;
};

/// Clamps every element to min..max; min may be minus infinity, max infinity. ReLU6 is {0, 6}.
struct Clip {
  float min = 0;
  float max = 6;
};

/// x for x >= 0, slope * x below; one slope, which is not learned (Maas et al. 2013).
struct LeakyRelu {
  float slope = 0.01F;
};

/// x * clip(x + 3, 0, 6) / 6 (Howard et al. 2019, "Searching for MobileNetV3").
struct HardSwish {};

/// clip(slope * x + offset, 0, 1).
struct HardSigmoid {
  float slope = 1.0F / 6;
  float offset = 0.5F;
};

/// exp(x) / sum of exp(x), along the last dimension.
struct Softmax {};

enum class Function {
  kAbsolute = 0,
  kSquareRoot = 1,
  kExponential = 2,
  kLogarithm = 3,
  kTanh = 4,
  kReciprocal = 5,
  kFloor = 6,
  kCeiling = 7,
  kRound = 8,  ///< Half to even.
  kSign = 9,   ///< -1, 0 or 1.
  kGelu = 10,  ///< x times the standard normal distribution's share below x.
};

/// A function of each element.
struct Elementwise {
  Function function = Function::kAbsolute;
};

enum class ArithmeticOperation {
  kAdd = 0,
  kSubtract = 1,
  kMultiply = 2,
  kDivide = 3,
  kMaximum = 4,
  kMinimum = 5,
};

/// Two inputs of as many dimensions, each equal or 1: that one is repeated along it.
struct Arithmetic {
  ArithmeticOperation operation = ArithmeticOperation::kAdd;
};

enum class ReduceOperation { kMean = 0, kSum = 1 };

/// Over all elements along `axes` (0 = the first after the batch, ascending), which become 1.
struct Reduce {
  ReduceOperation operation = ReduceOperation::kMean;
  std::vector<int> axes;
};

/// Dimension i of the output is dimension permutation[i] of the input.
struct Transpose {
  std::vector<int> permutation;
};

/// `size` elements from `start` on, along every dimension.
struct Slice {
  Shape start;
  Shape size;
};

/// `value` before and after the elements, along every dimension.
struct Pad {
  Shape before;
  Shape after;
  float value = 0;
};

enum class ResizeMethod {
  kNearest = 0,             ///< Each pixel repeated: the sizes are multiples of the input's.
  kLinear = 1,              ///< Corners of the images' outer pixels coincide: half-pixel centres.
  kLinearAlignCorners = 2,  ///< Centres of the images' outer pixels coincide.
  kLinearAsymmetric = 3,    ///< Output pixel i is at i * input / output.
};

/// An image of another height and width; channels stay.
struct Resize {
  int height = 0;
  int width = 0;
  ResizeMethod method = ResizeMethod::kNearest;
};

/// Visit it with std::visit and an overload set without a default, so that a new kind does not
/// compile until shape inference, runtime, file format and trainer all handle it. A kind's place in
/// the list is its number in model files: append only.
using LayerKind =
    std::variant<Convolution, DepthwiseConvolution, FullyConnected, MaxPool, AveragePool,
                 GlobalMaxPool, GlobalAveragePool, BatchNormalization, Relu, Prelu, Sigmoid, Add,
                 Multiply, ChannelPad, Flatten, Reshape, Concatenate, L2Normalize, Dropout, Clip,
                 LeakyRelu, HardSwish, HardSigmoid, Softmax, Elementwise, Arithmetic, Reduce,
                 Transpose, Slice, Pad, Resize>;

/// std::visit(Overloaded{[](const Relu&) {..}, ..}, layer.kind)
template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

/// Gathers kinds that are treated alike, without losing exhaustiveness:
/// [](const OneOf<Relu, Sigmoid> auto&) {..}
template <class T, class... Ts>
concept OneOf = (std::same_as<T, Ts> || ...);

/// Kinds without parameters.
template <class T>
concept ParameterFree =
    OneOf<T, MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool, Relu, Sigmoid, Add, Multiply,
          ChannelPad, Flatten, Reshape, Concatenate, L2Normalize, Dropout, Clip, LeakyRelu,
          HardSwish, HardSigmoid, Softmax, Elementwise, Arithmetic, Reduce, Transpose, Slice, Pad,
          Resize>;

/// Value 0 is the network's input; layer i produces value i + 1.
using ValueId = int;

struct Layer {
  std::string name;  ///< Unique in the network; prefixes the parameters' names: "conv1.filter".
  LayerKind kind;
  std::vector<ValueId> inputs;
};

struct NetworkSpec {
  Shape input;  ///< [height, width, channels].
  std::vector<Layer> layers;
  std::vector<ValueId> outputs;  ///< Usually the last value; a detector has several.
};

/// The kind's name as written in messages and by `visavis inspect`: "depthwise convolution".
std::string kind_name(const LayerKind& kind);

/// Shapes of all values (layers.size() + 1 entries). A window's output has floor((input + padding -
/// extent) / stride) + 1 elements a side, where extent = (kernel - 1) * dilation + 1. Throws
/// kInvalidArgument, naming the layer, when inputs do not fit, a dimension is not positive, a name
/// is repeated, or a value is used before it exists. A network under construction may have no
/// outputs yet.
std::vector<Shape> infer_shapes(const NetworkSpec& spec);

struct ParameterSpec {
  std::string name;  ///< "conv1.filter"
  Shape shape;
};

/// Every parameter of the network in layer order; the one registry that initialisation, file
/// format, importers and runtime agree on.
std::vector<ParameterSpec> parameter_specs(const NetworkSpec& spec);

/// Multiply-adds of one sample (convolutions and fully connected layers).
std::uint64_t multiply_adds(const NetworkSpec& spec);

/// Helps build a spec by hand: returns the value the new layer produces.
ValueId add_layer(NetworkSpec& spec, std::string name, LayerKind kind, std::vector<ValueId> inputs);

}  // namespace visavis
