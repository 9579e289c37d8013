#include "native/training/layers/make_trainable_layer.h"

#include "core/base/error.h"
#include "native/training/layers/layer_maker.h"

namespace visavis {

template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable_layer(const Layer& layer,
                                                        const std::vector<Shape>& input_shapes) {
  const Overloaded make{
      LayerMaker<T>{layer, input_shapes},
      [&](const OneOf<ChannelPad, Concatenate, Softmax, Elementwise, Arithmetic, Reduce, Transpose,
                      Slice, Pad, Resize> auto&) -> std::unique_ptr<TrainableLayer<T>> {
        throw Error(ErrorCode::kUnsupported,
                    "layer '" + layer.name + "': training a " + kind_name(layer.kind) +
                        " layer is not supported; train a network without it");
      },
  };
  return std::visit(make, layer.kind);
}

template std::unique_ptr<TrainableLayer<float>> make_trainable_layer<float>(
    const Layer&, const std::vector<Shape>&);
template std::unique_ptr<TrainableLayer<double>> make_trainable_layer<double>(
    const Layer&, const std::vector<Shape>&);

}  // namespace visavis
