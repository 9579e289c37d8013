#include "native/training/layers/batch_normalization.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "native/training/layers/channel_map.h"
#include "native/training/layers/layer_maker.h"

namespace visavis {
namespace {

/// running = (1 - momentum) * running + momentum * batch, PyTorch's convention and default.
constexpr double kMomentum = 0.1;

/// sums[c] += sum of x - shift, sums[channels + c] += sum of its square, over rows [rows,
/// channels]. Sums of a few rows first, in registers, then those: that keeps digits, too.
template <std::size_t kVectors, class V, class T>
inline void add_moments(const T* x, std::size_t rows, std::size_t channels, std::size_t c,
                        const T* shift, T* sums) {
  constexpr std::size_t kStep = std::is_same_v<V, T> ? 1 : kLanes<T>;
  V first[kVectors];
  V second[kVectors];
  V around[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) {
    first[v] = second[v] = V{};
    around[v] = load_as<V>(shift + c + v * kStep);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      const V d = load_as<V>(x + row * channels + c + v * kStep) - around[v];
      first[v] += d;
      second[v] += d * d;
    }
  }
  for (std::size_t v = 0; v < kVectors; ++v) {
    T* to = sums + c + v * kStep;
    store_as<V>(to, load_as<V>(to) + first[v]);
    store_as<V>(to + channels, load_as<V>(to + channels) + second[v]);
  }
}

template <class T>
struct GradientTerms {
  ChannelMap<T> map;
  const T* mean;
  const T* x;
  const T* gradient;
  std::size_t rows, channels;
};

/// With gu = d loss / du: sums[c] += gu, sums[channels + c] += gu * (x - mean), sums[2 channels +
/// c]
/// += d loss / d slope.
template <class V, class T>
inline void add_gradient_terms(const GradientTerms<T>& t, std::size_t c, T* sums) {
  const V factor = load_as<V>(t.map.factor + c);
  const V offset = load_as<V>(t.map.offset + c);
  const V slope = load_as<V>(t.map.slope + c);
  const V mean = load_as<V>(t.mean + c);
  V plain{};
  V along{};
  V below{};
  for (std::size_t row = 0; row < t.rows; ++row) {
    const V x = load_as<V>(t.x + row * t.channels + c);
    const V g = load_as<V>(t.gradient + row * t.channels + c);
    const V u = x * factor + offset;
    const V gu = below_zero<V>(u, g * slope, g);
    plain += gu;
    along += gu * (x - mean);
    below += below_zero<V>(u, g * u, V{});
  }
  store_as<V>(sums + c, load_as<V>(sums + c) + plain);
  T* second = sums + t.channels + c;
  store_as<V>(second, load_as<V>(second) + along);
  T* third = second + t.channels;
  store_as<V>(third, load_as<V>(third) + below);
}

}  // namespace

template <class T>
BatchNormalizationLayer<T>::BatchNormalizationLayer(const std::string& name,
                                                    const BatchNormalization& spec,
                                                    FusedActivation activation,
                                                    const std::string& activation_name,
                                                    const Shape& input)
    : epsilon_(static_cast<T>(spec.epsilon)), channels_(input.back()), activation_(activation) {
  scale_.set_up(name + ".scale", {channels_});
  shift_.set_up(name + ".shift", {channels_});
  mean_.set_up(name + ".mean", {channels_});
  variance_.set_up(name + ".variance", {channels_});
  slope_.set_up(activation_name + ".slope", {channels_});
  for (TrainableParameter<T>* p : parameters()) p->has_weight_decay = false;
  mean_.is_trained = variance_.is_trained = false;
  for (auto* v : {&used_mean_, &inverse_deviation_, &factor_, &offset_, &x_factor_, &constant_}) {
    v->resize(channels_);
  }
  fixed_slope_.assign(channels_, activation == FusedActivation::kRelu ? T(0) : T(1));
}

template <class T>
std::vector<TrainableParameter<T>*> BatchNormalizationLayer<T>::parameters() {
  std::vector<TrainableParameter<T>*> all{&scale_, &shift_, &mean_, &variance_};
  if (activation_ == FusedActivation::kPrelu) all.push_back(&slope_);
  return all;
}

template <class T>
void BatchNormalizationLayer<T>::forward(const LayerContext<T>& context,
                                         const std::vector<LayerInput<T>>& inputs, Array<T>& output,
                                         RowObserver<T>*) {
  start_forward(context);
  apply_map(context, finish_forward(context, *inputs[0].values, false), *inputs[0].values, output);
}

template <class T>
void BatchNormalizationLayer<T>::backward(const LayerContext<T>& context,
                                          const std::vector<LayerInput<T>>& inputs, const Array<T>&,
                                          const OutputGradient<T>& output_gradient,
                                          const std::vector<InputGradient<T>>& input_gradients) {
  const Array<T>& x = *inputs[0].values;
  start_backward(context, x);
  const GradientMap<T> map = finish_backward(context, x, *output_gradient.values, false);
  const InputGradient<T>& to = input_gradients[0];
  if (to.values == nullptr) return;
  apply_gradient_map(context, map, x, *output_gradient.values, *to.values, to.adds);
}

template <class T>
void BatchNormalizationLayer<T>::observe_all(const LayerContext<T>& context, const Array<T>& values,
                                             RowObserver<T>& observer) const {
  constexpr std::size_t kRows = 64;
  context.threads.parallel_for(
      values.size() / channels_, [&](int slice, std::size_t begin, std::size_t end) {
        for (std::size_t row = begin; row < end; row += kRows) {
          observer.observe(slice, values.data() + row * channels_, row, std::min(kRows, end - row));
        }
      });
}

/// Sums are taken about the running mean: sums of squares about zero would lose digits.
template <class T>
void BatchNormalizationLayer<T>::Statistics::observe(int slice, const T* values, std::size_t,
                                                     std::size_t rows) {
  const std::size_t channels = layer_.channels_;
  const T* shift = layer_.mean_.value.data();
  T* sums = layer_.sums_.slice(slice);
  std::size_t c = 0;
  for (; c + 4 * kLanes<T> <= channels; c += 4 * kLanes<T>) {
    add_moments<4, Vector<T>>(values, rows, channels, c, shift, sums);
  }
  for (; c + kLanes<T> <= channels; c += kLanes<T>) {
    add_moments<1, Vector<T>>(values, rows, channels, c, shift, sums);
  }
  for (; c < channels; ++c) add_moments<1, T>(values, rows, channels, c, shift, sums);
}

template <class T>
void BatchNormalizationLayer<T>::GradientStatistics::observe(int slice, const T* values,
                                                             std::size_t first_row,
                                                             std::size_t rows) {
  const std::size_t channels = layer_.channels_;
  const T* slope = layer_.activation_ == FusedActivation::kPrelu ? layer_.slope_.value.data()
                                                                 : layer_.fixed_slope_.data();
  const GradientTerms<T> terms{{layer_.factor_.data(), layer_.offset_.data(), slope},
                               layer_.used_mean_.data(),
                               layer_.observed_x_ + first_row * channels,
                               values,
                               rows,
                               channels};
  T* sums = layer_.sums_.slice(slice);
  for_channels<T>(channels, [&](auto lane, std::size_t c) {
    add_gradient_terms<decltype(lane)>(terms, c, sums);
  });
}

template <class T>
RowObserver<T>* BatchNormalizationLayer<T>::start_forward(const LayerContext<T>& context) {
  if (!context.is_training) return nullptr;
  sums_.reset(context.threads.threads(), 2 * channels_);
  return &statistics_;
}

template <class T>
ChannelMap<T> BatchNormalizationLayer<T>::finish_forward(const LayerContext<T>& context,
                                                         const Array<T>& x, bool was_observed) {
  if (context.is_training) {
    if (!was_observed) observe_all(context, x, statistics_);
    use_batch_statistics(context, x.size() / channels_);
  } else {
    use_running_statistics();
  }
  for (std::size_t c = 0; c < channels_; ++c) {
    factor_[c] = scale_.value[c] * inverse_deviation_[c];
    offset_[c] = shift_.value[c] - used_mean_[c] * factor_[c];
  }
  const bool is_prelu = activation_ == FusedActivation::kPrelu;
  return {factor_.data(), offset_.data(), is_prelu ? slope_.value.data() : fixed_slope_.data()};
}

/// Of all ranks; moves the running ones.
template <class T>
void BatchNormalizationLayer<T>::use_batch_statistics(const LayerContext<T>& context,
                                                      std::size_t own_rows) {
  std::vector<T> total(2 * channels_, T(0));
  sums_.add_to(total.data());
  context.reducer.sum(total.data(), total.size());
  rows_ = own_rows * context.reducer.ranks();
  const T rows = static_cast<T>(rows_);
  for (std::size_t c = 0; c < channels_; ++c) {
    const T d = total[c] / rows;
    const T variance = std::max(T(0), total[channels_ + c] / rows - d * d);
    used_mean_[c] = mean_.value[c] + d;
    inverse_deviation_[c] = T(1) / std::sqrt(variance + epsilon_);
    const T unbiased = rows_ > 1 ? variance * rows / (rows - T(1)) : variance;
    variance_.value[c] += static_cast<T>(kMomentum) * (unbiased - variance_.value[c]);
    mean_.value[c] += static_cast<T>(kMomentum) * (used_mean_[c] - mean_.value[c]);
  }
}

template <class T>
void BatchNormalizationLayer<T>::use_running_statistics() {
  for (std::size_t c = 0; c < channels_; ++c) {
    used_mean_[c] = mean_.value[c];
    inverse_deviation_[c] = T(1) / std::sqrt(variance_.value[c] + epsilon_);
  }
}

template <class T>
RowObserver<T>* BatchNormalizationLayer<T>::start_backward(const LayerContext<T>& context,
                                                           const Array<T>& x) {
  sums_.reset(context.threads.threads(), 3 * channels_);
  observed_x_ = x.data();
  return &gradient_statistics_;
}

// With x' the normalised input and m rows: dx = scale / deviation * (du - mean(du) - x' * mean(du *
// x')); without batch statistics (inference mode) the means drop out.
template <class T>
GradientMap<T> BatchNormalizationLayer<T>::finish_backward(const LayerContext<T>& context,
                                                           const Array<T>&,
                                                           const Array<T>& gradient,
                                                           bool was_observed) {
  if (!was_observed) observe_all(context, gradient, gradient_statistics_);
  std::vector<T> total(3 * channels_, T(0));
  sums_.add_to(total.data());
  const bool is_prelu = activation_ == FusedActivation::kPrelu;
  for (std::size_t c = 0; c < channels_; ++c) {
    T& along = total[channels_ + c];
    along *= inverse_deviation_[c];
    shift_.gradient[c] += total[c];
    scale_.gradient[c] += along;
    if (is_prelu) slope_.gradient[c] += total[2 * channels_ + c];
  }
  if (context.is_training) {
    context.reducer.sum(total.data(), 2 * channels_);
  } else {
    std::fill(total.begin(), total.end(), T(0));
  }
  const T rows = static_cast<T>(rows_);
  for (std::size_t c = 0; c < channels_; ++c) {
    x_factor_[c] = -factor_[c] * inverse_deviation_[c] * total[channels_ + c] / rows;
    constant_[c] = -factor_[c] * total[c] / rows - x_factor_[c] * used_mean_[c];
  }
  const T* slope = is_prelu ? slope_.value.data() : fixed_slope_.data();
  return {{factor_.data(), offset_.data(), slope}, x_factor_.data(), constant_.data()};
}

template <class T>
auto LayerMaker<T>::operator()(const BatchNormalization& spec) const -> Made {
  return std::make_unique<BatchNormalizationLayer<T>>(layer.name, spec, FusedActivation::kNone, "",
                                                      inputs[0]);
}

template class BatchNormalizationLayer<float>;
template class BatchNormalizationLayer<double>;
VISAVIS_INSTANTIATE_LAYER(BatchNormalization)

}  // namespace visavis
