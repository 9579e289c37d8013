#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/model.h"
#include "core/network_spec.h"
#include "native/onnx/graph.h"

namespace visavis::onnx_graph {

/// How the elements of an ONNX tensor lie in the network's value that stands for it.
enum class Layout {
  kSameOrder,      ///< ONNX's order of elements is ours: vectors, NHWC images, scores of anchors.
  kChannelsFirst,  ///< ONNX sees [1, c, h, w] where we hold [h, w, c].
  kFlattened,      ///< ONNX sees [1, c*h*w], flattened from channels first; we hold [h, w, c].
};

/// A value of the network, as the ONNX graph sees it.
struct Value {
  ValueId id = 0;
  Dims dims;  ///< With the batch, which is 1.
  Layout layout = Layout::kSameOrder;
  Dims image{};  ///< {c, h, w} where the layout is kFlattened.
};

/// The network under construction.
struct Construction {
  std::string source;  ///< The file, for messages.
  std::int64_t opset = 0;
  NetworkSpec network;
  Parameters parameters;
  std::vector<Shape> shapes;  ///< Of the network's values, by ValueId.
  std::map<std::string, Value> values;
  std::map<std::string, Constant> constants;
  std::map<std::string, int> layers_of;  ///< Layers so far by the stem of their names.
};

/// One node of the ONNX graph on its way into the network: typed access to its attributes and
/// inputs, layouts resolved, and messages that name operator, node and file. Everything throws
/// kUnsupported for what the network's layers cannot express, kInvalidArgument for a broken graph.
class Operation {
 public:
  Operation(const Node& node, Construction& construction)
      : node_(node), construction_(construction) {}

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] const Shape& shape_of(ValueId id) const {
    return construction_.shapes[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] std::int64_t opset() const { return construction_.opset; }
  [[noreturn]] void unsupported(const std::string& what) const;
  [[noreturn]] void broken(const std::string& what) const;

  [[nodiscard]] std::int64_t integer(const char* name, std::int64_t otherwise) const;
  [[nodiscard]] float real(const char* name, float otherwise) const;
  [[nodiscard]] std::string text(const char* name, const std::string& otherwise) const;
  [[nodiscard]] Dims integers(const char* name, const Dims& otherwise) const;
  [[nodiscard]] const Attribute* attribute(const char* name) const;
  /// Of an attribute in old files, of input `index` in new ones.
  [[nodiscard]] Dims integers_or_input(const char* name, std::size_t index,
                                       const Dims& otherwise) const;

  [[nodiscard]] bool has_input(std::size_t index) const;
  [[nodiscard]] bool is_constant(std::size_t index) const;
  [[nodiscard]] const Constant& constant(std::size_t index) const;
  /// Values of a float constant.
  [[nodiscard]] const std::vector<float>& weights(std::size_t index) const;
  [[nodiscard]] const Dims& constant_integers(std::size_t index) const;
  [[nodiscard]] const Value& value(std::size_t index) const;

  /// The value as [height, width, channels].
  ValueId as_image(const Value& value);
  /// The value under ONNX's dims without the batch: only where ONNX's order is ours.
  ValueId as_shaped(const Value& value);
  /// The value with what ONNX takes for channels last: an image, or its last dimension.
  ValueId channels_last(const Value& value);
  /// A constant broadcast along those channels, one entry each, in our order.
  [[nodiscard]] std::vector<float> per_channel(const Constant& constant, const Value& value) const;
  ValueId reshaped(ValueId id, const Shape& shape);

  /// Appends a layer named by `stem` and its number ("conv12") with its parameters.
  ValueId add(const std::string& stem, LayerKind kind, std::vector<ValueId> inputs,
              const std::map<std::string, Tensor>& parameters = {});
  /// Binds the node's first output. Further ones stay unknown: who reads one is told so.
  void produce(Value value);
  void produce_constant(Constant constant);

 private:
  [[nodiscard]] const std::string& input_name(std::size_t index) const;
  [[nodiscard]] std::string where() const;

  const Node& node_;
  Construction& construction_;
};

/// Whether ONNX's order of elements is ours, if need be because only one order is possible.
bool has_our_order(const Value& value);

/// ONNX's index of each element of a flattened image {c, h, w}, by our index.
std::vector<std::size_t> channels_first_indices(const Dims& image);

/// A dimension, size or padding as the spec wants it. Throws through `operation` out of 0..2^20.
int to_int(const Operation& operation, std::int64_t value);

}  // namespace visavis::onnx_graph
