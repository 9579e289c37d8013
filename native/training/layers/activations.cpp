#include "native/training/layers/activations.h"

#include <algorithm>

#include "native/training/layers/channel_map.h"

namespace visavis {
namespace {

// Each activation: y of x, and dy/dx of x.

template <class T>
struct ClipFunction {
  T min, max;
  T value(T x) const { return std::min(std::max(x, min), max); }
  T slope(T x) const { return x > min && x < max ? T(1) : T(0); }
};

template <class T>
struct LeakyReluFunction {
  T negative_slope;
  T value(T x) const { return x < T(0) ? negative_slope * x : x; }
  T slope(T x) const { return x < T(0) ? negative_slope : T(1); }
};

/// x * clip(x + 3, 0, 6) / 6: 0 up to -3, x from 3 on, x (x + 3) / 6 between.
template <class T>
struct HardSwishFunction {
  T value(T x) const { return x * std::min(std::max(x + T(3), T(0)), T(6)) / T(6); }
  T slope(T x) const {
    if (x < T(-3)) return T(0);
    return x < T(3) ? (T(2) * x + T(3)) / T(6) : T(1);
  }
};

template <class T>
struct HardSigmoidFunction {
  T factor, offset;
  T value(T x) const { return std::min(std::max(factor * x + offset, T(0)), T(1)); }
  T slope(T x) const {
    const T y = factor * x + offset;
    return y > T(0) && y < T(1) ? factor : T(0);
  }
};

template <class T, class F>
class ActivationLayer final : public TrainableLayer<T> {
 public:
  explicit ActivationLayer(F function) : function_(function) {}

  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>*) override {
    output.resize(inputs[0].values->shape());
    const T* x = inputs[0].values->data();
    T* y = output.data();
    const F function = function_;
    context.threads.parallel_for(output.size(), [=](int, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) y[i] = function.value(x[i]);
    });
  }

  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
                const Array<T>& output, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    if (input_gradients[0].values == nullptr) return;
    zero_unless_added(context, input_gradients[0]);
    const T* x = inputs[0].values->data();
    const T* g = output_gradient.values->data();
    T* to = input_gradients[0].values->data();
    const F function = function_;
    context.threads.parallel_for(output.size(), [=](int, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) to[i] += g[i] * function.slope(x[i]);
    });
  }

 private:
  F function_;
};

template <class T, class F>
std::unique_ptr<TrainableLayer<T>> make_activation(F function) {
  return std::make_unique<ActivationLayer<T, F>>(function);
}

}  // namespace

template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string&, const Clip& spec,
                                                  const Shape&) {
  return make_activation<T>(ClipFunction<T>{static_cast<T>(spec.min), static_cast<T>(spec.max)});
}
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string&, const LeakyRelu& spec,
                                                  const Shape&) {
  return make_activation<T>(LeakyReluFunction<T>{static_cast<T>(spec.slope)});
}
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string&, const HardSwish&,
                                                  const Shape&) {
  return make_activation<T>(HardSwishFunction<T>{});
}
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string&, const HardSigmoid& spec,
                                                  const Shape&) {
  return make_activation<T>(
      HardSigmoidFunction<T>{static_cast<T>(spec.slope), static_cast<T>(spec.offset)});
}

#define VISAVIS_INSTANTIATE_KIND(T, Kind)                                                        \
  template std::unique_ptr<TrainableLayer<T>> make_trainable<T>(const std::string&, const Kind&, \
                                                                const Shape&);
#define VISAVIS_INSTANTIATE(T)           \
  VISAVIS_INSTANTIATE_KIND(T, Clip)      \
  VISAVIS_INSTANTIATE_KIND(T, LeakyRelu) \
  VISAVIS_INSTANTIATE_KIND(T, HardSwish) \
  VISAVIS_INSTANTIATE_KIND(T, HardSigmoid)
VISAVIS_INSTANTIATE(float)
VISAVIS_INSTANTIATE(double)
#undef VISAVIS_INSTANTIATE
#undef VISAVIS_INSTANTIATE_KIND

}  // namespace visavis
