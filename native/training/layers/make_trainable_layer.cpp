#include "native/training/layers/make_trainable_layer.h"

#include "core/base/error.h"
#include "native/training/layers/activations.h"
#include "native/training/layers/batch_normalization.h"
#include "native/training/layers/convolution.h"
#include "native/training/layers/depthwise_convolution.h"
#include "native/training/layers/dropout.h"
#include "native/training/layers/elementwise.h"
#include "native/training/layers/fully_connected.h"
#include "native/training/layers/pooling.h"

namespace visavis {
namespace {

[[noreturn]] void refuse_layer(const Layer& layer) {
  throw Error(ErrorCode::kUnsupported, "layer '" + layer.name + "': training a " +
                                           kind_name(layer.kind) +
                                           " layer is not supported; train a network without it");
}

}  // namespace

template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable_layer(const Layer& layer,
                                                        const std::vector<Shape>& input_shapes) {
  using Made = std::unique_ptr<TrainableLayer<T>>;
  const std::string& name = layer.name;
  const Shape& input = input_shapes.front();
  return std::visit(
      Overloaded{
          [&](const Convolution& s) -> Made { return make_trainable<T>(name, s, input); },
          [&](const DepthwiseConvolution& s) -> Made { return make_trainable<T>(name, s, input); },
          [&](const FullyConnected& s) -> Made { return make_trainable<T>(name, s, input); },
          [&](const MaxPool& s) -> Made { return make_trainable<T>(s, input); },
          [&](const AveragePool& s) -> Made { return make_trainable<T>(s, input); },
          [&](const GlobalMaxPool& s) -> Made { return make_trainable<T>(s, input); },
          [&](const GlobalAveragePool& s) -> Made { return make_trainable<T>(s, input); },
          [&](const BatchNormalization& s) -> Made { return make_trainable<T>(name, s, input); },
          [&](const Relu& s) -> Made { return make_trainable<T>(name, s, input); },
          [&](const Prelu& s) -> Made { return make_trainable<T>(name, s, input); },
          [&](const Sigmoid& s) -> Made { return make_trainable<T>(name, s, input); },
          [&](const Add& s) -> Made { return make_trainable<T>(name, s, input); },
          [&](const Multiply& s) -> Made {
            return make_trainable<T>(name, s, input_shapes.back());
          },
          [&](const ChannelPad&) -> Made { refuse_layer(layer); },
          [&](const Flatten&) -> Made { return make_trainable_reshape<T>({element_count(input)}); },
          [&](const Reshape& s) -> Made { return make_trainable_reshape<T>(s.shape); },
          [&](const Concatenate&) -> Made { refuse_layer(layer); },
          [&](const L2Normalize& s) -> Made { return make_trainable<T>(name, s, input); },
          [&](const Dropout& s) -> Made { return make_trainable<T>(s); },
          [&](const OneOf<Clip, LeakyRelu, HardSwish, HardSigmoid> auto& s) -> Made {
            return make_trainable<T>(name, s, input);
          },
          [&](const OneOf<Softmax, Elementwise, Arithmetic, Reduce, Transpose, Slice, Pad,
                          Resize> auto&) -> Made { refuse_layer(layer); },
      },
      layer.kind);
}

template std::unique_ptr<TrainableLayer<float>> make_trainable_layer<float>(
    const Layer&, const std::vector<Shape>&);
template std::unique_ptr<TrainableLayer<double>> make_trainable_layer<double>(
    const Layer&, const std::vector<Shape>&);

}  // namespace visavis
