#include "native/onnx/finish_network.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace visavis::onnx_graph {
namespace {

/// factor * x + offset, the same in every channel.
struct Map {
  float factor = 1;
  float offset = 0;
};

bool is_near(float a, float b) { return std::abs(a - b) <= 1e-6F * std::max(1.0F, std::abs(b)); }

class ActivationJoiner {
 public:
  ActivationJoiner(NetworkSpec& network, Parameters& parameters)
      : network_(network), parameters_(parameters) {}

  void join() {
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      join_clip(i);
      join_gate(i);
      join_product(i);
    }
  }

 private:
  Layer* producer(ValueId id) {
    return id == 0 ? nullptr : &network_.layers[static_cast<std::size_t>(id) - 1];
  }

  /// Of a normalisation that does the same to every channel.
  std::optional<Map> map_of(const Layer& layer) const {
    const auto* norm = std::get_if<BatchNormalization>(&layer.kind);
    if (norm == nullptr) return std::nullopt;
    const auto same = [&](const char* name) -> std::optional<float> {
      const Tensor& tensor = parameters_.at(layer.name + name);
      const bool is_same = std::all_of(tensor.begin(), tensor.end(),
                                       [&](float value) { return value == tensor[0]; });
      return is_same ? std::optional(tensor[0]) : std::nullopt;
    };
    const auto scale = same(".scale");
    const auto shift = same(".shift");
    const auto mean = same(".mean");
    const auto variance = same(".variance");
    if (!scale || !shift || !mean || !variance) return std::nullopt;
    const float factor = *scale / std::sqrt(*variance + norm->epsilon);
    return Map{factor, *shift - *mean * factor};
  }

  /// x where `id` is clip(x + 3, 0, 6).
  std::optional<ValueId> clipped_of(ValueId id) {
    const Layer* clip = producer(id);
    const auto* limits = clip == nullptr ? nullptr : std::get_if<Clip>(&clip->kind);
    if (limits == nullptr || limits->min != 0 || limits->max != 6) return std::nullopt;
    const Layer* shift = producer(clip->inputs[0]);
    const auto map = shift == nullptr ? std::nullopt : map_of(*shift);
    if (!map || !is_near(map->factor, 1) || !is_near(map->offset, 3)) return std::nullopt;
    return shift->inputs[0];
  }

  /// relu(x) - relu(relu(x) - c), or with x itself inside: clip(x, 0, c).
  void join_clip(std::size_t i) {
    Layer& layer = network_.layers[i];
    const auto* arithmetic = std::get_if<Arithmetic>(&layer.kind);
    const bool is_difference =
        arithmetic != nullptr && arithmetic->operation == ArithmeticOperation::kSubtract;
    if (!is_difference && !std::holds_alternative<Add>(layer.kind)) return;
    const Layer* first = relu(layer.inputs[0]);
    const Layer* beyond = is_difference ? relu(layer.inputs[1]) : negative_relu(layer.inputs[1]);
    if (first == nullptr || beyond == nullptr) return;
    const Layer* shift = producer(beyond->inputs[0]);
    const auto map = shift == nullptr ? std::nullopt : map_of(*shift);
    if (!map || map->factor != 1 || !(map->offset < 0)) return;
    if (shift->inputs[0] != layer.inputs[0] && shift->inputs[0] != first->inputs[0]) return;
    replace(layer, Clip{0, -map->offset}, first->inputs[0]);
  }

  const Layer* relu(ValueId id) {
    const Layer* layer = producer(id);
    return layer != nullptr && std::holds_alternative<Relu>(layer->kind) ? layer : nullptr;
  }

  /// The relu whose negative `id` is.
  const Layer* negative_relu(ValueId id) {
    const Layer* layer = producer(id);
    const auto map = layer == nullptr ? std::nullopt : map_of(*layer);
    return map && map->factor == -1 && map->offset == 0 ? relu(layer->inputs[0]) : nullptr;
  }

  bool is_sixth(const Layer& layer) const {
    const auto map = map_of(layer);
    return map && is_near(map->factor, 1.0F / 6) && map->offset == 0;
  }

  void replace(Layer& layer, LayerKind kind, ValueId input) {
    for (const char* name : {".scale", ".shift", ".mean", ".variance"}) {
      parameters_.erase(layer.name + name);
    }
    layer.kind = std::move(kind);
    layer.inputs = {input};
  }

  /// clip(x + 3, 0, 6) / 6
  void join_gate(std::size_t i) {
    Layer& layer = network_.layers[i];
    if (!is_sixth(layer)) return;
    if (const auto x = clipped_of(layer.inputs[0])) {
      replace(layer, HardSigmoid{}, *x);
      return;
    }
    // x * clip(x + 3, 0, 6), the sixth last.
    const Layer* product = producer(layer.inputs[0]);
    if (product == nullptr || !std::holds_alternative<Multiply>(product->kind)) return;
    for (const int gate : {0, 1}) {
      const ValueId other = product->inputs[static_cast<std::size_t>(1 - gate)];
      if (clipped_of(product->inputs[static_cast<std::size_t>(gate)]) == other) {
        replace(layer, HardSwish{}, other);
        return;
      }
    }
  }

  /// x times the gate of x.
  void join_product(std::size_t i) {
    Layer& layer = network_.layers[i];
    if (!std::holds_alternative<Multiply>(layer.kind)) return;
    for (const std::size_t gate : {std::size_t{0}, std::size_t{1}}) {
      const Layer* sigmoid = producer(layer.inputs[gate]);
      const auto* kind = sigmoid == nullptr ? nullptr : std::get_if<HardSigmoid>(&sigmoid->kind);
      if (kind == nullptr || sigmoid->inputs[0] != layer.inputs[1 - gate]) continue;
      if (!is_near(kind->slope, 1.0F / 6) || kind->offset != 0.5F) continue;
      replace(layer, HardSwish{}, layer.inputs[1 - gate]);
      return;
    }
  }

  NetworkSpec& network_;
  Parameters& parameters_;
};

}  // namespace

void join_activations(NetworkSpec& network, Parameters& parameters) {
  ActivationJoiner(network, parameters).join();
}

void drop_unused_layers(NetworkSpec& network, Parameters& parameters) {
  std::vector<bool> is_used(network.layers.size() + 1, false);
  for (const ValueId id : network.outputs) is_used[static_cast<std::size_t>(id)] = true;
  for (std::size_t i = network.layers.size(); i-- > 0;) {
    if (!is_used[i + 1]) continue;
    for (const ValueId id : network.layers[i].inputs) is_used[static_cast<std::size_t>(id)] = true;
  }
  NetworkSpec kept{network.input, {}, {}};
  Parameters kept_parameters;
  std::vector<ValueId> renamed(network.layers.size() + 1, 0);
  std::map<std::string, int> numbers;  // Layers are numbered afresh, by the stem of their names.
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    if (!is_used[i + 1]) continue;
    Layer layer = network.layers[i];
    const std::string old = layer.name + ".";
    const std::string stem = layer.name.substr(0, layer.name.find_first_of("0123456789"));
    layer.name = stem + std::to_string(++numbers[stem]);
    for (auto it = parameters.lower_bound(old);
         it != parameters.end() && it->first.starts_with(old); ++it) {
      kept_parameters[layer.name + "." + it->first.substr(old.size())] = std::move(it->second);
    }
    for (ValueId& id : layer.inputs) id = renamed[static_cast<std::size_t>(id)];
    kept.layers.push_back(std::move(layer));
    renamed[i + 1] = static_cast<ValueId>(kept.layers.size());
  }
  for (const ValueId id : network.outputs) {
    kept.outputs.push_back(renamed[static_cast<std::size_t>(id)]);
  }
  network = std::move(kept);
  parameters = std::move(kept_parameters);
}

}  // namespace visavis::onnx_graph
