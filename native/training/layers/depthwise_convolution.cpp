#include "native/training/layers/depthwise_convolution.h"

#include <algorithm>
#include <array>

#include "native/training/layers/slice_sums.h"

namespace visavis {
namespace {

/// Channels handled together: one cache line, which is one AVX-512 register or two of AVX2.
template <class T>
constexpr std::size_t kBlock = 64 / sizeof(T);

/// A pair of positions joined by a kernel tap along one axis.
struct Tap {
  std::size_t kernel;
  std::size_t position;  ///< In the other array: input for an output position, and vice versa.
};
using Taps = std::vector<std::vector<Tap>>;  ///< Per position along the axis.

struct Axis {
  std::size_t in = 0, out = 0, kernel = 0;
  Taps of_output;  ///< For each output position, the taps that fall inside the input.
  Taps of_input;   ///< For each input position, the taps of outputs that read it.
};

Axis make_axis(std::size_t in, int before, int after, int kernel, int stride, int dilation) {
  Axis axis;
  axis.in = in;
  axis.kernel = static_cast<std::size_t>(kernel);
  const int room = static_cast<int>(in) + before + after - (dilation * (kernel - 1) + 1);
  axis.out = static_cast<std::size_t>(room / stride + 1);
  axis.of_output.resize(axis.out);
  axis.of_input.resize(axis.in);
  for (std::size_t o = 0; o < axis.out; ++o) {
    for (int k = 0; k < kernel; ++k) {
      const int i = static_cast<int>(o) * stride - before + k * dilation;
      if (i < 0 || i >= static_cast<int>(in)) continue;
      axis.of_output[o].push_back({static_cast<std::size_t>(k), static_cast<std::size_t>(i)});
      axis.of_input[static_cast<std::size_t>(i)].push_back({static_cast<std::size_t>(k), o});
    }
  }
  return axis;
}

/// to[c] (+)= start[c] + sum over taps of from[pixel of tap][c] * filter[tap][c], for `count`
/// channels from `first`. `count` is a constant for whole blocks, so that the sums stay in
/// registers.
template <bool kAdd, std::size_t kCount, class T>
void gather_block(const std::vector<Tap>& rows, const std::vector<Tap>& columns, const T* from,
                  std::size_t from_width, const T* filter, std::size_t kernel_width,
                  std::size_t channels, const T* start, T* to, std::size_t count) {
  std::array<T, kBlock<T>> sum;
  const std::size_t n = kCount == 0 ? count : kCount;
  for (std::size_t c = 0; c < n; ++c) sum[c] = start == nullptr ? T(0) : start[c];
  for (const Tap& row : rows) {
    for (const Tap& column : columns) {
      const T* x = from + (row.position * from_width + column.position) * channels;
      const T* f = filter + (row.kernel * kernel_width + column.kernel) * channels;
      for (std::size_t c = 0; c < n; ++c) sum[c] += x[c] * f[c];
    }
  }
  for (std::size_t c = 0; c < n; ++c) to[c] = kAdd ? to[c] + sum[c] : sum[c];
}

/// gather_block over all channels.
template <bool kAdd, class T>
void gather_pixel(const std::vector<Tap>& rows, const std::vector<Tap>& columns, const T* from,
                  std::size_t from_width, const T* filter, std::size_t kernel_width,
                  std::size_t channels, const T* start, T* to) {
  std::size_t c = 0;
  for (; c + kBlock<T> <= channels; c += kBlock<T>) {
    gather_block<kAdd, kBlock<T>>(rows, columns, from + c, from_width, filter + c, kernel_width,
                                  channels, start == nullptr ? nullptr : start + c, to + c, 0);
  }
  if (c < channels) {
    gather_block<kAdd, 0>(rows, columns, from + c, from_width, filter + c, kernel_width, channels,
                          start == nullptr ? nullptr : start + c, to + c, channels - c);
  }
}

template <class T>
class DepthwiseConvolutionLayer final : public TrainableLayer<T> {
 public:
  DepthwiseConvolutionLayer(const std::string& name, const DepthwiseConvolution& spec,
                            const Shape& input)
      : has_bias_(spec.has_bias), channels_(input[2]) {
    const Window& w = spec.window;
    rows_ = make_axis(input[0], w.padding.top, w.padding.bottom, w.kernel_height, w.stride_height,
                      w.dilation_height);
    columns_ = make_axis(input[1], w.padding.left, w.padding.right, w.kernel_width, w.stride_width,
                         w.dilation_width);
    filter_.name = name + ".filter";
    filter_.value.resize({rows_.kernel, columns_.kernel, channels_});
    filter_.gradient.resize(filter_.value.shape());
    if (!has_bias_) return;
    bias_.name = name + ".bias";
    bias_.has_weight_decay = false;
    bias_.value.resize({channels_});
    bias_.gradient.resize({channels_});
  }

  std::vector<TrainableParameter<T>*> parameters() override {
    if (has_bias_) return {&filter_, &bias_};
    return {&filter_};
  }

  // input [n, ih, iw, c], output [n, oh, ow, c]
  void forward(const LayerContext<T>& context, const std::vector<const Array<T>*>& inputs,
               Array<T>& output) override {
    const std::size_t batch = inputs[0]->shape()[0];
    output.resize({batch, rows_.out, columns_.out, channels_});
    context.threads.parallel_for(batch * rows_.out, [&](int, std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        const T* in = inputs[0]->data() + row / rows_.out * in_sample();
        T* out = output.data() + row * columns_.out * channels_;
        for (std::size_t x = 0; x < columns_.out; ++x, out += channels_) {
          gather_pixel<false>(rows_.of_output[row % rows_.out], columns_.of_output[x], in,
                              columns_.in, filter_.value.data(), columns_.kernel, channels_,
                              has_bias_ ? bias_.value.data() : nullptr, out);
        }
      }
    });
  }

  void backward(const LayerContext<T>& context, const std::vector<const Array<T>*>& inputs,
                const Array<T>&, const Array<T>& output_gradient,
                const std::vector<Array<T>*>& input_gradients) override {
    const std::size_t batch = inputs[0]->shape()[0];
    if (input_gradients[0] != nullptr) {
      add_input_gradient(context, output_gradient, *input_gradients[0], batch);
    }
    filter_sums_.reset(context.threads.threads(), filter_.value.size());
    bias_sums_.reset(context.threads.threads(), has_bias_ ? channels_ : 0);
    context.threads.parallel_for(
        batch * rows_.out, [&](int slice, std::size_t begin, std::size_t end) {
          for (std::size_t row = begin; row < end; ++row) {
            const T* in = inputs[0]->data() + row / rows_.out * in_sample();
            const T* gradient = output_gradient.data() + row * columns_.out * channels_;
            add_row_to_filter(in, gradient, rows_.of_output[row % rows_.out],
                              filter_sums_.slice(slice));
            if (has_bias_) add_row_to_bias(gradient, bias_sums_.slice(slice));
          }
        });
    filter_sums_.add_to(filter_.gradient.data());
    if (has_bias_) bias_sums_.add_to(bias_.gradient.data());
  }

 private:
  [[nodiscard]] std::size_t in_sample() const { return rows_.in * columns_.in * channels_; }

  void add_input_gradient(const LayerContext<T>& context, const Array<T>& output_gradient,
                          Array<T>& input_gradient, std::size_t batch) const {
    const std::size_t out_sample = rows_.out * columns_.out * channels_;
    context.threads.parallel_for(batch * rows_.in, [&](int, std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        const T* from = output_gradient.data() + row / rows_.in * out_sample;
        T* to = input_gradient.data() + row * columns_.in * channels_;
        for (std::size_t x = 0; x < columns_.in; ++x, to += channels_) {
          gather_pixel<true>(rows_.of_input[row % rows_.in], columns_.of_input[x], from,
                             columns_.out, filter_.value.data(), columns_.kernel, channels_,
                             static_cast<const T*>(nullptr), to);
        }
      }
    });
  }

  /// Adds one output row's part of the filter gradient to sums [kh, kw, c]. A kernel row's sums for
  /// a block of channels stay in registers along the row where the kernel is 3 wide.
  void add_row_to_filter(const T* in, const T* gradient, const std::vector<Tap>& rows,
                         T* sums) const {
    for (const Tap& row : rows) {
      const T* in_row = in + row.position * columns_.in * channels_;
      T* to = sums + row.kernel * columns_.kernel * channels_;
      std::size_t c = 0;
      if (columns_.kernel == 3) {
        for (; c + kBlock<T> <= channels_; c += kBlock<T>) {
          add_row_of_three(in_row + c, gradient + c, to + c);
        }
      }
      if (c < channels_) add_row_of_any(in_row + c, gradient + c, to + c, channels_ - c);
    }
  }

  void add_row_of_three(const T* in_row, const T* gradient, T* to) const {
    constexpr std::size_t n = kBlock<T>;
    std::array<std::array<T, n>, 3> sum{};
    for (std::size_t x = 0; x < columns_.out; ++x) {
      const T* g = gradient + x * channels_;
      const std::vector<Tap>& taps = columns_.of_output[x];
      if (taps.size() == 3) {
        const T* a = in_row + taps[0].position * channels_;
        const T* b = in_row + taps[1].position * channels_;
        const T* d = in_row + taps[2].position * channels_;
        for (std::size_t c = 0; c < n; ++c) sum[0][c] += g[c] * a[c];
        for (std::size_t c = 0; c < n; ++c) sum[1][c] += g[c] * b[c];
        for (std::size_t c = 0; c < n; ++c) sum[2][c] += g[c] * d[c];
        continue;
      }
      for (const Tap& tap : taps) {
        T* edge = to + tap.kernel * channels_;
        const T* a = in_row + tap.position * channels_;
        for (std::size_t c = 0; c < n; ++c) edge[c] += g[c] * a[c];
      }
    }
    for (std::size_t k = 0; k < 3; ++k) {
      for (std::size_t c = 0; c < n; ++c) to[k * channels_ + c] += sum[k][c];
    }
  }

  void add_row_of_any(const T* in_row, const T* gradient, T* to, std::size_t count) const {
    for (std::size_t x = 0; x < columns_.out; ++x) {
      const T* g = gradient + x * channels_;
      for (const Tap& tap : columns_.of_output[x]) {
        const T* a = in_row + tap.position * channels_;
        T* sum = to + tap.kernel * channels_;
        for (std::size_t c = 0; c < count; ++c) sum[c] += g[c] * a[c];
      }
    }
  }

  void add_row_to_bias(const T* gradient, T* sums) const {
    for (std::size_t x = 0; x < columns_.out; ++x, gradient += channels_) {
      for (std::size_t c = 0; c < channels_; ++c) sums[c] += gradient[c];
    }
  }

  bool has_bias_;
  std::size_t channels_;
  Axis rows_;
  Axis columns_;
  TrainableParameter<T> filter_;  // [kh, kw, c]
  TrainableParameter<T> bias_;    // [c]
  SliceSums<T> filter_sums_;
  SliceSums<T> bias_sums_;
};

}  // namespace

template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name,
                                                  const DepthwiseConvolution& spec,
                                                  const Shape& input) {
  return std::make_unique<DepthwiseConvolutionLayer<T>>(name, spec, input);
}

template std::unique_ptr<TrainableLayer<float>> make_trainable<float>(const std::string&,
                                                                      const DepthwiseConvolution&,
                                                                      const Shape&);
template std::unique_ptr<TrainableLayer<double>> make_trainable<double>(const std::string&,
                                                                        const DepthwiseConvolution&,
                                                                        const Shape&);

}  // namespace visavis
