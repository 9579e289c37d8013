#include <cmath>

#include "native/training/layers/channel_map.h"
#include "native/training/layers/layer_maker.h"
#include "native/training/layers/slice_sums.h"

namespace visavis {
namespace {

template <class T, class Body>
void for_each_element(const LayerContext<T>& context, std::size_t count, const Body& body) {
  context.threads.parallel_for(count, [&](int, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) body(i);
  });
}

/// He et al. 2015, "Delving deep into rectifiers", section 2.1: one learned slope per channel.
template <class T>
class PreluLayer final : public TrainableLayer<T> {
 public:
  PreluLayer(const std::string& name, const Shape& input) : channels_(input.back()) {
    slope_.set_up(name + ".slope", {channels_});
    slope_.has_weight_decay = false;
  }
  std::vector<TrainableParameter<T>*> parameters() override { return {&slope_}; }

  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>*) override {
    output.resize(inputs[0].values->shape());
    const T* slope = slope_.value.data();
    context.threads.parallel_for(output.size() / channels_,
                                 [&](int, std::size_t begin, std::size_t end) {
                                   for (std::size_t row = begin; row < end; ++row) {
                                     const T* x = inputs[0].values->data() + row * channels_;
                                     T* y = output.data() + row * channels_;
                                     for (std::size_t c = 0; c < channels_; ++c)
                                       y[c] = x[c] < T(0) ? x[c] * slope[c] : x[c];
                                   }
                                 });
  }

  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
                const Array<T>& output, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    const T* slope = slope_.value.data();
    zero_unless_added(context, input_gradients[0]);
    sums_.reset(context.threads.threads(), channels_);
    context.threads.parallel_for(output.size() / channels_,
                                 [&](int slice, std::size_t begin, std::size_t end) {
                                   T* sum = sums_.slice(slice);
                                   for (std::size_t row = begin; row < end; ++row) {
                                     const T* x = inputs[0].values->data() + row * channels_;
                                     const T* g = output_gradient.values->data() + row * channels_;
                                     for (std::size_t c = 0; c < channels_; ++c)
                                       sum[c] += x[c] < T(0) ? g[c] * x[c] : T(0);
                                     if (input_gradients[0].values == nullptr) continue;
                                     T* to = input_gradients[0].values->data() + row * channels_;
                                     for (std::size_t c = 0; c < channels_; ++c)
                                       to[c] += x[c] < T(0) ? g[c] * slope[c] : g[c];
                                   }
                                 });
    sums_.add_to(slope_.gradient.data());
  }

 private:
  std::size_t channels_;
  TrainableParameter<T> slope_;  // [c]
  SliceSums<T> sums_;
};

/// y = a + b. A network rather lets both inputs have the output's gradient.
template <class T>
class AddLayer final : public TrainableLayer<T> {
 public:
  [[nodiscard]] LayerAbilities abilities(bool) const override { return {true, false, false}; }

  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>*) override {
    const Shape& shape = inputs[0].values->shape();
    output.resize(shape);
    const std::size_t channels = shape.back();
    context.threads.parallel_for(
        output.size() / channels, [&](int, std::size_t begin, std::size_t end) {
          std::vector<T> other(channels);
          for (std::size_t at = begin * channels; at < end * channels; at += channels) {
            T* y = output.data() + at;
            map_row(inputs[0].map, 0, inputs[0].values->data() + at, y, channels);
            map_row(inputs[1].map, 0, inputs[1].values->data() + at, other.data(), channels);
            for (std::size_t c = 0; c < channels; ++c) y[c] += other[c];
          }
        });
  }
  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>&,
                const Array<T>& output, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    const T* g = output_gradient.values->data();
    for (const InputGradient<T>& gradient : input_gradients) {
      if (gradient.values == nullptr) continue;
      T* to = gradient.values->data();
      if (gradient.adds) {
        for_each_element(context, output.size(), [=](std::size_t i) { to[i] += g[i]; });
      } else {
        for_each_element(context, output.size(), [=](std::size_t i) { to[i] = g[i]; });
      }
    }
  }
};

/// y = a * b, where b has a's shape or one value per channel of an image: the gates of Hu et al.
/// 2018, "Squeeze-and-excitation networks", section 3.
template <class T>
class MultiplyLayer final : public TrainableLayer<T> {
 public:
  /// `factors`: of b, per sample.
  explicit MultiplyLayer(std::size_t factors) : factors_(factors) {}

  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>*) override {
    output.resize(inputs[0].values->shape());
    const T* a = inputs[0].values->data();
    const T* b = inputs[1].values->data();
    for_each_row(context, output, [&](std::size_t sample, std::size_t at) {
      const T* factor = b + sample * factors_;
      T* y = output.data() + at;
      for (std::size_t i = 0; i < factors_; ++i) y[i] = a[at + i] * factor[i];
    });
  }

  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
                const Array<T>& output, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    const T* g = output_gradient.values->data();
    const T* a = inputs[0].values->data();
    const T* b = inputs[1].values->data();
    // One after the other: both inputs may be one value, whose gradient then takes both parts.
    if (T* to = start(context, input_gradients[0])) {
      for_each_row(context, output, [=, this](std::size_t sample, std::size_t at) {
        const T* factor = b + sample * factors_;
        for (std::size_t i = 0; i < factors_; ++i) to[at + i] += g[at + i] * factor[i];
      });
    }
    if (T* to = start(context, input_gradients[1])) {
      for_each_row(context, output, [=, this](std::size_t sample, std::size_t at) {
        T* of_sample = to + sample * factors_;
        for (std::size_t i = 0; i < factors_; ++i) of_sample[i] += g[at + i] * a[at + i];
      });
    }
  }

 private:
  /// Null: nobody needs the gradient.
  static T* start(const LayerContext<T>& context, const InputGradient<T>& gradient) {
    if (gradient.values == nullptr) return nullptr;
    zero_unless_added(context, gradient);
    return gradient.values->data();
  }
  /// body(sample, first element) for every `factors_` elements of a; a sample's by one thread.
  template <class Body>
  void for_each_row(const LayerContext<T>& context, const Array<T>& a, const Body& body) const {
    const std::size_t samples = a.shape()[0], elements = a.size() / samples;
    context.threads.parallel_for(samples, [&](int, std::size_t begin, std::size_t end) {
      for (std::size_t sample = begin; sample < end; ++sample) {
        for (std::size_t at = sample * elements; at < (sample + 1) * elements; at += factors_) {
          body(sample, at);
        }
      }
    });
  }

  std::size_t factors_;
};

template <class T>
class ReshapeLayer final : public TrainableLayer<T> {
 public:
  explicit ReshapeLayer(Shape output) : output_(std::move(output)) {}
  void forward(const LayerContext<T>&, const std::vector<LayerInput<T>>& inputs, Array<T>& output,
               RowObserver<T>*) override {
    Shape shape{inputs[0].values->shape()[0]};
    shape.insert(shape.end(), output_.begin(), output_.end());
    output.resize(std::move(shape));
    std::copy_n(inputs[0].values->data(), output.size(), output.data());
  }
  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>&,
                const Array<T>& output, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    if (input_gradients[0].values == nullptr) return;
    zero_unless_added(context, input_gradients[0]);
    const T* g = output_gradient.values->data();
    T* to = input_gradients[0].values->data();
    for_each_element(context, output.size(), [=](std::size_t i) { to[i] += g[i]; });
  }

 private:
  Shape output_;
};

template <class T>
class L2NormalizeLayer final : public TrainableLayer<T> {
 public:
  L2NormalizeLayer(const L2Normalize& spec, const Shape& input)
      : epsilon_(static_cast<T>(spec.epsilon)), features_(element_count(input)) {}

  // y = x / max(||x||, epsilon)
  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>*) override {
    output.resize(inputs[0].values->shape());
    const std::size_t batch = output.size() / features_;
    norms_.resize(batch);
    for_each_element(context, batch, [&](std::size_t row) {
      const T* x = inputs[0].values->data() + row * features_;
      T* y = output.data() + row * features_;
      T squares = 0;
      for (std::size_t i = 0; i < features_; ++i) squares += x[i] * x[i];
      norms_[row] = std::sqrt(squares);
      const T factor = T(1) / std::max(norms_[row], epsilon_);
      for (std::size_t i = 0; i < features_; ++i) y[i] = x[i] * factor;
    });
  }

  // dx = (dy - y (y . dy)) / ||x||; where the norm was below epsilon the map is a plain scaling.
  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>&,
                const Array<T>& output, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    if (input_gradients[0].values == nullptr) return;
    zero_unless_added(context, input_gradients[0]);
    for_each_element(context, norms_.size(), [&](std::size_t row) {
      const T* y = output.data() + row * features_;
      const T* g = output_gradient.values->data() + row * features_;
      T* to = input_gradients[0].values->data() + row * features_;
      T along = 0;
      if (norms_[row] > epsilon_) {
        for (std::size_t i = 0; i < features_; ++i) along += y[i] * g[i];
      }
      const T factor = T(1) / std::max(norms_[row], epsilon_);
      for (std::size_t i = 0; i < features_; ++i) to[i] += (g[i] - y[i] * along) * factor;
    });
  }

 private:
  T epsilon_;
  std::size_t features_;
  std::vector<T> norms_;
};

}  // namespace

template <class T>
auto LayerMaker<T>::operator()(const Prelu&) const -> Made {
  return std::make_unique<PreluLayer<T>>(layer.name, inputs[0]);
}
template <class T>
auto LayerMaker<T>::operator()(const Add&) const -> Made {
  return std::make_unique<AddLayer<T>>();
}
template <class T>
auto LayerMaker<T>::operator()(const Multiply&) const -> Made {
  return std::make_unique<MultiplyLayer<T>>(element_count(inputs.back()));
}
template <class T>
auto LayerMaker<T>::operator()(const Flatten&) const -> Made {
  return std::make_unique<ReshapeLayer<T>>(Shape{element_count(inputs[0])});
}
template <class T>
auto LayerMaker<T>::operator()(const Reshape& spec) const -> Made {
  return std::make_unique<ReshapeLayer<T>>(spec.shape);
}
template <class T>
auto LayerMaker<T>::operator()(const L2Normalize& spec) const -> Made {
  return std::make_unique<L2NormalizeLayer<T>>(spec, inputs[0]);
}

VISAVIS_INSTANTIATE_LAYER(Prelu)
VISAVIS_INSTANTIATE_LAYER(Add)
VISAVIS_INSTANTIATE_LAYER(Multiply)
VISAVIS_INSTANTIATE_LAYER(Flatten)
VISAVIS_INSTANTIATE_LAYER(Reshape)
VISAVIS_INSTANTIATE_LAYER(L2Normalize)

}  // namespace visavis
