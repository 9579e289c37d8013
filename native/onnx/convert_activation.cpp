#include <cmath>
#include <limits>

#include "native/onnx/blocks.h"
#include "native/onnx/converters.h"

namespace visavis::onnx_graph {
namespace {

/// Functions of each element. Those without a layer of their own are put together from others.

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// A layer kind without fields.
template <class Kind>
void plain(Operation& operation, const char* stem) {
  operation.produce(elementwise(operation, operation.value(0), stem, Kind{}));
}

void relu(Operation& operation) { plain<Relu>(operation, "relu"); }
void sigmoid(Operation& operation) { plain<Sigmoid>(operation, "sigmoid"); }
void hard_swish(Operation& operation) { plain<HardSwish>(operation, "hardswish"); }

template <Function kFunction>
void of_function(Operation& operation) {
  operation.produce(applied(operation, operation.value(0), kFunction));
}

Value clipped(Operation& operation, const Value& value, float low, float high) {
  return elementwise(operation, value, "clip", Clip{low, high});
}
Value multiplied(Operation& operation, const Value& a, const Value& b) {
  return arithmetic(operation, ArithmeticOperation::kMultiply, a, b);
}
Value added(Operation& operation, const Value& a, const Value& b) {
  return arithmetic(operation, ArithmeticOperation::kAdd, a, b);
}

void clip(Operation& operation) {
  const float low = operation.real_or_input("min", 1, -kInfinity);
  const float high = operation.real_or_input("max", 2, kInfinity);
  if (std::isnan(low) || std::isnan(high)) operation.broken("a limit is no number");
  const Value& value = operation.value(0);
  if (low == 0 && high == kInfinity) {
    operation.produce(elementwise(operation, value, "relu", Relu{}));
  } else {  // ONNX: where min is above max, all is max.
    operation.produce(clipped(operation, value, std::min(low, high), high));
  }
}

void leaky_relu(Operation& operation) {
  const LeakyRelu kind{operation.real("alpha", 0.01F)};
  operation.produce(elementwise(operation, operation.value(0), "leakyrelu", kind));
}

void hard_sigmoid(Operation& operation) {
  const HardSigmoid kind{operation.real("alpha", 0.2F), operation.real("beta", 0.5F)};
  operation.produce(elementwise(operation, operation.value(0), "hardsigmoid", kind));
}

void prelu(Operation& operation) {
  const Value value = operation.value(0);
  const Weights slope{operation.weights(1),
                      slope_dims(operation, operation.constant(1).dims, value.dims)};
  std::vector<std::vector<float>> tables{table_of(operation, slope, value)};
  const ValueId input = with_channels(operation, value, tables);
  Value result = value;
  result.id =
      operation.add("prelu", Prelu{}, {input}, {{"slope", Tensor({tables[0].size()}, tables[0])}});
  operation.produce(result);
}

/// scale * x for x above 0, scale * alpha * (exp(x / width) - 1) below.
void exponential_unit(Operation& operation, float alpha, float width, float scale) {
  const Value value = operation.value(0);
  const Value low = clipped(operation, value, -kInfinity, 0);
  const Value inner = width == 1 ? low : scaled(operation, low, 1 / width, 0);
  const Value exponential = applied(operation, inner, Function::kExponential);
  const Value below = scaled(operation, exponential, scale * alpha, -scale * alpha);
  Value above = elementwise(operation, value, "relu", Relu{});
  if (scale != 1) above = scaled(operation, above, scale, 0);
  operation.produce(added(operation, above, below));
}

void elu(Operation& operation) { exponential_unit(operation, operation.real("alpha", 1), 1, 1); }
void celu(Operation& operation) {
  const float alpha = operation.real("alpha", 1);
  if (!(alpha > 0)) operation.unsupported("has an alpha that is not positive");
  exponential_unit(operation, alpha, alpha, 1);
}
void selu(Operation& operation) {
  exponential_unit(operation, operation.real("alpha", 1.67326319217681884765625F), 1,
                   operation.real("gamma", 1.05070102214813232421875F));
}

/// max(x, 0) + log(1 + exp(-|x|)), which does not overflow.
Value soft_plus(Operation& operation, const Value& value) {
  const Value size = applied(operation, value, Function::kAbsolute);
  const Value exponential =
      applied(operation, scaled(operation, size, -1, 0), Function::kExponential);
  const Value logarithm =
      applied(operation, scaled(operation, exponential, 1, 1), Function::kLogarithm);
  return added(operation, elementwise(operation, value, "relu", Relu{}), logarithm);
}

void softplus(Operation& operation) { operation.produce(soft_plus(operation, operation.value(0))); }

void mish(Operation& operation) {
  const Value value = operation.value(0);
  const Value gate = applied(operation, soft_plus(operation, value), Function::kTanh);
  operation.produce(multiplied(operation, value, gate));
}

/// x / (1 + |x|)
void softsign(Operation& operation) {
  const Value value = operation.value(0);
  const Value divisor = scaled(operation, applied(operation, value, Function::kAbsolute), 1, 1);
  operation.produce(arithmetic(operation, ArithmeticOperation::kDivide, value, divisor));
}

/// x where x > alpha, else 0: the sign of relu(x - alpha) is 1 or 0.
void thresholded_relu(Operation& operation) {
  const Value value = operation.value(0);
  const Value beyond = scaled(operation, value, 1, -operation.real("alpha", 1));
  const Value above = elementwise(operation, beyond, "relu", Relu{});
  const Value gate = applied(operation, above, Function::kSign);
  operation.produce(multiplied(operation, value, gate));
}

void gelu(Operation& operation) {
  const Value value = operation.value(0);
  if (operation.text("approximate", "none") != "tanh") {
    operation.produce(applied(operation, value, Function::kGelu));
    return;
  }
  constexpr float kRoot = 0.7978845608F;  // sqrt(2 / pi)
  const Value square = multiplied(operation, value, value);
  const Value factor = scaled(operation, square, kRoot * 0.044715F, kRoot);
  const Value inner = multiplied(operation, value, factor);
  const Value gate = scaled(operation, applied(operation, inner, Function::kTanh), 0.5F, 0.5F);
  operation.produce(multiplied(operation, value, gate));
}

void negative(Operation& operation) {
  operation.produce(scaled(operation, operation.value(0), -1, 0));
}

}  // namespace

const Converters& activation_converters() {
  static const Converters table{
      {"Abs", of_function<Function::kAbsolute>},
      {"Ceil", of_function<Function::kCeiling>},
      {"Celu", celu},
      {"Clip", clip},
      {"Elu", elu},
      {"Exp", of_function<Function::kExponential>},
      {"Floor", of_function<Function::kFloor>},
      {"Gelu", gelu},
      {"HardSigmoid", hard_sigmoid},
      {"HardSwish", hard_swish},
      {"LeakyRelu", leaky_relu},
      {"Log", of_function<Function::kLogarithm>},
      {"Mish", mish},
      {"Neg", negative},
      {"PRelu", prelu},
      {"Reciprocal", of_function<Function::kReciprocal>},
      {"Relu", relu},
      {"Round", of_function<Function::kRound>},
      {"Selu", selu},
      {"Sigmoid", sigmoid},
      {"Sign", of_function<Function::kSign>},
      {"Softplus", softplus},
      {"Softsign", softsign},
      {"Sqrt", of_function<Function::kSquareRoot>},
      {"Tanh", of_function<Function::kTanh>},
      {"ThresholdedRelu", thresholded_relu},
  };
  return table;
}

}  // namespace visavis::onnx_graph
