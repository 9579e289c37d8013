#include <algorithm>
#include <utility>

#include "native/onnx/blocks.h"
#include "native/onnx/converters.h"

namespace visavis::onnx_graph {
namespace {

/// Convolutions and pools. [1, c, w] counts as an image of one row.

/// An image on its way through a window.
struct Windowed {
  ValueId image = 0;
  Window window;
  Padding extra;  ///< Padding at the end that a size that is rounded up needs.
  Dims outputs;   ///< Of ONNX: height and width, or width alone.
};

Windowed windowed(Operation& operation, const Value& value, const Dims& kernel) {
  SpatialWindow given = window_of(operation, value.dims, kernel);
  Windowed result;
  result.image = operation.as_image(value);
  result.outputs = given.outputs;
  if (value.dims.size() == 3) {
    for (Dims* sizes : {&given.kernel, &given.strides, &given.dilations}) {
      sizes->insert(sizes->begin(), 1);
    }
    for (Dims* pads : {&given.begins, &given.ends, &given.extra}) pads->insert(pads->begin(), 0);
  }
  const auto size = [&](std::int64_t number) { return to_int(operation, number); };
  result.window = {
      size(given.kernel[0]),
      size(given.kernel[1]),
      size(given.strides[0]),
      size(given.strides[1]),
      size(given.dilations[0]),
      size(given.dilations[1]),
      {size(given.begins[0]), size(given.ends[0]), size(given.begins[1]), size(given.ends[1])}};
  result.extra = {0, size(given.extra[0]), 0, size(given.extra[1])};
  return result;
}

/// [1, channels, ..] of an image that a window made.
void produce_image(Operation& operation, ValueId id, std::int64_t channels, const Dims& outputs) {
  Value result{id, {1, channels}, {}};
  result.dims.insert(result.dims.end(), outputs.begin(), outputs.end());
  result.layout = ordered_layout(result.dims, image_order(result.dims.size()));
  operation.produce(result);
}

/// [out, in, kh, kw] -> [out, kh, kw, in]
Tensor convolution_filter(const std::vector<float>& given, std::size_t out, std::size_t in,
                          std::size_t height, std::size_t width) {
  const std::size_t cells = height * width;
  Tensor filter({out, height, width, in});
  for (std::size_t o = 0; o < out; ++o) {
    for (std::size_t i = 0; i < in; ++i) {
      for (std::size_t cell = 0; cell < cells; ++cell) {
        filter[(o * cells + cell) * in + i] = given[(o * in + i) * cells + cell];
      }
    }
  }
  return filter;
}

/// Zeros round the image (a Pad) become the convolution's own padding.
void take_padding(const Operation& operation, Windowed& windowed) {
  const Layer* layer = operation.producer_of(windowed.image);
  while (layer != nullptr) {
    const auto* pad = std::get_if<Pad>(&layer->kind);
    if (pad == nullptr || pad->value != 0 || pad->before.size() != 3 || pad->before[2] != 0 ||
        pad->after[2] != 0) {
      return;
    }
    Padding& padding = windowed.window.padding;
    padding.top += static_cast<int>(pad->before[0]);
    padding.bottom += static_cast<int>(pad->after[0]);
    padding.left += static_cast<int>(pad->before[1]);
    padding.right += static_cast<int>(pad->after[1]);
    windowed.image = layer->inputs[0];
    layer = operation.producer_of(windowed.image);
  }
}

bool has_padding(const Window& window) {
  const Padding& p = window.padding;
  return p.top + p.bottom + p.left + p.right > 0;
}

void convolution(Operation& operation) {
  const Value value = operation.value(0);
  const std::vector<float> given = operation.weights(1);
  const Dims& dims = operation.constant(1).dims;
  const std::int64_t groups = convolution_groups(operation, value.dims, dims);
  Windowed in = windowed(operation, value, {dims.begin() + 2, dims.end()});
  const Window& window = in.window;
  take_padding(operation, in);
  std::map<std::string, Tensor> parameters;
  if (operation.has_input(2)) {
    const std::vector<float> bias = operation.weights(2);
    if (static_cast<std::int64_t>(bias.size()) != dims[0]) {
      operation.broken("the bias must have one value per output channel");
    }
    parameters["bias"] = Tensor({bias.size()}, bias);
  }
  const bool has_bias = parameters.contains("bias");
  const auto size = [](std::int64_t number) { return static_cast<std::size_t>(number); };
  const Tensor filter = convolution_filter(given, size(dims[0]), size(dims[1]),
                                           size(window.kernel_height), size(window.kernel_width));
  if (filter.size() != given.size()) operation.broken("kernel_shape does not fit its filter");
  const Shape& image = operation.shape_of(in.image);
  const bool is_point =
      image[0] == 1 && image[1] == 1 && window.kernel_height == 1 && window.kernel_width == 1;
  const int out = to_int(operation, dims[0]);
  ValueId id = 0;
  if (is_point && groups == 1 && !has_padding(window)) {  // Gates, final embeddings.
    parameters["filter"] = filter.reshaped({size(dims[0]), size(dims[1])});
    id = operation.add("fc", FullyConnected{out, has_bias}, {in.image}, parameters);
  } else if (groups > 1 && groups == dims[0] && dims[1] == 1) {
    parameters["filter"] =
        convolution_filter(given, 1, size(dims[0]), size(window.kernel_height),
                           size(window.kernel_width))
            .reshaped({size(window.kernel_height), size(window.kernel_width), size(dims[0])});
    id = operation.add("depthwise", DepthwiseConvolution{window, has_bias}, {in.image}, parameters);
  } else {
    parameters["filter"] = filter;
    const Convolution kind{window, out, to_int(operation, groups), has_bias};
    id = operation.add("conv", kind, {in.image}, parameters);
  }
  produce_image(operation, id, dims[0], in.outputs);
}

/// A pool whose stride is larger than its kernel is one of stride 1, of which some are taken:
/// XNNPACK has no other.
ValueId strided_pool(Operation& operation, LayerKind kind, Window window, ValueId image) {
  Window taken;
  if (window.stride_height > window.kernel_height || window.stride_width > window.kernel_width) {
    taken.stride_height = std::exchange(window.stride_height, 1);
    taken.stride_width = std::exchange(window.stride_width, 1);
  }
  if (auto* pool = std::get_if<MaxPool>(&kind)) pool->window = window;
  if (auto* pool = std::get_if<AveragePool>(&kind)) pool->window = window;
  const ValueId id = operation.add("pool", kind, {image});
  if (taken.stride_height == 1 && taken.stride_width == 1) return id;
  return operation.add("pool", MaxPool{taken}, {id});
}

void add_extra(Windowed& windowed) {
  windowed.window.padding.bottom += windowed.extra.bottom;
  windowed.window.padding.right += windowed.extra.right;
}

void max_pool(Operation& operation) {
  check_pool(operation);
  const Value value = operation.value(0);
  Windowed in = windowed(operation, value, {});
  add_extra(in);
  const ValueId id = strided_pool(operation, MaxPool{}, in.window, in.image);
  produce_image(operation, id, value.dims[1], in.outputs);
}

/// Zeros round the image, which then count as elements (count_include_pad).
ValueId with_zeros(Operation& operation, ValueId image, const Padding& padding) {
  const auto size = [](int number) { return static_cast<std::size_t>(number); };
  Pad pad{{size(padding.top), size(padding.left), 0},
          {size(padding.bottom), size(padding.right), 0},
          0};
  return operation.add("pad", pad, {image});
}

void average_pool(Operation& operation) {
  check_pool(operation);
  const Value value = operation.value(0);
  Windowed in = windowed(operation, value, {});
  if (operation.integer("count_include_pad", 0) != 0 && has_padding(in.window)) {
    in.image = with_zeros(operation, in.image, in.window.padding);
    in.window.padding = {};
  }
  add_extra(in);
  const Window& window = in.window;
  ValueId id = 0;
  if (window.dilation_height == 1 && window.dilation_width == 1) {
    id = strided_pool(operation, AveragePool{}, window, in.image);
  } else if (has_padding(window)) {
    operation.unsupported("leaves its padding out of the mean and has dilations");
  } else {
    const std::size_t channels = operation.shape_of(in.image)[2];
    Tensor filter({static_cast<std::size_t>(window.kernel_height),
                   static_cast<std::size_t>(window.kernel_width), channels});
    const float share = 1 / static_cast<float>(window.kernel_height * window.kernel_width);
    std::fill_n(filter.data(), filter.size(), share);
    id = operation.add("depthwise", DepthwiseConvolution{window, false}, {in.image},
                       {{"filter", filter}});
  }
  produce_image(operation, id, value.dims[1], in.outputs);
}

}  // namespace

const Converters& window_converters() {
  static const Converters table{
      {"AveragePool", average_pool},
      {"Conv", convolution},
      {"MaxPool", max_pool},
  };
  return table;
}

}  // namespace visavis::onnx_graph
