#include <cmath>
#include <vector>

#include "native/onnx/blocks.h"
#include "native/onnx/converters.h"

namespace visavis::onnx_graph {
namespace {

/// Operators of two or more operands, computed ones and constants in any place.

const Weights kOne{{1}, {}};
const Weights kMinusOne{{-1}, {}};
const Weights kZero{{0}, {}};

/// Dims of the second operand with what an `axis` (before opset 7) stands for.
Value second_value(Operation& operation, const Value& first) {
  const Value& value = operation.value(1);
  return with_dims(operation, value, second_operand_dims(operation, first.dims, value.dims));
}

template <ArithmeticOperation kKind>
void of_two(Operation& operation) {
  const Value first = operation.value(0);
  operation.produce(arithmetic(operation, kKind, first, second_value(operation, first)));
}

/// A computed operand and a constant one.
struct MixedOperands {
  Value value;
  Weights constant;
  bool is_constant_first = false;
};

MixedOperands operands_of(Operation& operation) {
  const std::size_t constant = operation.is_value(0) ? 1 : 0;
  MixedOperands operands{operation.value(1 - constant), {}, constant == 0};
  operands.constant = weights_for(operation, constant, operands.value);
  return operands;
}

bool are_values(const Operation& operation) {
  return operation.is_value(0) && operation.is_value(1);
}

void add(Operation& operation) {
  if (are_values(operation)) return of_two<ArithmeticOperation::kAdd>(operation);
  const MixedOperands in = operands_of(operation);
  operation.produce(affine(operation, in.value, kOne, in.constant));
}

void subtract(Operation& operation) {
  if (are_values(operation)) return of_two<ArithmeticOperation::kSubtract>(operation);
  MixedOperands in = operands_of(operation);
  if (!in.is_constant_first) {
    for (float& shift : in.constant.values) shift = -shift;
  }
  const Weights& scale = in.is_constant_first ? kMinusOne : kOne;
  operation.produce(affine(operation, in.value, scale, in.constant));
}

void multiply(Operation& operation) {
  if (are_values(operation)) return of_two<ArithmeticOperation::kMultiply>(operation);
  const MixedOperands in = operands_of(operation);
  operation.produce(affine(operation, in.value, in.constant, kZero));
}

void divide(Operation& operation) {
  if (are_values(operation)) return of_two<ArithmeticOperation::kDivide>(operation);
  MixedOperands in = operands_of(operation);
  if (in.is_constant_first) {
    in.value = applied(operation, in.value, Function::kReciprocal);
  } else {
    for (float& scale : in.constant.values) scale = 1 / scale;
  }
  operation.produce(affine(operation, in.value, in.constant, kZero));
}

/// x^n for a whole n above 0, by squaring.
Value whole_power(Operation& operation, const Value& value, int n) {
  if (n == 1) return value;
  const Value half = whole_power(operation, value, n / 2);
  const Value square = arithmetic(operation, ArithmeticOperation::kMultiply, half, half);
  return n % 2 == 0 ? square : arithmetic(operation, ArithmeticOperation::kMultiply, square, value);
}

/// Exact for whole and half exponents. Others are exp(p * log(x)): for x below 0 no number, as in
/// ONNX.
Value to_the_power(Operation& operation, const Value& value, float exponent) {
  constexpr float kMaxSquarings = 16;
  if (exponent < 0) {
    return applied(operation, to_the_power(operation, value, -exponent), Function::kReciprocal);
  }
  if (exponent == 0) return scaled(operation, value, 0, 1);
  if (exponent == 0.5F) return applied(operation, value, Function::kSquareRoot);
  if (exponent == std::floor(exponent) && exponent <= kMaxSquarings) {
    return whole_power(operation, value, static_cast<int>(exponent));
  }
  const Value logarithm = applied(operation, value, Function::kLogarithm);
  return applied(operation, scaled(operation, logarithm, exponent, 0), Function::kExponential);
}

void power(Operation& operation) {
  if (!operation.is_value(0) || operation.is_value(1)) {
    operation.unsupported("raises to a power that is computed while running");
  }
  operation.produce(to_the_power(operation, operation.value(0), operation.number(1)));
}

/// max(x, c) = relu(x - c) + c, and min(x, c) = c - relu(c - x), for a constant of several values.
Value limited(Operation& operation, bool is_max, const Value& given, std::size_t constant) {
  const std::vector<float> limits = operation.numbers(constant);
  if (limits.size() == 1 && !std::isnan(limits[0])) {
    const Clip clip = is_max ? Clip{limits[0], INFINITY} : Clip{-INFINITY, limits[0]};
    const Dims dims = broadcast(operation, given.dims, operation.constant(constant).dims);
    return elementwise(operation, with_dims(operation, given, dims), "clip", clip);
  }
  Value value = given;
  const Weights limit = weights_for(operation, constant, value);
  Weights negative = limit;
  for (float& v : negative.values) v = -v;
  const Value beyond = is_max ? affine(operation, value, kOne, negative)
                              : affine(operation, value, kMinusOne, limit);
  const Value above = elementwise(operation, beyond, "relu", Relu{});
  return affine(operation, above, is_max ? kOne : kMinusOne, limit);
}

template <ArithmeticOperation kKind>
void of_many(Operation& operation) {
  std::size_t first = 0;
  while (!operation.is_value(first)) ++first;
  Value result = operation.value(first);
  for (std::size_t i = 0; i < operation.input_count(); ++i) {
    if (i == first) continue;
    if (operation.is_value(i)) {
      result = arithmetic(operation, kKind, result, operation.value(i));
    } else if (kKind == ArithmeticOperation::kAdd) {
      const Weights shift = weights_for(operation, i, result);
      result = affine(operation, result, kOne, shift);
    } else {
      result = limited(operation, kKind == ArithmeticOperation::kMaximum, result, i);
    }
  }
  if (operation.node().op == "Mean") {
    result = scaled(operation, result, 1 / static_cast<float>(operation.input_count()), 0);
  }
  operation.produce(result);
}

}  // namespace

const Converters& arithmetic_converters() {
  static const Converters table{
      {"Add", add},
      {"Div", divide},
      {"Max", of_many<ArithmeticOperation::kMaximum>},
      {"Mean", of_many<ArithmeticOperation::kAdd>},
      {"Min", of_many<ArithmeticOperation::kMinimum>},
      {"Mul", multiply},
      {"Pow", power},
      {"Sub", subtract},
      {"Sum", of_many<ArithmeticOperation::kAdd>},
  };
  return table;
}

}  // namespace visavis::onnx_graph
