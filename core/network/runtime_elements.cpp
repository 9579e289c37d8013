#include <algorithm>
#include <limits>
#include <vector>

#include "core/network/layer_builder.h"

namespace visavis {
namespace {

xnn_unary_operator unary_of(Function function) {
  switch (function) {
    case Function::kAbsolute:
      return xnn_unary_abs;
    case Function::kSquareRoot:
      return xnn_unary_square_root;
    case Function::kExponential:
      return xnn_unary_exp;
    case Function::kLogarithm:
      return xnn_unary_log;
    case Function::kTanh:
      return xnn_unary_tanh;
    case Function::kFloor:
      return xnn_unary_floor;
    case Function::kCeiling:
      return xnn_unary_ceiling;
    case Function::kRound:
      return xnn_unary_bankers_rounding;
    case Function::kGelu:
      return xnn_unary_gelu;
    case Function::kReciprocal:
    case Function::kSign:
      break;
  }
  return xnn_unary_invalid;
}

xnn_binary_operator binary_of(ArithmeticOperation operation) {
  switch (operation) {
    case ArithmeticOperation::kAdd:
      return xnn_binary_add;
    case ArithmeticOperation::kSubtract:
      return xnn_binary_subtract;
    case ArithmeticOperation::kMultiply:
      return xnn_binary_multiply;
    case ArithmeticOperation::kDivide:
      return xnn_binary_divide;
    case ArithmeticOperation::kMaximum:
      return xnn_binary_maximum;
    case ArithmeticOperation::kMinimum:
      return xnn_binary_minimum;
  }
  return xnn_binary_invalid;
}

}  // namespace

void LayerBuilder::define(const BatchNormalization&) {
  fail(ErrorCode::kInvalidArgument,
       "cannot run as it is; fold the model first (fold_batch_normalization)");
}

void LayerBuilder::define_clip(const xnn_unary_params& limits) {
  const auto [min, max] = limits.clamp;
  if (min < max && !network_.clamps.contains(input())) {
    return define_unary(xnn_unary_clamp, &limits, input(), output_);
  }
  const Value low = inner_value(output_shape());
  define_binary(xnn_binary_maximum, input(), kept_scalar(min), low);
  define_binary(xnn_binary_minimum, low, kept_scalar(max), output_);
}

void LayerBuilder::define(const LeakyRelu& leaky) {
  xnn_unary_params params{};
  params.leaky_relu.negative_slope = leaky.slope;
  define_unary(xnn_unary_leaky_relu, &params, source(), target());
}

void LayerBuilder::define(const HardSwish&) {
  define_unary(xnn_unary_hardswish, nullptr, input(), output_);
}

void LayerBuilder::define(const HardSigmoid& h) {
  const Value scaled = inner_value(input_shape());
  define_binary(xnn_binary_multiply, input(), kept_scalar(h.slope), scaled);
  const Value shifted = inner_value(input_shape());
  define_binary(xnn_binary_add, scaled, kept_scalar(h.offset), shifted);
  xnn_unary_params range{};
  range.clamp = {0.0F, 1.0F};
  define_unary(xnn_unary_clamp, &range, shifted, output_);
}

void LayerBuilder::define(const Softmax&) {
  check(xnn_define_softmax(graph(), input(), output_, 0));
}

void LayerBuilder::define(const Prelu&) {
  network_.graph.kept.push_back(parameter("slope"));
  const Tensor& slope = network_.graph.kept.back();
  define_binary(xnn_binary_prelu, input(), constant(slope.shape(), slope.data()), output_);
}

void LayerBuilder::define(const Sigmoid&) {
  define_unary(xnn_unary_sigmoid, nullptr, input(), output_);
}

void LayerBuilder::define(const Add&) {
  define_binary(xnn_binary_add, input(0), input(1), output_);
}

void LayerBuilder::define(const Multiply&) {
  Value factor = input(1);
  if (input_shape(1).size() < input_shape(0).size()) {  // Else [batch, c] would meet [w, c].
    factor = inner_value({1, 1, channels()});
    define_reshape(input(1), {1, 1, channels()}, factor);
  }
  define_binary(xnn_binary_multiply, input(0), factor, output_);
}

void LayerBuilder::define(const L2Normalize& normalize) {
  const Value squares = inner_value(input_shape());
  define_binary(xnn_binary_multiply, input(), input(), squares);

  const Shape one(input_shape().size(), 1);
  std::vector<std::size_t> axes;
  for (std::size_t axis = 1; axis <= one.size(); ++axis) axes.push_back(axis);
  const Value sum = inner_value(one);
  check(xnn_define_static_reduce(graph(), xnn_reduce_sum, axes.size(), axes.data(), squares, sum,
                                 XNN_FLAG_KEEP_DIMS));

  xnn_unary_params range{};
  range.clamp = {std::max(normalize.epsilon * normalize.epsilon, std::numeric_limits<float>::min()),
                 kInfinity};
  const Value bounded = inner_value(one);
  define_unary(xnn_unary_clamp, &range, sum, bounded);
  const Value factor = inner_value(one);
  define_unary(xnn_unary_reciprocal_square_root, nullptr, bounded, factor);
  define_binary(xnn_binary_multiply, input(), factor, output_);
}

void LayerBuilder::define(const Elementwise& e) {
  if (e.function == Function::kReciprocal) {
    return define_binary(xnn_binary_divide, kept_scalar(1), input(), output_);
  }
  if (e.function == Function::kSign) return define_sign();
  define_unary(unary_of(e.function), nullptr, input(), output_);
}

void LayerBuilder::define_sign() {
  const auto limited = [&](xnn_unary_operator rounding, float min, float max) {
    const Value whole = inner_value(input_shape());
    define_unary(rounding, nullptr, input(), whole);
    xnn_unary_params range{};
    range.clamp = {min, max};
    const Value part = inner_value(input_shape());
    define_unary(xnn_unary_clamp, &range, whole, part);
    return part;
  };
  const Value above = limited(xnn_unary_ceiling, 0, 1);
  const Value below = limited(xnn_unary_floor, -1, 0);
  define_binary(xnn_binary_add, above, below, output_);
}

void LayerBuilder::define(const Arithmetic& a) {
  define_binary(binary_of(a.operation), input(0), input(1), output_);
}

void LayerBuilder::define(const Reduce& r) {
  std::vector<std::size_t> axes;
  for (const int axis : r.axes) axes.push_back(static_cast<std::size_t>(axis) + 1);
  const auto operation = r.operation == ReduceOperation::kMean ? xnn_reduce_mean : xnn_reduce_sum;
  check(xnn_define_static_reduce(graph(), operation, axes.size(), axes.data(), input(), output_,
                                 XNN_FLAG_KEEP_DIMS));
}

void LayerBuilder::define(const Dropout&) {
  xnn_unary_params range{};
  range.clamp = {-kInfinity, kInfinity};
  define_unary(xnn_unary_clamp, &range, input(), output_);
}

}  // namespace visavis
