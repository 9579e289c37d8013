#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/base/error.h"
#include "native/training/layers/channel_map.h"
#include "native/training/layers/layer_maker.h"

namespace visavis {
namespace {

/// What pooling does with one window: the part of it inside the input, in pixels.
struct Span {
  std::size_t top, bottom, left, right;  // Half open.
  [[nodiscard]] std::size_t count() const { return (bottom - top) * (right - left); }
};

struct PoolGeometry {
  std::size_t in_height, in_width, channels, out_height, out_width;
  Window window;
  bool is_global;

  [[nodiscard]] Span span(std::size_t y, std::size_t x) const {
    const auto clip = [](int value, std::size_t limit) {
      return static_cast<std::size_t>(std::clamp(value, 0, static_cast<int>(limit)));
    };
    const int top = static_cast<int>(y) * window.stride_height - window.padding.top;
    const int left = static_cast<int>(x) * window.stride_width - window.padding.left;
    return {clip(top, in_height), clip(top + window.kernel_height, in_height), clip(left, in_width),
            clip(left + window.kernel_width, in_width)};
  }
};

PoolGeometry pool_geometry(const Window& w, const Shape& input) {
  if (w.dilation_height != 1 || w.dilation_width != 1) {
    throw Error(ErrorCode::kUnsupported,
                "training a dilated pooling layer is not supported; use dilation 1");
  }
  const auto side = [](std::size_t in, int padding, int kernel, int stride) {
    return static_cast<std::size_t>((static_cast<int>(in) + padding - kernel) / stride + 1);
  };
  return {input[0],
          input[1],
          input[2],
          side(input[0], w.padding.top + w.padding.bottom, w.kernel_height, w.stride_height),
          side(input[1], w.padding.left + w.padding.right, w.kernel_width, w.stride_width),
          w,
          false};
}

/// Global pooling is one window over everything whose result has no height and width.
PoolGeometry global_geometry(const Shape& input) {
  Window window;
  window.kernel_height = static_cast<int>(input[0]);
  window.kernel_width = static_cast<int>(input[1]);
  PoolGeometry g = pool_geometry(window, input);
  g.is_global = true;
  return g;
}

template <class T>
class PoolLayer : public TrainableLayer<T> {
 public:
  explicit PoolLayer(const PoolGeometry& geometry) : g_(geometry) {}

 protected:
  void shape_output(std::size_t batch, Array<T>& output) const {
    if (g_.is_global) {
      output.resize({batch, g_.channels});
    } else {
      output.resize({batch, g_.out_height, g_.out_width, g_.channels});
    }
  }

  /// body(scratch of the thread, span, first element of the sample's input, first element of the
  /// output pixel)
  template <class Body>
  void for_each_window(const LayerContext<T>& context, std::size_t batch, const Body& body) const {
    const std::size_t in_sample = g_.in_height * g_.in_width * g_.channels;
    context.threads.parallel_for(batch, [&](int, std::size_t begin, std::size_t end) {
      std::vector<T> scratch;
      for (std::size_t n = begin; n < end; ++n) {
        for (std::size_t y = 0; y < g_.out_height; ++y) {
          for (std::size_t x = 0; x < g_.out_width; ++x) {
            body(scratch, g_.span(y, x), n * in_sample,
                 ((n * g_.out_height + y) * g_.out_width + x) * g_.channels);
          }
        }
      }
    });
  }

  /// Every input pixel is in exactly one window.
  [[nodiscard]] bool is_partition() const {
    const Window& w = g_.window;
    return w.kernel_height == w.stride_height && w.kernel_width == w.stride_width &&
           w.padding.top == 0 && w.padding.left == 0 &&
           g_.out_height * static_cast<std::size_t>(w.stride_height) == g_.in_height &&
           g_.out_width * static_cast<std::size_t>(w.stride_width) == g_.in_width;
  }

  /// body(offset of the pixel in the sample's input)
  template <class Body>
  void for_each_pixel(const Span& span, const Body& body) const {
    for (std::size_t y = span.top; y < span.bottom; ++y) {
      for (std::size_t x = span.left; x < span.right; ++x) {
        body((y * g_.in_width + x) * g_.channels);
      }
    }
  }

  PoolGeometry g_;
};

/// Keeps, for every output element, which of its window's pixels won.
template <class T>
class MaxPoolLayer final : public PoolLayer<T> {
 public:
  explicit MaxPoolLayer(const PoolGeometry& geometry) : PoolLayer<T>(geometry) {
    const Window& w = geometry.window;
    if (w.kernel_height * w.kernel_width > std::numeric_limits<Winner>::max()) {
      throw Error(ErrorCode::kUnsupported,
                  "training a max pool over more than 65535 pixels is not supported; use a smaller "
                  "window");
    }
  }

  [[nodiscard]] LayerAbilities abilities(bool) const override { return {true, false, false}; }

  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>*) override {
    this->shape_output(inputs[0].values->shape()[0], output);
    winners_.resize(output.size());
    const T* in = inputs[0].values->data();
    const std::size_t channels = this->g_.channels;
    this->for_each_window(
        context, inputs[0].values->shape()[0],
        [&](std::vector<T>& mapped, const Span& span, std::size_t sample, std::size_t to) {
          mapped.resize(channels);
          Winner number = 0;
          this->for_each_pixel(span, [&](std::size_t pixel) {
            map_row(inputs[0].map, 0, in + sample + pixel, mapped.data(), channels);
            take_larger(mapped.data(), number++, output.data() + to, winners_.data() + to);
          });
        });
  }

  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>&,
                const Array<T>& output, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    if (input_gradients[0].values == nullptr) return;
    const std::size_t channels = this->g_.channels;
    const bool writes = !input_gradients[0].adds && this->is_partition();
    if (!writes) zero_unless_added(context, input_gradients[0]);
    this->for_each_window(
        context, output.shape()[0],
        [&](std::vector<T>&, const Span& span, std::size_t sample, std::size_t from) {
          const Winner* winners = winners_.data() + from;
          const T* g = output_gradient.values->data() + from;
          Winner number = 0;
          this->for_each_pixel(span, [&](std::size_t pixel) {
            T* to = input_gradients[0].values->data() + sample + pixel;
            for (std::size_t c = 0; c < channels; ++c) {
              const T won = winners[c] == number ? g[c] : T(0);
              to[c] = writes ? won : to[c] + won;
            }
            ++number;
          });
        });
  }

 private:
  using Winner = std::uint16_t;

  /// The first of equal values wins; NaN wins over everything, so that it is not hidden.
  void take_larger(const T* __restrict value, Winner number, T* __restrict best,
                   Winner* __restrict winners) const {
    const std::size_t channels = this->g_.channels;
    if (number == 0) {
      std::copy_n(value, channels, best);
      std::fill_n(winners, channels, Winner{0});
      return;
    }
    for (std::size_t c = 0; c < channels; ++c) {
      const bool wins = !(value[c] <= best[c]);
      best[c] = wins ? value[c] : best[c];
      winners[c] = wins ? number : winners[c];
    }
  }

  std::vector<Winner> winners_;
};

template <class T>
class AveragePoolLayer final : public PoolLayer<T> {
 public:
  using PoolLayer<T>::PoolLayer;

  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>*) override {
    this->shape_output(inputs[0].values->shape()[0], output);
    output.fill(T(0));
    this->for_each_window(
        context, inputs[0].values->shape()[0],
        [&](std::vector<T>&, const Span& span, std::size_t sample, std::size_t to) {
          T* out = output.data() + to;
          this->for_each_pixel(span, [&](std::size_t pixel) {
            const T* in = inputs[0].values->data() + sample + pixel;
            for (std::size_t c = 0; c < this->g_.channels; ++c) out[c] += in[c];
          });
          const T factor = T(1) / static_cast<T>(span.count());
          for (std::size_t c = 0; c < this->g_.channels; ++c) out[c] *= factor;
        });
  }

  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
                const Array<T>&, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    if (input_gradients[0].values == nullptr) return;
    zero_unless_added(context, input_gradients[0]);
    this->for_each_window(
        context, inputs[0].values->shape()[0],
        [&](std::vector<T>&, const Span& span, std::size_t sample, std::size_t from) {
          const T factor = T(1) / static_cast<T>(span.count());
          const T* gradient = output_gradient.values->data() + from;
          this->for_each_pixel(span, [&](std::size_t pixel) {
            T* to = input_gradients[0].values->data() + sample + pixel;
            for (std::size_t c = 0; c < this->g_.channels; ++c) to[c] += gradient[c] * factor;
          });
        });
  }
};

}  // namespace

template <class T>
auto LayerMaker<T>::operator()(const MaxPool& spec) const -> Made {
  return std::make_unique<MaxPoolLayer<T>>(pool_geometry(spec.window, inputs[0]));
}
template <class T>
auto LayerMaker<T>::operator()(const AveragePool& spec) const -> Made {
  return std::make_unique<AveragePoolLayer<T>>(pool_geometry(spec.window, inputs[0]));
}
template <class T>
auto LayerMaker<T>::operator()(const GlobalMaxPool&) const -> Made {
  return std::make_unique<MaxPoolLayer<T>>(global_geometry(inputs[0]));
}
template <class T>
auto LayerMaker<T>::operator()(const GlobalAveragePool&) const -> Made {
  return std::make_unique<AveragePoolLayer<T>>(global_geometry(inputs[0]));
}

VISAVIS_INSTANTIATE_LAYER(MaxPool)
VISAVIS_INSTANTIATE_LAYER(AveragePool)
VISAVIS_INSTANTIATE_LAYER(GlobalMaxPool)
VISAVIS_INSTANTIATE_LAYER(GlobalAveragePool)

}  // namespace visavis
