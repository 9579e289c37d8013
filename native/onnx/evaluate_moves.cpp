#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <type_traits>
#include <utility>

#include "native/onnx/evaluators.h"
#include "native/onnx/layout.h"

namespace visavis::onnx_graph {
namespace {

/// Operators that move elements, or make constants of nothing.

Constant with_dims(Constant constant, Dims dims) {
  constant.dims = std::move(dims);
  return constant;
}

Constant constant(const NodeReader& node) {
  if (const Attribute* value = node.attribute("value")) {
    if (const auto* tensor = std::get_if<Constant>(value)) return *tensor;
  }
  if (node.attribute("value_int") != nullptr) {
    return Constant::integers({}, {node.integer("value_int", 0)});
  }
  if (node.attribute("value_ints") != nullptr) {
    return Constant::list(node.integers("value_ints", {}));
  }
  if (node.attribute("value_float") != nullptr) {
    return Constant::floats({}, {node.real("value_float", 0)});
  }
  if (node.attribute("value_floats") != nullptr) {
    std::vector<float> values = node.reals("value_floats", {});
    const auto count = static_cast<std::int64_t>(values.size());
    return Constant::floats({count}, std::move(values));
  }
  return {{}, Unreadable{ErrorCode::kUnsupported, "holds no tensor of numbers"}};
}

Constant identity(const NodeReader& node) { return node.constant(0); }

/// At inference, and with a constant ratio, it does nothing.
Constant dropout(const NodeReader& node) {
  if (node.has_input(2) && node.number(2) != 0) node.unsupported("drops values (training_mode)");
  return node.constant(0);
}

Constant reshape(const NodeReader& node) {
  const Constant& from = node.constant(0);
  return with_dims(from, reshape_target(node, from.dims));
}
Constant flatten(const NodeReader& node) {
  const Constant& from = node.constant(0);
  return with_dims(from, flatten_target(node, from.dims));
}
Constant squeeze(const NodeReader& node) {
  const Constant& from = node.constant(0);
  return with_dims(from, squeeze_target(node, from.dims));
}
Constant unsqueeze(const NodeReader& node) {
  const Constant& from = node.constant(0);
  return with_dims(from, unsqueeze_target(node, from.dims));
}

Constant transpose(const NodeReader& node) {
  const Constant& from = node.constant(0);
  const auto permutation = permutation_of(node, from.dims.size());
  return taken(from, transposed_dims(from.dims, permutation),
               transposed_indices(from.dims, permutation));
}

Constant expand(const NodeReader& node) {
  const Constant& from = node.constant(0);
  const Dims target = expand_target(node, from.dims);
  return taken(from, target, broadcast_indices(from.dims, target));
}

Constant selected(const Constant& from, const std::vector<Selection>& selections, double fill = 0) {
  return taken(from, selected_dims(from.dims, selections), selected_indices(from.dims, selections),
               fill);
}

Constant slice(const NodeReader& node) {
  const Constant& from = node.constant(0);
  return selected(from, slices_of(node, from.dims));
}
Constant tile(const NodeReader& node) {
  const Constant& from = node.constant(0);
  return selected(from, tiles_of(node, from.dims));
}
Constant pad(const NodeReader& node) {
  const Constant& from = node.constant(0);
  return selected(from, pads_of(node, from.dims), pad_value(node));
}

Constant gather(const NodeReader& node) {
  const Constant& from = node.constant(0);
  const std::size_t axis = node.axis(node.integer("axis", 0), from.dims.size());
  const Dims chosen = gathered_indices(node, from.dims[axis]);
  Constant result = selected(from, {{axis, chosen}});
  return with_dims(std::move(result), gathered_dims(node, from.dims, axis));
}

Constant concat(const NodeReader& node) {
  std::vector<Constant> parts;
  for (std::size_t i = 0; i < node.input_count(); ++i) parts.push_back(node.constant(i));
  if (parts.empty()) node.broken("joins nothing");
  return concatenated(node, parts, node.axis(node.integer("axis", 1), parts[0].dims.size()));
}

Constant constant_of_shape(const NodeReader& node) {
  const Dims& dims = node.constant_integers(0);
  if (!is_sensible(dims)) node.broken("fills " + to_string(dims) + ", no sensible size");
  Constant fill = Constant::floats({1}, {0});
  if (const Attribute* value = node.attribute("value")) {
    const auto* given = std::get_if<Constant>(value);
    if (given == nullptr || element_count(given->dims) != 1) {
      node.broken("attribute value must be one number");
    }
    fill = *given;
  }
  return taken(fill, dims, Dims(element_count(dims), 0));
}

Constant range(const NodeReader& node) {
  const Values start = values_of(node, 0);
  const Values limit = values_of(node, 1);
  const Values delta = values_of(node, 2);
  if (start.size() != 1 || limit.size() != 1 || delta.size() != 1 || delta[0] == 0) {
    node.broken("start, limit and delta must be one number each, delta not 0");
  }
  const double count = std::max(0.0, std::ceil((limit[0] - start[0]) / delta[0]));
  if (!(count <= 1 << 28)) node.broken("makes more numbers than make sense");
  Values values;
  for (double i = 0; i < count; ++i) values.push_back(start[0] + i * delta[0]);
  return made(node.constant(0).type, {static_cast<std::int64_t>(values.size())}, values);
}

/// Shape and Size of a constant.
Constant shape(const NodeReader& node) {
  return Constant::list(shape_part(node, node.constant(0).dims));
}
Constant size(const NodeReader& node) {
  return Constant::integers({}, {static_cast<std::int64_t>(element_count(node.constant(0).dims))});
}

/// Blocks of depth to space, or back; [n, c, h, w].
Constant rearranged(const NodeReader& node) {
  const Constant& from = node.constant(0);
  const BlockMove move = block_move(node, from.dims);
  return with_dims(taken(from, {}, transposed_indices(move.split, move.permutation)), move.dims);
}

/// Rows of one list after rows of the other.
template <class List>
List interleaved(const List& a, const List& b, std::size_t rows) {
  List both;
  both.reserve(a.size() + b.size());
  const auto a_row = static_cast<std::ptrdiff_t>(a.size() / rows);
  const auto b_row = static_cast<std::ptrdiff_t>(b.size() / rows);
  for (std::ptrdiff_t row = 0; row < static_cast<std::ptrdiff_t>(rows); ++row) {
    both.insert(both.end(), a.begin() + row * a_row, a.begin() + (row + 1) * a_row);
    both.insert(both.end(), b.begin() + row * b_row, b.begin() + (row + 1) * b_row);
  }
  return both;
}

}  // namespace

Constant concatenated(const NodeReader& node, const std::vector<Constant>& parts,
                      std::size_t axis) {
  Constant joined = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Constant& next = parts[i];
    Dims expected = joined.dims;
    if (next.dims.size() == expected.size()) expected[axis] = next.dims[axis];
    if (next.dims != expected || next.values.index() != joined.values.index()) {
      node.broken(to_string(next.dims) + " does not fit beside " + to_string(joined.dims));
    }
    const std::size_t rows = rows_of(joined.dims, axis, axis + 1).outer;
    std::visit(
        [&](auto& list) {
          using List = std::decay_t<decltype(list)>;
          if constexpr (!std::is_same_v<List, Unreadable>) {
            if (rows > 0) list = interleaved(list, std::get<List>(next.values), rows);
          }
        },
        joined.values);
    joined.dims[axis] += next.dims[axis];
  }
  return joined;
}

Evaluate find_move(const std::string& op) {
  static const std::map<std::string_view, Evaluate> table{
      {"Concat", concat},
      {"Constant", constant},
      {"ConstantOfShape", constant_of_shape},
      {"DepthToSpace", rearranged},
      {"Dropout", dropout},
      {"Expand", expand},
      {"Flatten", flatten},
      {"Gather", gather},
      {"Identity", identity},
      {"Pad", pad},
      {"Range", range},
      {"Reshape", reshape},
      {"Shape", shape},
      {"Size", size},
      {"Slice", slice},
      {"SpaceToDepth", rearranged},
      {"Squeeze", squeeze},
      {"Tile", tile},
      {"Transpose", transpose},
      {"Unsqueeze", unsqueeze},
  };
  const auto found = table.find(op);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace visavis::onnx_graph
