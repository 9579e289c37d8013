#pragma once

#include <memory>
#include <vector>

#include "core/network/network_spec.h"
#include "native/training/layers/batch_normalization.h"
#include "native/training/layers/trainable_layer.h"
#include "native/training/network/layer_time.h"

namespace visavis {

/// A layer of the spec in training, or a batch normalisation with the rectifier that alone reads
/// it.
template <class T>
struct GraphNode {
  std::unique_ptr<TrainableLayer<T>> layer;
  BatchNormalizationLayer<T>* normalization = nullptr;  ///< `layer`, where it is one.
  bool passes_gradient = false;  ///< Its inputs' gradients are its output's: an addition.
  std::vector<ValueId> inputs;
  ValueId output = 0;
  LayerAbilities abilities;
  std::size_t first_parameter = 0, end_parameter = 0;  ///< In the network's parameters.
  LayerTime time;
};

/// Facts about a value that are known before the first run.
struct GraphValue {
  int producer = -1;      ///< Node; -1: the network's input.
  int first_reader = -1;  ///< Node; the last to contribute to the value's gradient. -1: nobody.
  int readers = 0;        ///< Nodes and the network's output.
  bool all_read_maps = true;
};

/// The spec as nodes that forward runs in this order and backward in reverse.
template <class T>
struct NetworkGraph {
  explicit NetworkGraph(const NetworkSpec& spec);

  std::vector<GraphNode<T>> nodes;
  std::vector<GraphValue>
      values;  ///< By ValueId. A fused normalisation's own value has no producer.

  /// The batch normalisation that reads a value first, or null.
  [[nodiscard]] BatchNormalizationLayer<T>* normalization_of(ValueId id) const;
  /// Whether d loss / d value is handed to its producer as a gradient map: the value is read by one
  /// batch normalisation and nobody else, and the producer can apply it.
  [[nodiscard]] bool passes_gradient_map(ValueId id) const;
};

extern template struct NetworkGraph<float>;
extern template struct NetworkGraph<double>;

}  // namespace visavis
