#include <algorithm>

#include "native/training/layers/depthwise_rows.h"
#include "native/training/layers/layer_maker.h"
#include "native/training/layers/row_ring.h"
#include "native/training/layers/slice_sums.h"

namespace visavis {
namespace {

/// One axis of the convolution: output o reads input o * stride - before + k * dilation.
struct Axis {
  int in = 0, out = 0, kernel = 0, stride = 1, dilation = 1, before = 0;

  [[nodiscard]] int reach() const { return (kernel - 1) * dilation; }
  /// Length of a prepared input row: all that any output reads, padding included.
  [[nodiscard]] int padded() const { return (out - 1) * stride + reach() + 1; }
  /// Length of a prepared gradient row: outputs `stride` apart with zeros between, so that input i
  /// is reached by elements i .. i + reach().
  [[nodiscard]] int spread() const { return in + reach(); }
  /// Place of output o in it; outside of [0, spread()) where no input is reached.
  [[nodiscard]] int spread_place(int o) const { return o * stride - before + reach(); }
  /// The output that meets input i by kernel element k, or -1.
  [[nodiscard]] int output_of(int i, int k) const {
    const int at = i + before - k * dilation;
    return at >= 0 && at % stride == 0 && at / stride < out ? at / stride : -1;
  }
};

std::size_t count(int value) { return static_cast<std::size_t>(value); }

/// Depthwise convolution by direct kernels over blocks of channels. `input` is [h, w, c].
template <class T>
class DepthwiseConvolutionLayer final : public TrainableLayer<T> {
 public:
  DepthwiseConvolutionLayer(const std::string& name, const DepthwiseConvolution& spec,
                            const Shape& input)
      : has_bias_(spec.has_bias), channels_(input[2]) {
    const Window& w = spec.window;
    const Shape output = infer_shapes({input, {{name, spec, {0}}}, {}}).back();
    rows_ = {static_cast<int>(input[0]),
             static_cast<int>(output[0]),
             w.kernel_height,
             w.stride_height,
             w.dilation_height,
             w.padding.top};
    columns_ = {static_cast<int>(input[1]),
                static_cast<int>(output[1]),
                w.kernel_width,
                w.stride_width,
                w.dilation_width,
                w.padding.left};
    filter_.set_up(name + ".filter", {count(rows_.kernel), count(columns_.kernel), channels_});
    // Outputs that reach no input (a padding wider than the kernel) have no filter gradient.
    while (first_used_ < columns_.out && columns_.spread_place(first_used_) < 0) ++first_used_;
    end_used_ = columns_.out;
    while (end_used_ > first_used_ && columns_.spread_place(end_used_ - 1) >= columns_.spread()) {
      --end_used_;
    }
    if (!has_bias_) return;
    bias_.set_up(name + ".bias", {channels_});
    bias_.has_weight_decay = false;
  }

  std::vector<TrainableParameter<T>*> parameters() override {
    if (has_bias_) return {&filter_, &bias_};
    return {&filter_};
  }

  [[nodiscard]] LayerAbilities abilities(bool) const override { return {true, true, true}; }

  // input [n, ih, iw, c], output [n, oh, ow, c]
  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>* observer) override {
    const std::size_t batch = inputs[0].values->shape()[0];
    output.resize({batch, count(rows_.out), count(columns_.out), channels_});
    const RowWindow window{channels_, count(columns_.out), count(columns_.kernel),
                           count(columns_.stride), count(columns_.dilation)};
    const T* bias = has_bias_ ? bias_.value.data() : nullptr;
    context.threads.parallel_for(
        batch * count(rows_.out), [&](int slice, std::size_t begin, std::size_t end) {
          RowRing<T> ring(count(rows_.reach()) + 1, count(columns_.padded()) * channels_);
          std::vector<RowTap<T>> taps;
          for (std::size_t row = begin; row < end; ++row) {
            taps.clear();
            find_input_taps(inputs[0], row, ring, taps);
            T* out = output.data() + row * count(columns_.out) * channels_;
            convolve_row(window, taps, bias, out, false);
            if (observer != nullptr) {
              observer->observe(slice, out, row * count(columns_.out), count(columns_.out));
            }
          }
        });
  }

  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
                const Array<T>& output, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    const std::size_t batch = inputs[0].values->shape()[0];
    filter_sums_.reset(context.threads.threads(), filter_.value.size());
    bias_sums_.reset(context.threads.threads(), has_bias_ ? channels_ : 0);
    turn_filter();
    context.threads.parallel_for(batch, [&](int slice, std::size_t begin, std::size_t end) {
      Backward pass{inputs[0],
                    output,
                    output_gradient,
                    input_gradients[0],
                    RowRing<T>(count(rows_.reach()) + 1, count(columns_.padded()) * channels_),
                    RowRing<T>(count(rows_.reach()) + 2, count(columns_.spread()) * channels_),
                    {}};
      for (std::size_t sample = begin; sample < end; ++sample) run(pass, slice, sample);
    });
    filter_sums_.add_to(filter_.gradient.data());
    if (has_bias_) bias_sums_.add_to(bias_.gradient.data());
  }

 private:
  /// What one slice of backward works with.
  struct Backward {
    const LayerInput<T>& input;
    const Array<T>& output;
    const OutputGradient<T>& output_gradient;
    const InputGradient<T>& to;
    RowRing<T> input_rows;
    RowRing<T> gradient_rows;
    std::vector<RowTap<T>> taps;
  };

  /// The kernel rows that meet the image in output row `row` (counted through the batch).
  void find_input_taps(const LayerInput<T>& input, std::size_t row, RowRing<T>& ring,
                       std::vector<RowTap<T>>& taps) const {
    const std::size_t sample = row / count(rows_.out);
    const int y = static_cast<int>(row % count(rows_.out)) * rows_.stride - rows_.before;
    for (int k = 0; k < rows_.kernel; ++k) {
      const int in_y = y + k * rows_.dilation;
      if (in_y < 0 || in_y >= rows_.in) continue;
      const std::size_t in_row = sample * count(rows_.in) + count(in_y);
      const T* prepared = ring.get(in_row, [&](T* to) { prepare_input_row(input, in_row, to); });
      taps.push_back(
          {filter_.value.data() + count(k * columns_.kernel) * channels_, prepared, count(k)});
    }
  }

  /// [padded(), c]: the mapped row between its paddings.
  void prepare_input_row(const LayerInput<T>& input, std::size_t in_row, T* to) const {
    const T* from = input.values->data() + in_row * count(columns_.in) * channels_;
    for (int x = 0; x < columns_.padded(); ++x, to += channels_) {
      const int in_x = x - columns_.before;
      if (in_x < 0 || in_x >= columns_.in) {
        std::fill_n(to, channels_, T(0));
      } else {
        map_row(input.map, 0, from + count(in_x) * channels_, to, channels_);
      }
    }
  }

  /// [spread(), c]: the gradient row with zeros between and around.
  void prepare_gradient_row(const Backward& pass, std::size_t out_row, T* to) const {
    std::fill_n(to, count(columns_.spread()) * channels_, T(0));
    const std::size_t start = out_row * count(columns_.out) * channels_;
    for (int x = first_used_; x < end_used_; ++x) {
      const std::size_t at = start + count(x) * channels_;
      map_gradient_row(pass.output_gradient.map, 0, pass.output.data() + at,
                       pass.output_gradient.values->data() + at,
                       to + count(columns_.spread_place(x)) * channels_, channels_);
    }
  }

  const T* gradient_row(Backward& pass, std::size_t out_row) const {
    return pass.gradient_rows.get(out_row, [&](T* to) { prepare_gradient_row(pass, out_row, to); });
  }

  /// Output rows in turn, and each input row as soon as the last output row that reads it is there.
  void run(Backward& pass, int slice, std::size_t sample) {
    int next_input = 0;
    for (int y = 0; y < rows_.out; ++y) {
      const std::size_t out_row = sample * count(rows_.out) + count(y);
      const T* gradient = gradient_row(pass, out_row);
      add_to_filter(pass, out_row, gradient, filter_sums_.slice(slice));
      if (has_bias_) add_to_bias(pass, out_row, bias_sums_.slice(slice));
      if (pass.to.values == nullptr) continue;
      while (next_input < rows_.in && next_input + rows_.before < (y + 1) * rows_.stride) {
        write_input_gradient(pass, slice, sample, next_input++);
      }
    }
    if (pass.to.values == nullptr) return;
    while (next_input < rows_.in) write_input_gradient(pass, slice, sample, next_input++);
  }

  void add_to_filter(Backward& pass, std::size_t out_row, const T* gradient, T* sums) const {
    if (first_used_ == end_used_) return;
    const RowWindow window{channels_, count(end_used_ - first_used_), count(columns_.kernel),
                           count(columns_.stride), count(columns_.dilation)};
    pass.taps.clear();
    find_input_taps(pass.input, out_row, pass.input_rows, pass.taps);
    for (const RowTap<T>& tap : pass.taps) {
      add_filter_row(window, gradient + count(columns_.spread_place(first_used_)) * channels_,
                     count(columns_.stride),
                     tap.row + count(first_used_ * columns_.stride) * channels_,
                     sums + tap.kernel_row * count(columns_.kernel) * channels_);
    }
  }

  void add_to_bias(const Backward& pass, std::size_t out_row, T* sums) const {
    std::vector<T> mapped(channels_);
    for (std::size_t x = 0; x < count(columns_.out); ++x) {
      const std::size_t at = (out_row * count(columns_.out) + x) * channels_;
      map_gradient_row(pass.output_gradient.map, 0, pass.output.data() + at,
                       pass.output_gradient.values->data() + at, mapped.data(), channels_);
      for (std::size_t c = 0; c < channels_; ++c) sums[c] += mapped[c];
    }
  }

  /// Input row y of the sample from the outputs that read it: a convolution of stride 1 of the
  /// spread gradient with the kernel turned round.
  void write_input_gradient(Backward& pass, int slice, std::size_t sample, int y) const {
    pass.taps.clear();
    for (int k = 0; k < rows_.kernel; ++k) {
      const int out_y = rows_.output_of(y, k);
      if (out_y < 0) continue;
      pass.taps.push_back({turned_.data() + count(k * columns_.kernel) * channels_,
                           gradient_row(pass, sample * count(rows_.out) + count(out_y)), count(k)});
    }
    const RowWindow window{channels_, count(columns_.in), count(columns_.kernel), 1,
                           count(columns_.dilation)};
    const std::size_t row = (sample * count(rows_.in) + count(y)) * count(columns_.in);
    T* to = pass.to.values->data() + row * channels_;
    convolve_row(window, pass.taps, static_cast<const T*>(nullptr), to, pass.to.adds);
    if (pass.to.observer != nullptr) {
      pass.to.observer->observe(slice, to, row, count(columns_.in));
    }
  }

  /// Columns in reverse; the rows are chosen by output_of.
  void turn_filter() {
    turned_.resize(filter_.value.shape());
    const std::size_t width = count(columns_.kernel);
    for (std::size_t row = 0; row < count(rows_.kernel); ++row) {
      for (std::size_t k = 0; k < width; ++k) {
        std::copy_n(filter_.value.data() + (row * width + k) * channels_, channels_,
                    turned_.data() + (row * width + width - 1 - k) * channels_);
      }
    }
  }

  bool has_bias_;
  std::size_t channels_;
  Axis rows_;
  Axis columns_;
  int first_used_ = 0;  // Output columns that reach any input.
  int end_used_ = 0;
  TrainableParameter<T> filter_;  // [kh, kw, c]
  TrainableParameter<T> bias_;    // [c]
  Array<T> turned_;
  SliceSums<T> filter_sums_;
  SliceSums<T> bias_sums_;
};

}  // namespace

template <class T>
auto LayerMaker<T>::operator()(const DepthwiseConvolution& spec) const -> Made {
  return std::make_unique<DepthwiseConvolutionLayer<T>>(layer.name, spec, inputs[0]);
}

VISAVIS_INSTANTIATE_LAYER(DepthwiseConvolution)

}  // namespace visavis
