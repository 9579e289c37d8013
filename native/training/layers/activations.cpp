#include <algorithm>
#include <cmath>

#include "native/training/layers/channel_map.h"
#include "native/training/layers/layer_maker.h"

namespace visavis {
namespace {

// Each activation: y of x, and d loss / dx of g = d loss / dy. Where a function has a corner, its
// gradient there is that of the right-hand side, but for relu and clip, whose limits let nothing
// through.

template <class T>
struct ReluFunction {
  T value(T x) const { return x > T(0) ? x : T(0); }
  T gradient(T, T y, T g) const { return y > T(0) ? g : T(0); }
};

template <class T>
struct SigmoidFunction {
  T value(T x) const { return T(1) / (T(1) + std::exp(-x)); }
  T gradient(T, T y, T g) const { return g * y * (T(1) - y); }
};

template <class T>
struct ClipFunction {
  T min, max;
  T value(T x) const { return std::min(std::max(x, min), max); }
  T gradient(T x, T, T g) const { return g * (x > min && x < max ? T(1) : T(0)); }
};

template <class T>
struct LeakyReluFunction {
  T negative_slope;
  T value(T x) const { return x < T(0) ? negative_slope * x : x; }
  T gradient(T x, T, T g) const { return g * (x < T(0) ? negative_slope : T(1)); }
};

/// x * clip(x + 3, 0, 6) / 6: 0 up to -3, x from 3 on, x (x + 3) / 6 between.
template <class T>
struct HardSwishFunction {
  T value(T x) const { return x * std::min(std::max(x + T(3), T(0)), T(6)) / T(6); }
  T gradient(T x, T, T g) const {
    const T middle = x < T(3) ? (T(2) * x + T(3)) / T(6) : T(1);
    return g * (x < T(-3) ? T(0) : middle);
  }
};

template <class T>
struct HardSigmoidFunction {
  T factor, offset;
  T value(T x) const { return std::min(std::max(factor * x + offset, T(0)), T(1)); }
  T gradient(T x, T, T g) const {
    const T line = factor * x + offset;
    return g * (line > T(0) && line < T(1) ? factor : T(0));
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
    const T* y = output.data();
    const T* g = output_gradient.values->data();
    T* to = input_gradients[0].values->data();
    const F function = function_;
    context.threads.parallel_for(output.size(), [=](int, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) to[i] += function.gradient(x[i], y[i], g[i]);
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
auto LayerMaker<T>::operator()(const Relu&) const -> Made {
  return make_activation<T>(ReluFunction<T>{});
}
template <class T>
auto LayerMaker<T>::operator()(const Clip& spec) const -> Made {
  return make_activation<T>(ClipFunction<T>{static_cast<T>(spec.min), static_cast<T>(spec.max)});
}
template <class T>
auto LayerMaker<T>::operator()(const LeakyRelu& spec) const -> Made {
  return make_activation<T>(LeakyReluFunction<T>{static_cast<T>(spec.slope)});
}
template <class T>
auto LayerMaker<T>::operator()(const Sigmoid&) const -> Made {
  return make_activation<T>(SigmoidFunction<T>{});
}
template <class T>
auto LayerMaker<T>::operator()(const HardSwish&) const -> Made {
  return make_activation<T>(HardSwishFunction<T>{});
}
template <class T>
auto LayerMaker<T>::operator()(const HardSigmoid& spec) const -> Made {
  return make_activation<T>(
      HardSigmoidFunction<T>{static_cast<T>(spec.slope), static_cast<T>(spec.offset)});
}

VISAVIS_INSTANTIATE_LAYER(Relu)
VISAVIS_INSTANTIATE_LAYER(Clip)
VISAVIS_INSTANTIATE_LAYER(LeakyRelu)
VISAVIS_INSTANTIATE_LAYER(Sigmoid)
VISAVIS_INSTANTIATE_LAYER(HardSwish)
VISAVIS_INSTANTIATE_LAYER(HardSigmoid)

}  // namespace visavis
