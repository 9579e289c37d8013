#include <cmath>
#include <utility>

#include "core/base/error.h"
#include "core/model/model.h"

namespace visavis {
namespace {

/// A batch normalisation at inference: y = factor * x + offset per channel. In double, so that
/// folding adds no error of its own.
struct Affine {
  std::vector<double> factor;
  std::vector<double> offset;
};

Affine affine_of(const Layer& layer, const Parameters& parameters) {
  const auto& bn = std::get<BatchNormalization>(layer.kind);
  const Tensor& scale = parameters.at(layer.name + ".scale");
  const Tensor& shift = parameters.at(layer.name + ".shift");
  const Tensor& mean = parameters.at(layer.name + ".mean");
  const Tensor& variance = parameters.at(layer.name + ".variance");
  Affine affine;
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const double spread = static_cast<double>(variance[c]) + bn.epsilon;
    if (!(spread > 0)) {
      throw Error(ErrorCode::kInvalidArgument,
                  "layer '" + layer.name +
                      "' (batch normalization): variance + epsilon of channel " +
                      std::to_string(c) + " is not positive");
    }
    affine.factor.push_back(scale[c] / std::sqrt(spread));
    affine.offset.push_back(shift[c] - mean[c] * affine.factor.back());
  }
  return affine;
}

/// Whether the layer ends in a filter per output channel and an optional bias; makes it have one.
bool claim_bias(LayerKind& kind) {
  return std::visit(Overloaded{
                        [](OneOf<Convolution, DepthwiseConvolution, FullyConnected> auto& layer) {
                          layer.has_bias = true;
                          return true;
                        },
                        [](const ParameterFree auto&) { return false; },
                        [](const OneOf<BatchNormalization, Prelu> auto&) { return false; },
                    },
                    kind);
}

class Folder {
 public:
  explicit Folder(const Model& model) : source_(model.network), result_(model) {
    result_.network.layers.clear();
    result_.activation_scales.clear();
    uses_.resize(source_.layers.size() + 1);
    for (std::size_t i = 0; i < source_.layers.size(); ++i) {
      const Layer& layer = source_.layers[i];
      const bool is_dropout = std::holds_alternative<Dropout>(layer.kind);
      origins_.push_back(is_dropout ? origins_[layer.inputs[0]] : static_cast<ValueId>(i + 1));
      if (is_dropout) continue;
      for (const ValueId id : layer.inputs) ++uses_[origins_[id]];
    }
    for (const ValueId id : source_.outputs) ++uses_[origins_[id]];
    shapes_ = infer_shapes(source_);
  }

  Model fold() {
    for (Layer layer : source_.layers) {
      const ValueId input = origins_[layer.inputs[0]];
      for (ValueId& id : layer.inputs) id = renamed_[id];
      if (std::holds_alternative<Dropout>(layer.kind)) {  // Does nothing at inference.
        renamed_.push_back(layer.inputs[0]);
        continue;
      }
      const bool is_normalization = std::holds_alternative<BatchNormalization>(layer.kind);
      renamed_.push_back(is_normalization ? fold(layer, uses_[input]) : append(layer));
    }
    for (ValueId& id : result_.network.outputs) id = renamed_[id];
    return std::move(result_);
  }

 private:
  ValueId append(Layer layer) {
    result_.network.layers.push_back(std::move(layer));
    return static_cast<ValueId>(result_.network.layers.size());
  }

  /// Returns the value that now stands for the normalised one.
  ValueId fold(const Layer& layer, int uses) {
    const Affine affine = affine_of(layer, result_.parameters);
    for (const char* name : {".scale", ".shift", ".mean", ".variance"}) {
      result_.parameters.erase(layer.name + name);
    }
    const ValueId input = layer.inputs[0];
    if (uses == 1 && input > 0) {
      Layer& producer = result_.network.layers[input - 1];
      if (claim_bias(producer.kind)) {
        scale_parameters(producer, affine);
        return input;
      }
    }
    return as_depthwise(layer, affine);
  }

  void scale_parameters(const Layer& producer, const Affine& affine) {
    const std::size_t channels = affine.factor.size();
    Tensor& filter = result_.parameters.at(producer.name + ".filter");
    // The output channel is the last dimension of a depthwise filter, the first of the others.
    const bool channels_last = std::holds_alternative<DepthwiseConvolution>(producer.kind);
    const std::size_t per_channel = filter.size() / channels;
    for (std::size_t i = 0; i < filter.size(); ++i) {
      const std::size_t c = channels_last ? i % channels : i / per_channel;
      filter[i] = static_cast<float>(filter[i] * affine.factor[c]);
    }
    const auto found =
        result_.parameters.try_emplace(producer.name + ".bias", Tensor(Shape{channels})).first;
    Tensor& bias = found->second;
    for (std::size_t c = 0; c < channels; ++c) {
      bias[c] = static_cast<float>(bias[c] * affine.factor[c] + affine.offset[c]);
    }
  }

  /// Nothing to fold into: the same affine map as a 1x1 depthwise convolution, with the channels
  /// reshaped into an image and back where the value is not one.
  ValueId as_depthwise(const Layer& layer, const Affine& affine) {
    const std::size_t channels = affine.factor.size();
    Tensor filter({1, 1, channels});
    Tensor bias({channels});
    for (std::size_t c = 0; c < channels; ++c) {
      filter[c] = static_cast<float>(affine.factor[c]);
      bias[c] = static_cast<float>(affine.offset[c]);
    }
    result_.parameters[layer.name + ".filter"] = std::move(filter);
    result_.parameters[layer.name + ".bias"] = std::move(bias);

    const Shape& shape = shapes_[renamed_.size()];
    ValueId value = layer.inputs[0];
    const bool is_image = shape.size() == 3;
    if (!is_image) {
      const Shape image = {1, element_count(shape) / channels, channels};
      value = append({layer.name + ".to_image", Reshape{image}, {value}});
    }
    value = append({layer.name, DepthwiseConvolution{}, {value}});
    return is_image ? value : append({layer.name + ".from_image", Reshape{shape}, {value}});
  }

  const NetworkSpec& source_;
  Model result_;
  std::vector<Shape> shapes_;
  std::vector<ValueId> origins_ = {0};  ///< Source value to the one it is at inference.
  std::vector<int> uses_;               ///< How often each of those is read or put out.
  std::vector<ValueId> renamed_ = {0};  ///< Source value to value of the result.
};

}  // namespace

Model fold_batch_normalization(const Model& model) {
  check_parameters(model.network, model.parameters);
  return Folder(model).fold();
}

}  // namespace visavis
