#include <vector>

#include "core/network/layer_builder.h"

namespace visavis {

void LayerBuilder::define(const Convolution& c) {
  const Window& w = c.window;
  const Weights weights = define_weights(parameter("filter").shape(), 0, c.has_bias);
  check(xnn_define_convolution_2d(
      graph(), w.padding.top, w.padding.right, w.padding.bottom, w.padding.left, w.kernel_height,
      w.kernel_width, w.stride_height, w.stride_width, w.dilation_height, w.dilation_width,
      c.groups, channels() / c.groups, static_cast<std::size_t>(c.out_channels / c.groups),
      range_.low, range_.high, source(), weights.filter, weights.bias, target(), 0));
}

void LayerBuilder::define(const DepthwiseConvolution& c) {
  Shape shape = parameter("filter").shape();
  shape.insert(shape.begin(), 1);
  define_depthwise(c.window, define_weights(shape, shape.size() - 1, c.has_bias));
}

void LayerBuilder::define_depthwise(const Window& w, const Weights& weights) {
  check(xnn_define_depthwise_convolution_2d(
      graph(), w.padding.top, w.padding.right, w.padding.bottom, w.padding.left, w.kernel_height,
      w.kernel_width, w.stride_height, w.stride_width, w.dilation_height, w.dilation_width,
      /*depth_multiplier=*/1, channels(), range_.low, range_.high, source(), weights.filter,
      weights.bias, target(), 0));
}

void LayerBuilder::define(const FullyConnected& f) {
  check(xnn_define_fully_connected(graph(), range_.low, range_.high, input(), constant("filter"),
                                   f.has_bias ? constant("bias") : XNN_INVALID_VALUE_ID, output_,
                                   XNN_FLAG_TENSORFLOW_RESHAPE_2D));
}

void LayerBuilder::define(const MaxPool& pool) {
  Window w = pool.window;
  if (define_subsampling(w)) return;
  if (w.stride_height > w.kernel_height || w.stride_width > w.kernel_width) {
    fail(ErrorCode::kUnsupported,
         "a stride larger than the kernel is not supported, except for a kernel of 1x1");
  }
  Value source = input();
  const Padding p = w.padding;
  if ((w.dilation_height > 1 || w.dilation_width > 1) && p.top + p.bottom + p.left + p.right > 0) {
    // XNNPACK stands in for padding with an element of the window; with dilation the one it picks
    // may lie outside of the image (indirection.c, xnn_indirection_init_maxpool2d).
    Shape padded = input_shape();
    padded[0] += p.top + p.bottom;
    padded[1] += p.left + p.right;
    source = inner_value(padded);
    define_pad({0, size(p.top), size(p.left), 0}, {0, size(p.bottom), size(p.right), 0}, -kInfinity,
               source);
    w.padding = {};
  }
  define_max_pool(w, source, output_);
}

void LayerBuilder::define_max_pool(const Window& w, Value source, Value output) {
  check(xnn_define_max_pooling_2d(graph(), w.padding.top, w.padding.right, w.padding.bottom,
                                  w.padding.left, w.kernel_height, w.kernel_width, w.stride_height,
                                  w.stride_width, w.dilation_height, w.dilation_width, range_.low,
                                  range_.high, source, output, 0));
}

void LayerBuilder::define(const AveragePool& pool) {
  const Window& w = pool.window;
  if (define_subsampling(w)) return;
  check(xnn_define_average_pooling_2d(graph(), w.padding.top, w.padding.right, w.padding.bottom,
                                      w.padding.left, w.kernel_height, w.kernel_width,
                                      w.stride_height, w.stride_width, range_.low, range_.high,
                                      input(), output_, 0));
}

bool LayerBuilder::define_subsampling(const Window& w) {
  if (w.kernel_height != 1 || w.kernel_width != 1) return false;
  const Shape shape = {1, 1, 1, channels()};
  network_.graph.packed.emplace_back(shape, std::vector<float>(channels(), 1.0F));
  define_depthwise(w, {constant(shape, network_.graph.packed.back().data()), XNN_INVALID_VALUE_ID});
  return true;
}

void LayerBuilder::define(const GlobalMaxPool&) {
  const Shape& in = input_shape();
  if (in[0] == 1 && in[1] == 1) return define_reshape(input(), {channels()});
  Window w;
  w.kernel_height = static_cast<int>(in[0]);
  w.kernel_width = static_cast<int>(in[1]);
  const Value pooled = inner_value({1, 1, channels()});
  define_max_pool(w, input(), pooled);
  define_reshape(pooled, {channels()});
}

void LayerBuilder::define(const GlobalAveragePool&) {
  const std::size_t axes[] = {1, 2};
  check(xnn_define_static_reduce(graph(), xnn_reduce_mean, 2, axes, input(), output_, 0));
}

}  // namespace visavis
