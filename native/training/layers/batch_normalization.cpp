#include "native/training/layers/batch_normalization.h"

#include <cmath>

#include "native/training/layers/slice_sums.h"

namespace visavis {
namespace {

/// running = (1 - momentum) * running + momentum * batch, PyTorch's convention and default.
constexpr double kMomentum = 0.1;

template <class T>
class BatchNormalizationLayer final : public TrainableLayer<T> {
 public:
  BatchNormalizationLayer(const std::string& name, const BatchNormalization& spec,
                          const Shape& input)
      : epsilon_(static_cast<T>(spec.epsilon)), channels_(input.back()) {
    for (TrainableParameter<T>* p : parameters()) {
      p->value.resize({channels_});
      p->gradient.resize({channels_});
      p->has_weight_decay = false;
    }
    scale_.name = name + ".scale";
    shift_.name = name + ".shift";
    mean_.name = name + ".mean";
    variance_.name = name + ".variance";
    mean_.is_trained = variance_.is_trained = false;
  }

  std::vector<TrainableParameter<T>*> parameters() override {
    return {&scale_, &shift_, &mean_, &variance_};
  }

  // input, output [n, ..., c]: y = scale * (x - mean) / sqrt(variance + epsilon) + shift
  void forward(const LayerContext<T>& context, const std::vector<const Array<T>*>& inputs,
               Array<T>& output) override {
    const Array<T>& input = *inputs[0];
    output.resize(input.shape());
    if (context.is_training) {
      measure(context, input);
    } else {
      used_mean_.assign(mean_.value.data(), mean_.value.data() + channels_);
      inverse_deviation_.resize(channels_);
      for (std::size_t c = 0; c < channels_; ++c) {
        inverse_deviation_[c] = T(1) / std::sqrt(variance_.value[c] + epsilon_);
      }
    }
    std::vector<T> factor(channels_);
    std::vector<T> offset(channels_);
    for (std::size_t c = 0; c < channels_; ++c) {
      factor[c] = scale_.value[c] * inverse_deviation_[c];
      offset[c] = shift_.value[c] - used_mean_[c] * factor[c];
    }
    for_each_row(context, input, [&](int, std::size_t row) {
      const T* x = input.data() + row * channels_;
      T* y = output.data() + row * channels_;
      for (std::size_t c = 0; c < channels_; ++c) y[c] = x[c] * factor[c] + offset[c];
    });
  }

  // With x' the normalised input and m rows: dx = scale / deviation * (dy - mean(dy) - x' * mean(dy
  // * x')); without batch statistics (inference mode) the means drop out.
  void backward(const LayerContext<T>& context, const std::vector<const Array<T>*>& inputs,
                const Array<T>&, const Array<T>& output_gradient,
                const std::vector<Array<T>*>& input_gradients) override {
    const Array<T>& input = *inputs[0];
    const std::size_t c2 = channels_;
    sums_.reset(context.threads.threads(), 2 * channels_);
    for_each_row(context, input, [&](int slice, std::size_t row) {
      const T* x = input.data() + row * channels_;
      const T* g = output_gradient.data() + row * channels_;
      T* sum = sums_.slice(slice);
      for (std::size_t c = 0; c < channels_; ++c) sum[c] += g[c];
      for (std::size_t c = 0; c < channels_; ++c) sum[c2 + c] += g[c] * (x[c] - used_mean_[c]);
    });
    std::vector<T> total(2 * channels_, T(0));
    sums_.add_to(total.data());
    for (std::size_t c = 0; c < channels_; ++c) {
      total[c2 + c] *= inverse_deviation_[c];
      shift_.gradient[c] += total[c];
      scale_.gradient[c] += total[c2 + c];
    }
    if (input_gradients[0] == nullptr) return;
    if (context.is_training) {
      context.reducer.sum(total.data(), total.size());
    } else {
      std::fill(total.begin(), total.end(), T(0));
    }
    const T rows = static_cast<T>(rows_);
    std::vector<T> factor(channels_), slope(channels_), offset(channels_);
    for (std::size_t c = 0; c < channels_; ++c) {
      factor[c] = scale_.value[c] * inverse_deviation_[c];
      slope[c] = -factor[c] * inverse_deviation_[c] * total[c2 + c] / rows;
      offset[c] = -factor[c] * total[c] / rows - slope[c] * used_mean_[c];
    }
    for_each_row(context, input, [&](int, std::size_t row) {
      const T* x = input.data() + row * channels_;
      const T* g = output_gradient.data() + row * channels_;
      T* to = input_gradients[0]->data() + row * channels_;
      for (std::size_t c = 0; c < channels_; ++c) {
        to[c] += factor[c] * g[c] + slope[c] * x[c] + offset[c];
      }
    });
  }

 private:
  template <class Body>
  void for_each_row(const LayerContext<T>& context, const Array<T>& input, const Body& body) const {
    context.threads.parallel_for(input.size() / channels_,
                                 [&](int slice, std::size_t begin, std::size_t end) {
                                   for (std::size_t row = begin; row < end; ++row) body(slice, row);
                                 });
  }

  /// Batch statistics over all ranks, into used_mean_ and inverse_deviation_, and the running ones.
  /// Sums are taken about the running mean: sums of squares about zero would lose digits.
  void measure(const LayerContext<T>& context, const Array<T>& input) {
    const T* shift = mean_.value.data();
    sums_.reset(context.threads.threads(), 2 * channels_);
    for_each_row(context, input, [&](int slice, std::size_t row) {
      const T* x = input.data() + row * channels_;
      T* sum = sums_.slice(slice);
      for (std::size_t c = 0; c < channels_; ++c) {
        const T d = x[c] - shift[c];
        sum[c] += d;
        sum[channels_ + c] += d * d;
      }
    });
    std::vector<T> total(2 * channels_, T(0));
    sums_.add_to(total.data());
    context.reducer.sum(total.data(), total.size());
    rows_ = input.size() / channels_ * context.reducer.ranks();
    const T rows = static_cast<T>(rows_);
    used_mean_.resize(channels_);
    inverse_deviation_.resize(channels_);
    for (std::size_t c = 0; c < channels_; ++c) {
      const T d = total[c] / rows;
      const T variance = std::max(T(0), total[channels_ + c] / rows - d * d);
      used_mean_[c] = shift[c] + d;
      inverse_deviation_[c] = T(1) / std::sqrt(variance + epsilon_);
      const T unbiased = rows_ > 1 ? variance * rows / (rows - T(1)) : variance;
      variance_.value[c] += static_cast<T>(kMomentum) * (unbiased - variance_.value[c]);
    }
    for (std::size_t c = 0; c < channels_; ++c) {
      mean_.value[c] += static_cast<T>(kMomentum) * (used_mean_[c] - mean_.value[c]);
    }
  }

  T epsilon_;
  std::size_t channels_;
  TrainableParameter<T> scale_, shift_, mean_, variance_;  // [c] each
  std::size_t rows_ = 1;                                   // Of all ranks, in the last forward.
  std::vector<T> used_mean_;
  std::vector<T> inverse_deviation_;
  SliceSums<T> sums_;
};

}  // namespace

template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name,
                                                  const BatchNormalization& spec,
                                                  const Shape& input) {
  return std::make_unique<BatchNormalizationLayer<T>>(name, spec, input);
}

template std::unique_ptr<TrainableLayer<float>> make_trainable<float>(const std::string&,
                                                                      const BatchNormalization&,
                                                                      const Shape&);
template std::unique_ptr<TrainableLayer<double>> make_trainable<double>(const std::string&,
                                                                        const BatchNormalization&,
                                                                        const Shape&);

}  // namespace visavis
