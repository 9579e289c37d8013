#include "native/onnx/blocks.h"

#include <algorithm>
#include <utility>

namespace visavis::onnx_graph {
namespace {

Tensor vector_of(const std::vector<float>& values) { return Tensor({values.size()}, values); }

Value with_id(const Value& value, ValueId id) {
  Value result = value;
  result.id = id;
  return result;
}

/// How a dimension of a broadcast is: of both operands, or of one.
enum class Side { kBoth, kFirst, kSecond };

struct Operands {
  Shape first, second;
};

/// The shapes of two operands without the dimensions of one element, and with neighbours joined
/// that are alike.
Operands joined_shapes(const Dims& a, const Dims& b, const std::vector<std::size_t>& order) {
  Operands shapes;
  Side last = Side::kBoth;
  for (const std::size_t d : order) {
    if (a[d] == 1 && b[d] == 1) continue;
    const Side side = a[d] == b[d] ? Side::kBoth : (b[d] == 1 ? Side::kFirst : Side::kSecond);
    if (shapes.first.empty() || side != last) {
      shapes.first.push_back(1);
      shapes.second.push_back(1);
    }
    shapes.first.back() *= static_cast<std::size_t>(a[d]);
    shapes.second.back() *= static_cast<std::size_t>(b[d]);
    last = side;
  }
  if (shapes.first.empty()) return {{1}, {1}};
  return shapes;
}

Value with_rank(const Value& value, std::size_t rank) {
  Value result = value;
  const std::size_t missing = rank - value.dims.size();
  result.dims.insert(result.dims.begin(), missing, 1);
  result.layout.insert(result.layout.begin(), missing, {});
  return result;
}

/// Add and Multiply where their plain layers do, which can be trained; else one that broadcasts.
ValueId add_arithmetic(Operation& operation, ArithmeticOperation kind, ValueId a, ValueId b) {
  const Shape& shape = operation.shape_of(a);
  const bool is_same = shape == operation.shape_of(b);
  if (kind == ArithmeticOperation::kAdd && is_same) return operation.add("add", Add{}, {a, b});
  if (kind == ArithmeticOperation::kMultiply && is_same) {
    return operation.add("multiply", Multiply{}, {a, b});
  }
  return operation.add("arithmetic", Arithmetic{kind}, {a, b});
}

/// A gate for each channel of an image, or nothing.
bool is_gate(const Operation& operation, ArithmeticOperation kind, const Value& image,
             const Operands& shapes) {
  const Shape& shape = operation.shape_of(image.id);
  return kind == ArithmeticOperation::kMultiply && shape.size() == 3 && shapes.first.size() == 2 &&
         shapes.second == Shape{1, shape.back()} && shapes.first[1] == shape.back();
}

Value arithmetic_of_ordered(Operation& operation, ArithmeticOperation kind, const Value& a,
                            const Value& b, const Dims& dims,
                            const std::vector<std::size_t>& order) {
  const Operands shapes = joined_shapes(a.dims, b.dims, order);
  if (shapes.first.size() > 5) {
    operation.unsupported("broadcasts " + to_string(a.dims) + " against " + to_string(b.dims) +
                          " in more than five dimensions");
  }
  Value result{0, dims, ordered_layout(dims, order)};
  if (is_gate(operation, kind, a, shapes) && lies_in_order(a.layout, order)) {
    const ValueId gate = operation.arranged(b, order, {shapes.second[1]});
    result.id = operation.add("multiply", Multiply{}, {a.id, gate});
    return result;
  }
  const ValueId first = operation.arranged(a, order, shapes.first);
  const ValueId second = operation.arranged(b, order, shapes.second);
  result.id = add_arithmetic(operation, kind, first, second);
  return result;
}

bool is_commutative(ArithmeticOperation kind) {
  return kind != ArithmeticOperation::kSubtract && kind != ArithmeticOperation::kDivide;
}

}  // namespace

Value elementwise(Operation& operation, const Value& value, const std::string& stem,
                  LayerKind kind) {
  return with_id(value, operation.add(stem, std::move(kind), {value.id}));
}

Value applied(Operation& operation, const Value& value, Function function) {
  return elementwise(operation, value, "function", Elementwise{function});
}

Value scaled(Operation& operation, const Value& value, float factor, float offset) {
  return affine(operation, value, {{factor}, {}}, {{offset}, {}});
}

Weights weights_for(Operation& operation, std::size_t index, Value& value) {
  Weights weights{operation.weights(index), operation.constant(index).dims};
  if (index == 1) weights.dims = second_operand_dims(operation, value.dims, weights.dims);
  const Dims dims = broadcast(operation, value.dims, weights.dims);
  if (dims != value.dims) value = expanded(operation, value, dims);
  return weights;
}

std::vector<float> table_of(Operation& operation, const Weights& weights, const Value& value) {
  auto table = periodic(weights.values, weights.dims, value.dims, value.layout);
  if (!table) {
    operation.broken(to_string(weights.dims) + " does not fit " + to_string(value.dims));
  }
  return *std::move(table);
}

ValueId with_channels(Operation& operation, const Value& value,
                      std::vector<std::vector<float>>& tables) {
  std::size_t count = 1;
  for (const std::vector<float>& table : tables) count = std::max(count, table.size());
  const Shape& shape = operation.shape_of(value.id);
  const std::size_t channels = shape.back() % count == 0 ? shape.back() : count;
  for (std::vector<float>& table : tables) {
    const std::size_t period = table.size();
    table.reserve(channels);
    while (table.size() < channels) table.push_back(table[table.size() - period]);
  }
  if (channels == shape.back()) return value.id;
  const std::size_t rows = visavis::element_count(shape) / channels;
  return operation.reshaped(value.id, rows == 1 ? Shape{channels} : Shape{rows, channels});
}

Value affine(Operation& operation, const Value& value, const Weights& scale, const Weights& shift) {
  std::vector<std::vector<float>> tables{table_of(operation, scale, value),
                                         table_of(operation, shift, value)};
  const ValueId input = with_channels(operation, value, tables);
  const std::size_t channels = tables[0].size();
  const ValueId id = operation.add("norm", BatchNormalization{0}, {input},
                                   {{"scale", vector_of(tables[0])},
                                    {"shift", vector_of(tables[1])},
                                    {"mean", Tensor({channels})},
                                    {"variance", vector_of(std::vector<float>(channels, 1))}});
  operation.note_normalised(value.id, id);
  return with_id(value, id);
}

Value arithmetic(Operation& operation, ArithmeticOperation kind, const Value& first,
                 const Value& second) {
  if (first.dims == second.dims && first.layout == second.layout) {
    const ValueId other = operation.reshaped(second.id, operation.shape_of(first.id));
    return with_id(first, add_arithmetic(operation, kind, first.id, other));
  }
  const Dims dims = broadcast(operation, first.dims, second.dims);
  Value a = with_rank(first, dims.size());
  Value b = with_rank(second, dims.size());
  if (a.dims != dims && is_commutative(kind)) std::swap(a, b);
  const auto a_order = order_of(a.layout);
  const auto b_order = order_of(b.layout);
  std::vector<std::size_t> order = natural_order(dims.size());
  if (a_order && (a.dims == dims || !b_order)) {
    order = *a_order;
  } else if (b_order) {
    order = *b_order;
  }
  return arithmetic_of_ordered(operation, kind, a, b, dims, order);
}

Value with_dims(Operation& operation, const Value& value, const Dims& dims) {
  if (const auto layout = regrouped(value.layout, dims)) return {value.id, dims, *layout};
  const auto order = natural_order(value.dims.size());
  const ValueId id = operation.arranged(value, order, {element_count(value.dims)});
  return {id, dims, row_major(dims)};
}

Value transposed(const Value& value, const std::vector<std::size_t>& permutation) {
  Value result{value.id, {}, {}};
  for (const std::size_t d : permutation) {
    result.dims.push_back(value.dims[d]);
    result.layout.push_back(value.layout[d]);
  }
  return result;
}

}  // namespace visavis::onnx_graph
