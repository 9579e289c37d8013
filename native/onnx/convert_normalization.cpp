#include <limits>
#include <vector>

#include "native/onnx/blocks.h"
#include "native/onnx/converters.h"

namespace visavis::onnx_graph {
namespace {

/// Sums over many elements, and what divides by them.

Reduction over(std::vector<std::size_t> axes) { return {std::move(axes), true, false}; }

Value squared(Operation& operation, const Value& value) {
  return arithmetic(operation, ArithmeticOperation::kMultiply, value, value);
}
Value divided(Operation& operation, const Value& a, const Value& b) {
  return arithmetic(operation, ArithmeticOperation::kDivide, a, b);
}
Value less(Operation& operation, const Value& a, const Value& b) {
  return arithmetic(operation, ArithmeticOperation::kSubtract, a, b);
}
Value sum(Operation& operation, const Value& value, const Reduction& reduction) {
  return reduce(operation, ReduceOperation::kSum, value, reduction);
}

/// log(sum(exp(x))), around the largest so that nothing overflows.
Value log_sum_exp(Operation& operation, const Value& value, const Reduction& reduction) {
  Reduction kept = reduction;
  kept.keeps_dims = true;
  const Value most = largest(operation, value, kept);
  const Value exponential =
      applied(operation, less(operation, value, most), Function::kExponential);
  const Value logarithm =
      applied(operation, sum(operation, exponential, kept), Function::kLogarithm);
  const Value result = arithmetic(operation, ArithmeticOperation::kAdd, logarithm, most);
  return reduction.keeps_dims ? result
                              : with_dims(operation, result, reduced(value.dims, reduction));
}

Value reduced_by(Operation& operation, const std::string& op, const Value& value,
                 const Reduction& reduction) {
  if (op == "ReduceMean") return reduce(operation, ReduceOperation::kMean, value, reduction);
  if (op == "ReduceSum") return sum(operation, value, reduction);
  if (op == "ReduceMax") return largest(operation, value, reduction);
  if (op == "ReduceMin") {
    const Value most = largest(operation, scaled(operation, value, -1, 0), reduction);
    return scaled(operation, most, -1, 0);
  }
  if (op == "ReduceL1") {
    return sum(operation, applied(operation, value, Function::kAbsolute), reduction);
  }
  if (op == "ReduceLogSumExp") return log_sum_exp(operation, value, reduction);
  if (op == "ReduceLogSum") {
    return applied(operation, sum(operation, value, reduction), Function::kLogarithm);
  }
  const Value squares = sum(operation, squared(operation, value), reduction);
  if (op == "ReduceSumSquare") return squares;
  return applied(operation, squares, Function::kSquareRoot);
}

void reduce_node(Operation& operation) {
  const Value value = operation.value(0);
  const Reduction reduction = reduction_of(operation, value.dims);
  operation.produce(
      reduction.is_noop ? value : reduced_by(operation, operation.node().op, value, reduction));
}

/// Of an image of any number of dimensions.
Reduction over_pixels(const Operation& operation, const Value& value) {
  if (value.dims.size() < 3) operation.unsupported("takes " + to_string(value.dims) + ", no image");
  return over(axes_from(2, value.dims.size()));
}

void global_average_pool(Operation& operation) {
  const Value value = operation.value(0);
  operation.produce(
      reduce(operation, ReduceOperation::kMean, value, over_pixels(operation, value)));
}

void global_max_pool(Operation& operation) {
  const Value value = operation.value(0);
  operation.produce(largest(operation, value, over_pixels(operation, value)));
}

void softmax(Operation& operation) {
  const Value value = operation.value(0);
  const auto [axis, to_the_last] = softmax_axes(operation, value.dims.size());
  std::vector<std::size_t> order;
  const std::vector<std::size_t> inner =
      axes_from(axis, to_the_last ? value.dims.size() : axis + 1);
  std::size_t size = 1;
  for (const std::size_t d : order_of(value.layout).value_or(natural_order(value.dims.size()))) {
    if (d < inner.front() || d > inner.back()) order.push_back(d);
  }
  for (const std::size_t d : inner) {
    order.push_back(d);
    size *= static_cast<std::size_t>(value.dims[d]);
  }
  const std::size_t rows = element_count(value.dims) / size;
  // An image keeps its shape where it can.
  const bool is_fit =
      lies_in_order(value.layout, order) && operation.shape_of(value.id).back() == size;
  const Shape shape =
      is_fit ? operation.shape_of(value.id) : (rows == 1 ? Shape{size} : Shape{rows, size});
  const ValueId input = operation.arranged(value, order, shape);
  operation.produce({operation.add("softmax", Softmax{}, {input}), value.dims,
                     ordered_layout(value.dims, order)});
}

void log_softmax(Operation& operation) {
  const Value value = operation.value(0);
  const auto [axis, to_the_last] = softmax_axes(operation, value.dims.size());
  const Reduction reduction = over(axes_from(axis, to_the_last ? value.dims.size() : axis + 1));
  operation.produce(less(operation, value, log_sum_exp(operation, value, reduction)));
}

/// Along the channels, axis 1.
Weights channel_weights(const Operation& operation, std::size_t index, const Dims& dims) {
  check_channel_values(operation, index, dims);
  Weights weights{operation.weights(index), Dims(dims.size() - 1, 1)};
  weights.dims[0] = dims[1];
  return weights;
}

void batch_normalization(Operation& operation) {
  check_batch_normalization(operation);
  const Value value = operation.value(0);
  if (value.dims.size() < 2) operation.broken("normalises " + to_string(value.dims));
  std::vector<std::vector<float>> tables;
  for (std::size_t i = 1; i <= 4; ++i) {
    tables.push_back(table_of(operation, channel_weights(operation, i, value.dims), value));
  }
  const ValueId input = with_channels(operation, value, tables);
  const float epsilon = operation.real("epsilon", 1e-5F);
  for (const float variance : tables[3]) {
    if (!(variance + epsilon > 0)) operation.broken("has a variance that is not positive");
  }
  std::map<std::string, Tensor> parameters;
  const char* names[] = {"scale", "shift", "mean", "variance"};
  for (std::size_t i = 0; i < 4; ++i) {
    parameters[names[i]] = Tensor({tables[i].size()}, tables[i]);
  }
  Value result = value;
  result.id = operation.add("norm", BatchNormalization{epsilon}, {input}, parameters);
  operation.note_normalised(value.id, result.id);
  operation.produce(result);
}

/// (x - mean) / sqrt(variance + epsilon) over the axes.
Value standardised(Operation& operation, const Value& value, const Reduction& reduction,
                   float epsilon) {
  const Value mean = reduce(operation, ReduceOperation::kMean, value, reduction);
  const Value centred = less(operation, value, mean);
  const Value variance =
      reduce(operation, ReduceOperation::kMean, squared(operation, centred), reduction);
  const Value deviation =
      applied(operation, scaled(operation, variance, 1, epsilon), Function::kSquareRoot);
  return divided(operation, centred, deviation);
}

void instance_normalization(Operation& operation) {
  const Value value = operation.value(0);
  const Value standard = standardised(operation, value, over(axes_from(2, value.dims.size())),
                                      operation.real("epsilon", 1e-5F));
  operation.produce(affine(operation, standard, channel_weights(operation, 1, value.dims),
                           channel_weights(operation, 2, value.dims)));
}

void layer_normalization(Operation& operation) {
  const Value value = operation.value(0);
  const std::size_t axis = operation.axis(operation.integer("axis", -1), value.dims.size());
  Value result = standardised(operation, value, over(axes_from(axis, value.dims.size())),
                              operation.real("epsilon", 1e-5F));
  const Weights scale{operation.weights(1), operation.constant(1).dims};
  Weights shift{{0}, {}};
  if (operation.has_input(2)) shift = {operation.weights(2), operation.constant(2).dims};
  operation.produce(affine(operation, result, scale, shift));
}

/// One row of features has a layer of its own, which can be trained; others are put together.
void lp_normalization(Operation& operation) {
  const Value value = operation.value(0);
  const std::size_t axis = operation.axis(operation.integer("axis", -1), value.dims.size());
  const std::int64_t p = operation.integer("p", 2);
  if (p != 1 && p != 2) operation.broken("p must be 1 or 2");
  if (p == 2 && value.dims[axis] == static_cast<std::int64_t>(element_count(value.dims))) {
    operation.produce(elementwise(operation, value, "normalize", L2Normalize{}));
    return;
  }
  const Value norm = reduced_by(operation, p == 1 ? "ReduceL1" : "ReduceL2", value, over({axis}));
  constexpr float kSmallest = 1e-30F;  // A row of zeros stays zeros.
  const Value divisor =
      elementwise(operation, norm, "clip", Clip{kSmallest, std::numeric_limits<float>::infinity()});
  operation.produce(divided(operation, value, divisor));
}

/// The sums over neighbouring channels are a pointwise convolution of the squares.
void local_response_normalization(Operation& operation) {
  const Value value = operation.value(0);
  const LocalResponse response = local_response(operation, value.dims);
  const auto channels = static_cast<std::size_t>(value.dims[1]);
  std::vector<float> matrix(channels * channels, 0);
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < channels; ++i) {
      if (response.reaches(c, i)) matrix[c * channels + i] = static_cast<float>(response.factor);
    }
  }
  const Value sums = along_axis(operation, squared(operation, value), 1, matrix);
  const Value base = scaled(operation, sums, 1, static_cast<float>(response.bias));
  const Value logarithm = applied(operation, base, Function::kLogarithm);
  const Value factor =
      applied(operation, scaled(operation, logarithm, static_cast<float>(-response.beta), 0),
              Function::kExponential);
  operation.produce(arithmetic(operation, ArithmeticOperation::kMultiply, value, factor));
}

}  // namespace

const Converters& normalization_converters() {
  static const Converters table{
      {"BatchNormalization", batch_normalization},
      {"GlobalAveragePool", global_average_pool},
      {"GlobalMaxPool", global_max_pool},
      {"InstanceNormalization", instance_normalization},
      {"LRN", local_response_normalization},
      {"LayerNormalization", layer_normalization},
      {"LogSoftmax", log_softmax},
      {"LpNormalization", lp_normalization},
      {"ReduceL1", reduce_node},
      {"ReduceL2", reduce_node},
      {"ReduceLogSum", reduce_node},
      {"ReduceLogSumExp", reduce_node},
      {"ReduceMax", reduce_node},
      {"ReduceMean", reduce_node},
      {"ReduceMin", reduce_node},
      {"ReduceSum", reduce_node},
      {"ReduceSumSquare", reduce_node},
      {"Softmax", softmax},
  };
  return table;
}

}  // namespace visavis::onnx_graph
