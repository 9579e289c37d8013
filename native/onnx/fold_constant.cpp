#include <algorithm>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "native/onnx/converters.h"

namespace visavis::onnx_graph {
namespace {

/// Exporters compute the target of a reshape from the shape before it, node by node. With static
/// shapes all of that is known while importing.

Constant integers(Dims values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return {{count}, std::move(values)};
}

Constant from_attributes(const Operation& operation) {
  if (const Attribute* value = operation.attribute("value")) {
    if (const auto* constant = std::get_if<Constant>(value)) return *constant;
  }
  if (operation.attribute("value_int") != nullptr) {
    return {{}, Dims{operation.integer("value_int", 0)}};
  }
  if (operation.attribute("value_ints") != nullptr) {
    return integers(operation.integers("value_ints", {}));
  }
  if (operation.attribute("value_float") != nullptr) {
    return {{}, std::vector<float>{operation.real("value_float", 0)}};
  }
  operation.unsupported("holds no tensor of numbers");
}

Constant shape(const Operation& operation) {
  if (operation.attribute("start") != nullptr || operation.attribute("end") != nullptr) {
    operation.unsupported("asks for part of a shape (start, end)");
  }
  return integers(operation.is_constant(0) ? operation.constant(0).dims : operation.value(0).dims);
}

Constant same(const Operation& operation) { return operation.constant(0); }

/// Integers stay integers and weights stay weights: other casts belong to no network that is known
/// here.
Constant cast(const Operation& operation) {
  constexpr std::int64_t kFloat = 1;
  constexpr std::int64_t kInt32 = 6;
  constexpr std::int64_t kInt64 = 7;
  const std::int64_t to = operation.integer("to", 0);
  const Constant& constant = operation.constant(0);
  if (constant.is_float() ? to != kFloat : to != kInt32 && to != kInt64) {
    operation.unsupported("changes the type of a constant");
  }
  return constant;
}

Constant constant_of_shape(const Operation& operation) {
  const Dims dims = operation.constant_integers(0);
  if (!is_sensible(dims)) operation.broken("fills " + to_string(dims) + ", no sensible size");
  const std::size_t count = element_count(dims);
  if (const Attribute* value = operation.attribute("value")) {
    const auto* fill = std::get_if<Constant>(value);
    if (fill == nullptr) operation.broken("attribute value is no tensor");
    return std::visit(
        [&](const auto& values) -> Constant {
          if (values.size() != 1) operation.broken("attribute value must be one number");
          return {dims, std::decay_t<decltype(values)>(count, values[0])};
        },
        fill->values);
  }
  return {dims, std::vector<float>(count, 0)};
}

Constant gather(const Operation& operation) {
  const Constant& from = operation.constant(0);
  if (from.dims.size() != 1 || operation.integer("axis", 0) != 0) {
    operation.unsupported("gathers from more than a list");
  }
  const auto size = from.dims[0];
  return std::visit(
      [&](const auto& values) -> Constant {
        std::decay_t<decltype(values)> gathered;
        for (std::int64_t index : operation.constant_integers(1)) {
          if (index < 0) index += size;
          if (index < 0 || index >= size) operation.broken("gathers what is not there");
          gathered.push_back(values[static_cast<std::size_t>(index)]);
        }
        return {operation.constant(1).dims, gathered};
      },
      from.values);
}

Constant slice(const Operation& operation) {
  const Constant& from = operation.constant(0);
  const Dims starts = operation.integers_or_input("starts", 1, {});
  const Dims ends = operation.integers_or_input("ends", 2, {});
  const Dims steps = operation.has_input(4) ? operation.constant_integers(4) : Dims{1};
  if (from.dims.size() != 1 || starts.size() != 1 || ends.size() != 1 || steps != Dims{1}) {
    operation.unsupported("cuts from more than a list");
  }
  const std::int64_t size = from.dims[0];
  const auto clamped = [&](std::int64_t index) {
    return std::clamp<std::int64_t>(index < 0 ? index + size : index, 0, size);
  };
  const std::int64_t start = clamped(starts[0]);
  const std::int64_t end = std::max(start, clamped(ends[0]));
  return std::visit(
      [&](const auto& values) -> Constant {
        return {{end - start},
                std::decay_t<decltype(values)>(values.begin() + start, values.begin() + end)};
      },
      from.values);
}

/// Squeeze and Unsqueeze: of a list or a scalar, which is all that shapes are made of.
Constant squeeze(const Operation& operation) {
  Constant constant = operation.constant(0);
  if (element_count(constant.dims) != 1) operation.unsupported("drops axes of a constant");
  constant.dims.clear();
  return constant;
}

Constant unsqueeze(const Operation& operation) {
  Constant constant = operation.constant(0);
  if (!constant.dims.empty()) operation.unsupported("adds axes to a constant with some");
  constant.dims = {1};
  return constant;
}

Constant concat(const Operation& operation) {
  Dims joined;
  for (std::size_t i = 0; i < operation.node().inputs.size(); ++i) {
    if (operation.constant(i).dims.size() != 1) {
      operation.unsupported("joins constants of more than one dimension");
    }
    const Dims& part = operation.constant_integers(i);
    joined.insert(joined.end(), part.begin(), part.end());
  }
  return integers(joined);
}

template <class Compute>
Constant arithmetic(const Operation& operation) {
  const Constant& a = operation.constant(0);
  const Constant& b = operation.constant(1);
  const Dims& x = operation.constant_integers(0);
  const Dims& y = operation.constant_integers(1);
  if (x.size() != y.size() && x.size() != 1 && y.size() != 1) {
    operation.unsupported("computes with constants of different sizes");
  }
  Dims result(std::max(x.size(), y.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int64_t divisor = y[y.size() == 1 ? 0 : i];
    if (divisor == 0 && std::is_same_v<Compute, std::divides<std::int64_t>>) {
      operation.broken("divides by zero");
    }
    result[i] = Compute{}(x[x.size() == 1 ? 0 : i], divisor);
  }
  return {x.size() >= y.size() ? a.dims : b.dims, result};
}

/// Weights that are stored the other way round.
Constant transpose(const Operation& operation) {
  const Constant& matrix = operation.constant(0);
  if (matrix.dims.size() != 2 || operation.integers("perm", {1, 0}) != Dims{1, 0}) {
    operation.unsupported("permutes a constant that is no matrix");
  }
  const auto rows = static_cast<std::size_t>(matrix.dims[0]);
  const auto columns = static_cast<std::size_t>(matrix.dims[1]);
  return std::visit(
      [&](const auto& values) -> Constant {
        std::decay_t<decltype(values)> transposed(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
          transposed[i % columns * rows + i / columns] = values[i];
        }
        return {{matrix.dims[1], matrix.dims[0]}, transposed};
      },
      matrix.values);
}

using Fold = Constant (*)(const Operation&);

const std::map<std::string_view, Fold>& folds() {
  static const std::map<std::string_view, Fold> table{
      {"Add", arithmetic<std::plus<std::int64_t>>},
      {"Cast", cast},
      {"Concat", concat},
      {"ConstantOfShape", constant_of_shape},
      {"Div", arithmetic<std::divides<std::int64_t>>},
      {"Gather", gather},
      {"Identity", same},
      {"Mul", arithmetic<std::multiplies<std::int64_t>>},
      {"Slice", slice},
      {"Squeeze", squeeze},
      {"Sub", arithmetic<std::minus<std::int64_t>>},
      {"Transpose", transpose},
      {"Unsqueeze", unsqueeze},
  };
  return table;
}

}  // namespace

bool fold_constant(Operation& operation) {
  const Node& node = operation.node();
  if (node.op == "Constant") {
    operation.produce_constant(from_attributes(operation));
    return true;
  }
  if (node.op == "Shape") {
    operation.produce_constant(shape(operation));
    return true;
  }
  const auto fold = folds().find(node.op);
  if (fold == folds().end() || node.inputs.empty()) return false;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (operation.has_input(i) && !operation.is_constant(i)) return false;
  }
  operation.produce_constant(fold->second(operation));
  return true;
}

}  // namespace visavis::onnx_graph
