
#include "native/onnx/blocks.h"
#include "native/onnx/converters.h"

namespace visavis::onnx_graph {
namespace {

/// Operators that move no element, or only rearrange them.

void identity(Operation& operation) { operation.produce(operation.value(0)); }

/// Values are float, so that float and double are exact.
void cast(Operation& operation) {
  const auto to = static_cast<ElementType>(operation.integer("to", 0));
  if (to != ElementType::kFloat && to != ElementType::kDouble) {
    operation.unsupported("turns a computed value into " + to_string(to) +
                          ", which loses part of it; export the network in float32 throughout");
  }
  operation.produce(operation.value(0));
}

void dropout(Operation& operation) {
  if (operation.has_input(2) && operation.number(2) != 0) {
    operation.unsupported("drops values (training_mode); export the network in evaluation mode");
  }
  operation.produce(operation.value(0));
}

template <Dims (*Target)(const NodeReader&, const Dims&)>
void relabel(Operation& operation) {
  const Value& value = operation.value(0);
  operation.produce(with_dims(operation, value, Target(operation, value.dims)));
}

void transpose(Operation& operation) {
  const Value& value = operation.value(0);
  operation.produce(transposed(value, permutation_of(operation, value.dims.size())));
}

void move_blocks(Operation& operation) {
  const Value value = operation.value(0);
  const BlockMove move = block_move(operation, value.dims);
  const Value split = with_dims(operation, value, move.split);
  operation.produce(with_dims(operation, transposed(split, move.permutation), move.dims));
}

}  // namespace

const Converters& shape_converters() {
  static const Converters table{
      {"Cast", cast},
      {"DepthToSpace", move_blocks},
      {"Dropout", dropout},
      {"Flatten", relabel<flatten_target>},
      {"Identity", identity},
      {"Reshape", relabel<reshape_target>},
      {"SpaceToDepth", move_blocks},
      {"Squeeze", relabel<squeeze_target>},
      {"Transpose", transpose},
      {"Unsqueeze", relabel<unsqueeze_target>},
  };
  return table;
}

}  // namespace visavis::onnx_graph
