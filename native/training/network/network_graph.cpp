#include "native/training/network/network_graph.h"

#include <variant>

#include "native/training/layers/make_trainable_layer.h"

namespace visavis {
namespace {

/// How often each value is read, the network's outputs included.
std::vector<int> count_readers(const NetworkSpec& spec) {
  std::vector<int> readers(spec.layers.size() + 1, 0);
  for (const Layer& layer : spec.layers) {
    for (const ValueId id : layer.inputs) ++readers[static_cast<std::size_t>(id)];
  }
  for (const ValueId id : spec.outputs) ++readers[static_cast<std::size_t>(id)];
  return readers;
}

/// The activation of layer i + 1 if it is a rectifier that alone reads layer i.
FusedActivation activation_behind(const NetworkSpec& spec, std::size_t i,
                                  const std::vector<int>& readers) {
  if (i + 1 >= spec.layers.size() || readers[i + 1] != 1) return FusedActivation::kNone;
  const Layer& next = spec.layers[i + 1];
  if (next.inputs[0] != static_cast<ValueId>(i + 1)) return FusedActivation::kNone;
  if (std::holds_alternative<Relu>(next.kind)) return FusedActivation::kRelu;
  if (std::holds_alternative<Prelu>(next.kind)) return FusedActivation::kPrelu;
  return FusedActivation::kNone;
}

template <class T>
GraphNode<T> make_node(const NetworkSpec& spec, std::size_t i, const std::vector<Shape>& shapes,
                       FusedActivation activation) {
  const Layer& layer = spec.layers[i];
  GraphNode<T> node;
  node.inputs = layer.inputs;
  node.output = static_cast<ValueId>(i + 1);
  node.time = {layer.name, kind_name(layer.kind), 0, 0};
  node.passes_gradient = std::holds_alternative<Add>(layer.kind);
  std::vector<Shape> inputs;
  bool has_input_gradient = false;
  for (const ValueId id : layer.inputs) {
    inputs.push_back(shapes[static_cast<std::size_t>(id)]);
    has_input_gradient |= id != 0;
  }
  if (const auto* bn = std::get_if<BatchNormalization>(&layer.kind)) {
    const bool is_fused = activation != FusedActivation::kNone;
    auto made = std::make_unique<BatchNormalizationLayer<T>>(
        layer.name, *bn, activation, is_fused ? spec.layers[i + 1].name : "", inputs[0]);
    node.normalization = made.get();
    node.layer = std::move(made);
    if (is_fused) ++node.output;
  } else {
    node.layer = make_trainable_layer<T>(layer, inputs);
  }
  node.abilities = node.layer->abilities(has_input_gradient);
  return node;
}

}  // namespace

template <class T>
NetworkGraph<T>::NetworkGraph(const NetworkSpec& spec) : values(spec.layers.size() + 1) {
  const std::vector<Shape> shapes = infer_shapes(spec);
  const std::vector<int> readers = count_readers(spec);
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const FusedActivation activation =
        std::holds_alternative<BatchNormalization>(spec.layers[i].kind)
            ? activation_behind(spec, i, readers)
            : FusedActivation::kNone;
    GraphNode<T> node = make_node<T>(spec, i, shapes, activation);
    const int number = static_cast<int>(nodes.size());
    values[static_cast<std::size_t>(node.output)].producer = number;
    for (const ValueId id : node.inputs) {
      GraphValue& value = values[static_cast<std::size_t>(id)];
      if (value.first_reader < 0) value.first_reader = number;
      ++value.readers;
      value.all_read_maps &= node.abilities.reads_maps;
    }
    nodes.push_back(std::move(node));
    if (activation != FusedActivation::kNone) ++i;
  }
  for (const ValueId id : spec.outputs) {
    GraphValue& value = values[static_cast<std::size_t>(id)];
    ++value.readers;
    value.all_read_maps = false;
  }
}

template <class T>
BatchNormalizationLayer<T>* NetworkGraph<T>::normalization_of(ValueId id) const {
  const int reader = values[static_cast<std::size_t>(id)].first_reader;
  return reader < 0 ? nullptr : nodes[static_cast<std::size_t>(reader)].normalization;
}

template <class T>
bool NetworkGraph<T>::passes_gradient_map(ValueId id) const {
  const GraphValue& value = values[static_cast<std::size_t>(id)];
  return value.readers == 1 && value.producer >= 0 &&
         nodes[static_cast<std::size_t>(value.first_reader)].normalization != nullptr &&
         nodes[static_cast<std::size_t>(value.producer)].abilities.reads_gradient_maps;
}

template struct NetworkGraph<float>;
template struct NetworkGraph<double>;

}  // namespace visavis
