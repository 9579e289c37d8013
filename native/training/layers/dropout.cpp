#include <cmath>

#include "native/system/random_source.h"
#include "native/training/layers/channel_map.h"
#include "native/training/layers/layer_maker.h"

namespace visavis {
namespace {

/// Srivastava et al. 2014, "Dropout", in the inverted form: in training every element is kept with
/// probability 1 - rate and divided by it, so that inference does nothing. The mask is a function
/// of one draw from LayerContext::random per batch and of the element's number: the same whatever
/// the threads.
template <class T>
class DropoutLayer final : public TrainableLayer<T> {
 public:
  explicit DropoutLayer(const Dropout& spec)
      : kept_below_(std::ldexp(1.0 - static_cast<double>(spec.rate), 32)),
        factor_(static_cast<T>(1.0 / (1.0 - static_cast<double>(spec.rate)))) {}

  void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
               Array<T>& output, RowObserver<T>*) override {
    output.resize(inputs[0].values->shape());
    is_dropping_ = context.is_training && context.random != nullptr;
    if (is_dropping_) seed_ = (*context.random)();
    const T* x = inputs[0].values->data();
    T* y = output.data();
    for_each(context, output.size(), [=](std::size_t i, T factor) { y[i] = x[i] * factor; });
  }

  void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>&,
                const Array<T>& output, const OutputGradient<T>& output_gradient,
                const std::vector<InputGradient<T>>& input_gradients) override {
    if (input_gradients[0].values == nullptr) return;
    const T* g = output_gradient.values->data();
    T* to = input_gradients[0].values->data();
    const bool adds = input_gradients[0].adds;
    for_each(context, output.size(), [=](std::size_t i, T factor) {
      to[i] = adds ? to[i] + g[i] * factor : g[i] * factor;
    });
  }

 private:
  /// body(element, what it is multiplied by)
  template <class Body>
  void for_each(const LayerContext<T>& context, std::size_t count, const Body& body) const {
    context.threads.parallel_for(count, [&](int, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) body(i, is_dropping_ ? factor_of(i) : T(1));
    });
  }
  [[nodiscard]] T factor_of(std::size_t i) const {
    return static_cast<double>(mix64(seed_ + i) >> 32U) < kept_below_ ? factor_ : T(0);
  }

  double kept_below_;  // Of 2^32.
  T factor_;
  bool is_dropping_ = false;
  std::uint64_t seed_ = 0;  // Of the last forward's mask.
};

}  // namespace

template <class T>
auto LayerMaker<T>::operator()(const Dropout& spec) const -> Made {
  return std::make_unique<DropoutLayer<T>>(spec);
}

VISAVIS_INSTANTIATE_LAYER(Dropout)

}  // namespace visavis
