#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/network/network_spec.h"
#include "core/network/parameters.h"
#include "native/onnx/graph.h"
#include "native/onnx/layout.h"
#include "native/onnx/node_reader.h"

namespace visavis::onnx_graph {

/// A value of the network, as the ONNX graph sees it. A batch of 1 is a dimension like any other.
struct Value {
  ValueId id = 0;
  Dims dims;
  Layout layout;  ///< Of the network's value, whatever shape that has.
};

/// The network under construction.
struct Construction {
  std::string source;  ///< The file, for messages.
  std::int64_t opset = 0;
  bool is_channels_last = false;  ///< The image that the file takes.
  NetworkSpec network;
  Parameters parameters;
  std::vector<Shape> shapes;  ///< Of the network's values, by ValueId.
  std::map<std::string, Value> values;
  Constants constants;
  std::map<std::string, int> layers_of;  ///< Layers so far by the stem of their names.
  /// Values that were transposed before, by value and order.
  std::map<std::pair<ValueId, std::vector<Factor>>, ValueId> arranged;
  /// For each value that is a multiple of the input plus a constant, the nodes that compute it.
  std::map<ValueId, std::vector<std::string>> normalised;
};

/// A value as a layer sees it that works along one axis.
struct AlongAxis {
  ValueId id = 0;
  Shape shape;
  std::size_t axis = 0;            ///< Of the shape.
  std::vector<std::size_t> order;  ///< Of ONNX's dimensions.
};

/// One node of the ONNX graph on its way into the network.
class Operation : public NodeReader {
 public:
  Operation(const Node& node, Construction& construction)
      : NodeReader(node, construction.source, construction.opset, construction.constants),
        construction_(construction) {}

  [[nodiscard]] const Shape& shape_of(ValueId id) const {
    return construction_.shapes[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] const Layer* producer_of(ValueId id) const {
    return id == 0 ? nullptr : &construction_.network.layers[static_cast<std::size_t>(id) - 1];
  }
  [[nodiscard]] const Parameters& parameters() const { return construction_.parameters; }
  /// A computed input; `constant` says what it would have to be otherwise.
  [[nodiscard]] const Value& value(std::size_t index) const;
  /// Whether it is computed while running.
  [[nodiscard]] bool is_value(std::size_t index) const;

  // Shapes by value: one that shape_of() refers to would not outlive the layer that is added.
  ValueId reshaped(ValueId id, Shape shape);
  /// The elements in the order of ONNX's dimensions `order`, as `shape`. Adds a transposition only
  /// where they lie otherwise.
  ValueId arranged(const Value& value, const std::vector<std::size_t>& order, Shape shape);
  /// [1, c, h, w] as [h, w, c]; [1, c, w] as [1, w, c].
  ValueId as_image(const Value& value);
  AlongAxis along(const Value& value, std::size_t axis);

  /// Appends a layer named by `stem` and its number ("conv12") with its parameters.
  ValueId add(const std::string& stem, LayerKind kind, std::vector<ValueId> inputs,
              const std::map<std::string, Tensor>& parameters = {});
  /// Notes that `id` is a multiple of `from` plus a constant, by this node.
  void note_normalised(ValueId from, ValueId id);

  /// Binds an output of the node.
  void produce(Value value, std::size_t output = 0);
  void produce_constant(Constant constant, std::size_t output = 0);

 private:
  Construction& construction_;
};

/// A dimension, size or padding as the spec wants it. Throws through `operation` out of 0..2^20.
int to_int(const Operation& operation, std::int64_t value);

/// dims as a Shape, in `order`.
Shape shape_in_order(const Dims& dims, const std::vector<std::size_t>& order);

}  // namespace visavis::onnx_graph
