#include "native/onnx/evaluate.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "core/base/half.h"
#include "native/onnx/evaluators.h"
#include "native/onnx/layout.h"

namespace visavis::onnx_graph {
namespace {

Evaluate find(const std::string& op) {
  for (const auto finder : {find_move, find_elementwise, find_reduction, find_window}) {
    if (const Evaluate found = finder(op)) return found;
  }
  return nullptr;
}

std::vector<Constant> split(const NodeReader& node) {
  const Constant& from = node.constant(0);
  std::vector<Constant> parts;
  for (const Selection& part : split_of(node, from.dims)) {
    parts.push_back(
        taken(from, selected_dims(from.dims, {part}), selected_indices(from.dims, {part})));
  }
  return parts;
}

/// As a cast in C: towards zero; what does not fit is cut at the limits, which is not defined.
std::int64_t to_integer(double value, ElementType type) {
  if (type == ElementType::kBool) return value != 0 ? 1 : 0;
  constexpr auto kLimit = 9.2e18;
  if (std::isnan(value)) return 0;
  return static_cast<std::int64_t>(std::clamp(value, -kLimit, kLimit));
}

float to_float(double value, ElementType type) {
  const auto single = static_cast<float>(value);
  return type == ElementType::kFloat16 ? float_from_half(half_from_float(single)) : single;
}

}  // namespace

bool is_float(ElementType type) {
  return type == ElementType::kFloat || type == ElementType::kFloat16 ||
         type == ElementType::kBfloat16 || type == ElementType::kDouble;
}

Values values_of(const Constant& constant) {
  return std::visit(
      [](const auto& values) -> Values {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, Unreadable>) {
          return {};
        } else {
          return {values.begin(), values.end()};
        }
      },
      constant.values);
}

Values values_of(const NodeReader& node, std::size_t index) {
  return values_of(node.constant(index));
}

Constant made(ElementType type, Dims dims, const Values& values) {
  if (type == ElementType::kDouble) return {std::move(dims), values, type};
  if (is_float(type)) {
    std::vector<float> floats;
    floats.reserve(values.size());
    for (const double value : values) floats.push_back(to_float(value, type));
    return Constant::floats(std::move(dims), std::move(floats));
  }
  Dims integers;
  integers.reserve(values.size());
  for (const double value : values) integers.push_back(to_integer(value, type));
  return Constant::integers(std::move(dims), std::move(integers), type);
}

Constant taken(const Constant& from, Dims dims, const Dims& indices, double fill) {
  Constant result{std::move(dims), {}, from.type};
  std::visit(
      [&](const auto& values) {
        using List = std::decay_t<decltype(values)>;
        if constexpr (!std::is_same_v<List, Unreadable>) {
          using Element = typename List::value_type;
          List list;
          list.reserve(indices.size());
          for (const std::int64_t index : indices) {
            list.push_back(index < 0 ? static_cast<Element>(fill)
                                     : values[static_cast<std::size_t>(index)]);
          }
          result.values = std::move(list);
        }
      },
      from.values);
  return result;
}

Dims selected_dims(Dims dims, const std::vector<Selection>& selections) {
  for (const Selection& selection : selections) {
    dims[selection.axis] = static_cast<std::int64_t>(selection.source.size());
  }
  return dims;
}

Dims selected_indices(const Dims& dims, const std::vector<Selection>& selections) {
  Dims indices{0};
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const auto chosen =
        std::find_if(selections.begin(), selections.end(),
                     [&](const Selection& selection) { return selection.axis == axis; });
    Dims next;
    for (const std::int64_t index : indices) {
      const auto append = [&](std::int64_t i) {
        next.push_back(index < 0 || i < 0 ? -1 : index * dims[axis] + i);
      };
      if (chosen == selections.end()) {
        for (std::int64_t i = 0; i < dims[axis]; ++i) append(i);
      } else {
        for (const std::int64_t i : chosen->source) append(i);
      }
    }
    indices = std::move(next);
  }
  return indices;
}

Dims broadcast_indices(const Dims& from, const Dims& to) {
  const std::size_t missing = to.size() - from.size();
  Dims indices{0};
  for (std::size_t axis = 0; axis < to.size(); ++axis) {
    const std::int64_t size = axis < missing ? 1 : from[axis - missing];
    Dims next;
    next.reserve(indices.size() * static_cast<std::size_t>(to[axis]));
    for (const std::int64_t index : indices) {
      for (std::int64_t i = 0; i < to[axis]; ++i)
        next.push_back(index * size + (size == 1 ? 0 : i));
    }
    indices = std::move(next);
  }
  return indices;
}

Dims transposed_dims(const Dims& dims, const std::vector<std::size_t>& permutation) {
  Dims result;
  for (const std::size_t axis : permutation) result.push_back(dims[axis]);
  return result;
}

Dims transposed_indices(const Dims& dims, const std::vector<std::size_t>& permutation) {
  Dims strides(dims.size());
  std::int64_t stride = 1;
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= dims[axis];
  }
  Dims indices{0};
  for (const std::size_t axis : permutation) {
    Dims next;
    next.reserve(indices.size() * static_cast<std::size_t>(dims[axis]));
    for (const std::int64_t index : indices) {
      for (std::int64_t i = 0; i < dims[axis]; ++i) next.push_back(index + i * strides[axis]);
    }
    indices = std::move(next);
  }
  return indices;
}

Rows rows_of(const Dims& dims, std::size_t first_axis, std::size_t end_axis) {
  Rows rows;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    std::size_t& part = axis < first_axis ? rows.outer : (axis < end_axis ? rows.size : rows.inner);
    part *= static_cast<std::size_t>(dims[axis]);
  }
  return rows;
}

bool can_evaluate(const std::string& op) { return op == "Split" || find(op) != nullptr; }

std::vector<Constant> evaluate(const NodeReader& node) {
  if (node.node().op == "Split") return split(node);
  const Evaluate found = find(node.node().op);
  if (found == nullptr) node.unsupported("is not supported");
  std::vector<Constant> results;
  results.push_back(found(node));
  return results;
}

}  // namespace visavis::onnx_graph
