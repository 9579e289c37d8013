#include "native/training/initialization/layer_pairs.h"

#include <algorithm>
#include <map>
#include <string>
#include <variant>

#include "core/base/error.h"

namespace visavis {
namespace {

constexpr const char* kGiveArchitecture = "; give the --arch that it was made with";

bool is_in_training_only(const LayerKind& kind) {
  return std::holds_alternative<BatchNormalization>(kind) || std::holds_alternative<Dropout>(kind);
}

bool normalizes_length(const LayerKind& kind) { return std::holds_alternative<L2Normalize>(kind); }

const Window* window_of(const LayerKind& kind) {
  return std::visit(
      [](const auto& layer) -> const Window* {
        if constexpr (requires { layer.window; }) {
          return &layer.window;
        } else {
          return nullptr;
        }
      },
      kind);
}

class Pairing {
 public:
  Pairing(const NetworkSpec& network, const Model& model)
      : network_(network),
        model_(model),
        shapes_(infer_shapes(network)),
        model_shapes_(infer_shapes(model.network)) {}

  std::vector<LayerPair> pair() {
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const Layer& layer = network_.layers[i];
      if (is_in_training_only(layer.kind) || normalizes_length(layer.kind)) {
        pass_over(layer);
      } else {
        add(layer, static_cast<ValueId>(i + 1));
      }
    }
    if (const Layer* more = next_of_model()) {
      refuse_model(model_, more->name, std::string("the network has ended") + kGiveArchitecture);
    }
    return std::move(pairs_);
  }

 private:
  void pass_over(const Layer& layer) {
    const ValueId input = layer.inputs.front();
    counterpart_.push_back(counterpart_[static_cast<std::size_t>(input)]);
    const auto maker = pair_of_value_.find(input);
    if (maker == pair_of_value_.end()) return;
    if (std::holds_alternative<BatchNormalization>(layer.kind)) {
      pairs_[maker->second].normalization = &layer;
    }
  }

  void add(const Layer& layer, ValueId value) {
    LayerPair pair{&layer, next_of_model(), value, static_cast<ValueId>(next_), nullptr};
    if (pair.of_model == nullptr) {
      refuse_model(model_, layer.name, std::string("the model has ended") + kGiveArchitecture);
    }
    check_kind(pair);
    check_window(pair);
    counterpart_.push_back(pair.model_value);
    pair_of_value_[value] = pairs_.size();
    pairs_.push_back(pair);
  }

  /// Null at the end.
  const Layer* next_of_model() {
    const std::vector<Layer>& layers = model_.network.layers;
    while (next_ < layers.size() && normalizes_length(layers[next_].kind)) ++next_;
    return next_ < layers.size() ? &layers[next_++] : nullptr;
  }

  void check_kind(const LayerPair& pair) const {
    std::vector<ValueId> inputs;
    for (const ValueId id : pair.layer->inputs) {
      inputs.push_back(counterpart_[static_cast<std::size_t>(id)]);
    }
    if (pair.layer->kind.index() != pair.of_model->kind.index()) {
      refuse_model(model_, pair.of_model->name,
                   "it has a " + kind_name(pair.of_model->kind) + ", the network a " +
                       kind_name(pair.layer->kind) + kGiveArchitecture);
    }
    // In any order: what takes several inputs here adds them.
    if (!std::is_permutation(inputs.begin(), inputs.end(), pair.of_model->inputs.begin(),
                             pair.of_model->inputs.end())) {
      refuse_model(model_, pair.of_model->name,
                   std::string("it reads other layers than the network") + kGiveArchitecture);
    }
  }

  void check_window(const LayerPair& pair) const {
    const Window* a = window_of(pair.layer->kind);
    const Window* b = window_of(pair.of_model->kind);
    if (a == nullptr || b == nullptr) return;
    const bool has_same_kernel =
        a->kernel_height == b->kernel_height && a->kernel_width == b->kernel_width;
    const bool has_same_stride =
        a->stride_height == b->stride_height && a->stride_width == b->stride_width;
    if ((has_same_kernel && has_same_stride) || is_global_depthwise(pair)) return;
    refuse_model(model_, pair.of_model->name,
                 std::string("kernel or stride is not the network's") + kGiveArchitecture);
  }

  [[nodiscard]] bool is_global_depthwise(const LayerPair& pair) const {
    const auto is_one_pixel = [](const Shape& shape) { return shape[0] * shape[1] == 1; };
    return std::holds_alternative<DepthwiseConvolution>(pair.layer->kind) &&
           is_one_pixel(shapes_[static_cast<std::size_t>(pair.value)]) &&
           is_one_pixel(model_shapes_[static_cast<std::size_t>(pair.model_value)]);
  }

  const NetworkSpec& network_;
  const Model& model_;
  std::vector<Shape> shapes_, model_shapes_;
  std::vector<ValueId> counterpart_{0};  ///< The model's, of each value of the network.
  std::map<ValueId, std::size_t> pair_of_value_;
  std::size_t next_ = 0;
  std::vector<LayerPair> pairs_;
};

}  // namespace

void refuse_model(const Model& model, const std::string& layer, const std::string& what) {
  throw Error(ErrorCode::kModelMismatch,
              "--init: model '" + model.name + "', layer '" + layer + "': " + what);
}

std::vector<LayerPair> pair_layers(const NetworkSpec& network, const Model& model) {
  return Pairing(network, model).pair();
}

}  // namespace visavis
