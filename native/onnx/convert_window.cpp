#include <algorithm>

#include "native/onnx/converters.h"

namespace visavis::onnx_graph {
namespace {

std::int64_t extent(std::int64_t kernel, std::int64_t dilation) {
  return (kernel - 1) * dilation + 1;
}

/// Padding that ONNX leaves to the runtime: as many outputs as strides fit into the input, the odd
/// pixel at the end (SAME_UPPER) or the start (SAME_LOWER).
std::pair<std::int64_t, std::int64_t> same_padding(std::int64_t size, std::int64_t extent,
                                                   std::int64_t stride, bool odd_at_end) {
  const std::int64_t outputs = (size + stride - 1) / stride;
  const std::int64_t total = std::max<std::int64_t>(0, (outputs - 1) * stride + extent - size);
  return odd_at_end ? std::pair{total / 2, total - total / 2}
                    : std::pair{total - total / 2, total / 2};
}

/// ONNX pads: {top, left, bottom, right}.
Dims pads_of(const Operation& operation, const Value& image, const Dims& kernel,
             const Dims& strides, const Dims& dilations) {
  const std::string mode = operation.text("auto_pad", "NOTSET");
  if (mode == "NOTSET") return operation.integers("pads", {0, 0, 0, 0});
  if (mode == "VALID") return {0, 0, 0, 0};
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER") {
    operation.broken("auto_pad " + mode + " is unknown");
  }
  const bool upper = mode == "SAME_UPPER";
  const auto [top, bottom] =
      same_padding(image.dims[2], extent(kernel[0], dilations[0]), strides[0], upper);
  const auto [left, right] =
      same_padding(image.dims[3], extent(kernel[1], dilations[1]), strides[1], upper);
  return {top, left, bottom, right};
}

Window window_of(const Operation& operation, const Value& image, const Dims& kernel) {
  const Dims strides = operation.integers("strides", {1, 1});
  const Dims dilations = operation.integers("dilations", {1, 1});
  if (image.dims.size() != 4 || kernel.size() != 2 || strides.size() != 2 ||
      dilations.size() != 2) {
    operation.unsupported("is not two-dimensional");
  }
  for (const Dims& sizes : {kernel, strides, dilations}) {
    for (const std::int64_t size : sizes) {
      if (to_int(operation, size) == 0) operation.broken("a kernel, stride or dilation is 0");
    }
  }
  const Dims pads = pads_of(operation, image, kernel, strides, dilations);
  if (pads.size() != 4) operation.broken("pads must be four numbers");
  Window window;
  window.kernel_height = to_int(operation, kernel[0]);
  window.kernel_width = to_int(operation, kernel[1]);
  window.stride_height = to_int(operation, strides[0]);
  window.stride_width = to_int(operation, strides[1]);
  window.dilation_height = to_int(operation, dilations[0]);
  window.dilation_width = to_int(operation, dilations[1]);
  window.padding = {to_int(operation, pads[0]), to_int(operation, pads[2]),
                    to_int(operation, pads[1]), to_int(operation, pads[3])};
  return window;
}

/// [out, in, kh, kw] -> [out, kh, kw, in]
Tensor convolution_filter(const std::vector<float>& given, const Dims& dims) {
  const auto out = static_cast<std::size_t>(dims[0]);
  const auto in = static_cast<std::size_t>(dims[1]);
  const auto cells = static_cast<std::size_t>(dims[2] * dims[3]);
  Tensor filter({out, static_cast<std::size_t>(dims[2]), static_cast<std::size_t>(dims[3]), in});
  for (std::size_t o = 0; o < out; ++o) {
    for (std::size_t i = 0; i < in; ++i) {
      for (std::size_t cell = 0; cell < cells; ++cell) {
        filter[(o * cells + cell) * in + i] = given[(o * in + i) * cells + cell];
      }
    }
  }
  return filter;
}

/// [c, 1, kh, kw] -> [kh, kw, c]
Tensor depthwise_filter(const std::vector<float>& given, const Dims& dims) {
  const Tensor one_output = convolution_filter(given, {1, dims[0], dims[2], dims[3]});
  return one_output.reshaped({static_cast<std::size_t>(dims[2]), static_cast<std::size_t>(dims[3]),
                              static_cast<std::size_t>(dims[0])});
}

/// The result of a layer that keeps the image an image: dimensions as the network infers them.
void produce_image(Operation& operation, ValueId id) {
  const Shape& shape = operation.shape_of(id);
  const auto dim = [&](std::size_t i) { return static_cast<std::int64_t>(shape[i]); };
  operation.produce({id, {1, dim(2), dim(0), dim(1)}, Layout::kChannelsFirst});
}

struct ConvolutionWeights {
  Dims dims;
  std::int64_t groups;
  std::map<std::string, Tensor> parameters;  ///< The bias, if there is one.
};

ConvolutionWeights read_convolution(const Operation& operation, const Value& image) {
  ConvolutionWeights weights;
  weights.dims = operation.constant(1).dims;
  weights.groups = operation.integer("group", 1);
  if (image.dims.size() != 4 || weights.dims.size() != 4) {
    operation.unsupported("is not two-dimensional");
  }
  const std::int64_t out = weights.dims[0];
  if (weights.groups < 1 || weights.dims[1] * weights.groups != image.dims[1] ||
      out % weights.groups != 0) {
    operation.broken("filter " + to_string(weights.dims) + " in " + std::to_string(weights.groups) +
                     " groups does not fit input " + to_string(image.dims));
  }
  if (operation.has_input(2)) {
    const std::vector<float>& bias = operation.weights(2);
    if (static_cast<std::int64_t>(bias.size()) != out) {
      operation.broken("the bias must have one value per output channel");
    }
    weights.parameters["bias"] = Tensor({bias.size()}, bias);
  }
  return weights;
}

void check_pool(const Operation& operation, const Value& image, const Window& window) {
  if (operation.node().outputs.size() > 1 && !operation.node().outputs[1].empty()) {
    operation.unsupported("gives the indices of its maxima");
  }
  if (operation.integer("ceil_mode", 0) == 0) return;
  const std::int64_t height = image.dims[2] + window.padding.top + window.padding.bottom -
                              extent(window.kernel_height, window.dilation_height);
  const std::int64_t width = image.dims[3] + window.padding.left + window.padding.right -
                             extent(window.kernel_width, window.dilation_width);
  if (height % window.stride_height != 0 || width % window.stride_width != 0) {
    operation.unsupported("rounds its size up (ceil_mode), which is not supported");
  }
}

}  // namespace

void convert_convolution(Operation& operation) {
  const Value image = operation.value(0);
  ConvolutionWeights weights = read_convolution(operation, image);
  const Dims& dims = weights.dims;
  const Window window =
      window_of(operation, image, operation.integers("kernel_shape", {dims[2], dims[3]}));
  const std::vector<float>& given = operation.weights(1);
  const bool has_bias = weights.parameters.contains("bias");
  const int out = to_int(operation, dims[0]);
  const bool has_padding =
      window.padding.top + window.padding.bottom + window.padding.left + window.padding.right > 0;

  if (image.dims[2] == 1 && image.dims[3] == 1 && dims[2] == 1 && dims[3] == 1 &&
      weights.groups == 1 && !has_padding) {  // Squeeze-and-excite gates, final embeddings.
    weights.parameters["filter"] =
        Tensor({static_cast<std::size_t>(dims[0]), static_cast<std::size_t>(dims[1])}, given);
    const ValueId id =
        operation.add("fc", FullyConnected{out, has_bias}, {image.id}, weights.parameters);
    operation.produce({id, {1, dims[0], 1, 1}, Layout::kChannelsFirst});
    return;
  }
  const ValueId input = operation.as_image(image);
  if (weights.groups > 1 && weights.groups == dims[0] && dims[1] == 1) {
    weights.parameters["filter"] = depthwise_filter(given, dims);
    produce_image(operation, operation.add("depthwise", DepthwiseConvolution{window, has_bias},
                                           {input}, weights.parameters));
  } else {
    weights.parameters["filter"] = convolution_filter(given, dims);
    const Convolution kind{window, out, to_int(operation, weights.groups), has_bias};
    produce_image(operation, operation.add("conv", kind, {input}, weights.parameters));
  }
}

void convert_max_pool(Operation& operation) {
  const Value image = operation.value(0);
  const Window window = window_of(operation, image, operation.integers("kernel_shape", {}));
  check_pool(operation, image, window);
  const ValueId input = operation.as_image(image);
  produce_image(operation, operation.add("pool", MaxPool{window}, {input}));
}

void convert_average_pool(Operation& operation) {
  const Value image = operation.value(0);
  const Window window = window_of(operation, image, operation.integers("kernel_shape", {}));
  check_pool(operation, image, window);
  const Padding& padding = window.padding;
  if (operation.integer("count_include_pad", 0) != 0 &&
      padding.top + padding.bottom + padding.left + padding.right > 0) {
    operation.unsupported("counts its padding into the mean (count_include_pad)");
  }
  const ValueId input = operation.as_image(image);
  produce_image(operation, operation.add("pool", AveragePool{window}, {input}));
}

void convert_global_average_pool(Operation& operation) {
  const Value image = operation.value(0);
  const ValueId id = operation.add("pool", GlobalAveragePool{}, {operation.as_image(image)});
  operation.produce({id, {1, image.dims[1], 1, 1}, Layout::kChannelsFirst});
}

void convert_global_max_pool(Operation& operation) {
  const Value image = operation.value(0);
  const ValueId id = operation.add("pool", GlobalMaxPool{}, {operation.as_image(image)});
  operation.produce({id, {1, image.dims[1], 1, 1}, Layout::kChannelsFirst});
}

void convert_reduce_mean(Operation& operation) {
  const Value image = operation.value(0);
  Dims axes = operation.integers_or_input("axes", 1, {});
  for (std::int64_t& axis : axes) {
    if (axis < 0) axis += static_cast<std::int64_t>(image.dims.size());
  }
  std::sort(axes.begin(), axes.end());
  const bool channels_first = image.layout == Layout::kChannelsFirst && axes == Dims{2, 3};
  const bool channels_last =
      image.layout == Layout::kSameOrder && image.dims.size() == 4 && axes == Dims{1, 2};
  if (!channels_first && !channels_last) {
    operation.unsupported("takes the mean over other axes than height and width");
  }
  const ValueId input = channels_first ? operation.as_image(image) : operation.as_shaped(image);
  const ValueId id = operation.add("pool", GlobalAveragePool{}, {input});
  const std::int64_t channels = image.dims[channels_first ? 1 : 3];
  if (operation.integer("keepdims", 1) == 0) {
    operation.produce({id, {1, channels}});
  } else if (channels_first) {
    operation.produce({id, {1, channels, 1, 1}, Layout::kChannelsFirst});
  } else {
    operation.produce({id, {1, 1, 1, channels}});
  }
}

}  // namespace visavis::onnx_graph
