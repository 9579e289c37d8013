#include <algorithm>
#include <utility>

#include "native/onnx/converters.h"

namespace visavis::onnx_graph {
namespace {

Value with_id(const Value& value, ValueId id) {
  Value result = value;
  result.id = id;
  return result;
}

void convert_unary(Operation& operation, const char* stem, LayerKind kind) {
  const Value value = operation.value(0);
  operation.produce(with_id(value, operation.add(stem, std::move(kind), {value.id})));
}

Tensor vector_of(const std::vector<float>& values) { return Tensor({values.size()}, values); }

/// scale * x + shift per channel, written as a batch normalisation: folding (core/model.h) merges
/// it into the layer before.
void add_affine(Operation& operation, const Value& value, const std::vector<float>& scale,
                const std::vector<float>& shift) {
  const std::size_t channels = scale.size();
  const ValueId id = operation.add("norm", BatchNormalization{0}, {operation.channels_last(value)},
                                   {{"scale", vector_of(scale)},
                                    {"shift", vector_of(shift)},
                                    {"mean", Tensor({channels})},
                                    {"variance", vector_of(std::vector<float>(channels, 1))}});
  operation.produce(with_id(value, id));
}

/// The computed value and the constant of an operator with one of each, either way round.
std::pair<Value, const Constant*> value_and_constant(const Operation& operation) {
  const std::size_t constant = operation.is_constant(0) ? 0 : 1;
  return {operation.value(1 - constant), &operation.constant(constant)};
}

bool has_constant(const Operation& operation) {
  return operation.is_constant(0) || operation.is_constant(1);
}

/// Two values of one shape, in the same order of elements.
std::vector<ValueId> same_shaped(Operation& operation, const Value& a, const Value& b) {
  if (a.dims != b.dims) {
    operation.unsupported("broadcasts " + to_string(a.dims) + " against " + to_string(b.dims));
  }
  if (a.layout == b.layout && a.image == b.image) {
    return {operation.channels_last(a), operation.channels_last(b)};
  }
  return {operation.as_shaped(a), operation.as_shaped(b)};
}

/// [1, c, 1, 1] for [1, c, h, w], or [1, 1, 1, c] for [1, h, w, c].
bool is_gate_of(const Value& gate, const Value& image) {
  if (image.dims.size() != 4 || gate.dims.size() != 4 || !has_our_order(gate)) return false;
  const std::size_t axis = image.layout == Layout::kChannelsFirst ? 1 : 3;
  Dims expected{1, 1, 1, 1};
  expected[axis] = image.dims[axis];
  return gate.dims == expected;
}

}  // namespace

void convert_relu(Operation& operation) { convert_unary(operation, "relu", Relu{}); }

void convert_sigmoid(Operation& operation) { convert_unary(operation, "sigmoid", Sigmoid{}); }

void convert_prelu(Operation& operation) {
  const Value value = operation.value(0);
  const std::vector<float> slope = operation.per_channel(operation.constant(1), value);
  const ValueId id = operation.add("prelu", Prelu{}, {operation.channels_last(value)},
                                   {{"slope", vector_of(slope)}});
  operation.produce(with_id(value, id));
}

void convert_leaky_relu(Operation& operation) {
  const Value value = operation.value(0);
  const Constant alpha{{}, std::vector<float>{operation.real("alpha", 0.01F)}};
  const ValueId id = operation.add("prelu", Prelu{}, {operation.channels_last(value)},
                                   {{"slope", vector_of(operation.per_channel(alpha, value))}});
  operation.produce(with_id(value, id));
}

void convert_add(Operation& operation) {
  if (has_constant(operation)) {
    const auto [value, constant] = value_and_constant(operation);
    const std::vector<float> shift = operation.per_channel(*constant, value);
    add_affine(operation, value, std::vector<float>(shift.size(), 1), shift);
    return;
  }
  const Value a = operation.value(0);
  const Value b = operation.value(1);
  const ValueId id = operation.add("add", Add{}, same_shaped(operation, a, b));
  operation.produce(with_id(a, id));
}

void convert_subtract(Operation& operation) {
  if (!operation.is_constant(1)) operation.unsupported("subtracts no constant");
  const Value value = operation.value(0);
  std::vector<float> shift = operation.per_channel(operation.constant(1), value);
  for (float& s : shift) s = -s;
  add_affine(operation, value, std::vector<float>(shift.size(), 1), shift);
}

void convert_multiply(Operation& operation) {
  if (has_constant(operation)) {
    const auto [value, constant] = value_and_constant(operation);
    const std::vector<float> scale = operation.per_channel(*constant, value);
    add_affine(operation, value, scale, std::vector<float>(scale.size(), 0));
    return;
  }
  Value a = operation.value(0);
  Value b = operation.value(1);
  if (a.dims != b.dims && is_gate_of(a, b)) std::swap(a, b);
  if (a.dims != b.dims && is_gate_of(b, a)) {
    const ValueId image = operation.channels_last(a);
    const ValueId gate = operation.reshaped(b.id, {element_count(b.dims)});
    operation.produce(with_id(a, operation.add("multiply", Multiply{}, {image, gate})));
    return;
  }
  const ValueId id = operation.add("multiply", Multiply{}, same_shaped(operation, a, b));
  operation.produce(with_id(a, id));
}

void convert_divide(Operation& operation) {
  if (!operation.is_constant(1)) operation.unsupported("divides by no constant");
  const Value value = operation.value(0);
  std::vector<float> scale = operation.per_channel(operation.constant(1), value);
  for (float& s : scale) s = 1 / s;
  add_affine(operation, value, scale, std::vector<float>(scale.size(), 0));
}

void convert_batch_normalization(Operation& operation) {
  const Value value = operation.value(0);
  if (value.layout == Layout::kSameOrder && value.dims.size() != 2) {
    operation.unsupported("normalises " + to_string(value.dims) +
                          "; an image, channels first, or one row of features is supported");
  }
  if (operation.integer("training_mode", 0) != 0 || operation.integer("spatial", 1) != 1) {
    operation.unsupported("is not the inference form (training_mode or spatial)");
  }
  const float epsilon = operation.real("epsilon", 1e-5F);
  std::map<std::string, Tensor> parameters;
  const char* names[] = {"scale", "shift", "mean", "variance"};
  for (std::size_t i = 0; i < 4; ++i) {
    Constant constant = operation.constant(i + 1);
    // The vectors go along axis 1, while broadcasting is matched from the last.
    if (value.layout == Layout::kChannelsFirst && constant.dims.size() == 1) {
      constant.dims = {constant.dims[0], 1, 1};
    }
    parameters[names[i]] = vector_of(operation.per_channel(constant, value));
  }
  const ValueId id = operation.add("norm", BatchNormalization{epsilon},
                                   {operation.channels_last(value)}, parameters);
  operation.produce(with_id(value, id));
}

void convert_lp_normalization(Operation& operation) {
  const Value value = operation.value(0);
  const std::int64_t axis = operation.integer("axis", -1);
  if (operation.integer("p", 2) != 2 || value.dims.size() != 2 || (axis != -1 && axis != 1)) {
    operation.unsupported("is not the L2 norm of one row of features");
  }
  convert_unary(operation, "normalize", L2Normalize{});
}

}  // namespace visavis::onnx_graph
