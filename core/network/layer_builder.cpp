#include "core/network/layer_builder.h"

#include <cstdint>

#include "core/base/error.h"

namespace visavis {

static_assert(XNN_EXTRA_BYTES <= Tensor::kPadding * sizeof(float),
              "XNNPACK reads further past the end of a tensor than Tensor pads");

std::optional<xnn_unary_params> limits_of(const LayerKind& kind) {
  xnn_unary_params limits{};
  if (std::holds_alternative<Relu>(kind)) {
    limits.clamp = {0.0F, kInfinity};
  } else if (const auto* clip = std::get_if<Clip>(&kind)) {
    limits.clamp = {clip->min, clip->max};
  } else {
    return std::nullopt;
  }
  return limits;
}

bool can_clamp(const LayerKind& kind) {
  return std::visit(
      Overloaded{
          [](const OneOf<Convolution, DepthwiseConvolution, FullyConnected> auto&) { return true; },
          [](const MaxPool&) { return true; },
          [](const AveragePool&) { return true; },
          [](const ParameterFree auto&) { return false; },
          [](const OneOf<BatchNormalization, Prelu> auto&) { return false; },
      },
      kind);
}

void LayerBuilder::define(std::uint32_t flags) {
  if (is_int8_) return define_int8(flags);
  define_dense(network_.graph, output_shape(), output_, flags, where());
  if (can_clamp(layer_.kind) || limits_of(layer_.kind)) network_.clamps.insert(output_);
  std::visit([this](const auto& kind) { define(kind); }, layer_.kind);
}

Value define_dense(Graph& graph, const Shape& shape, Value id, std::uint32_t flags,
                   const std::string& where) {
  Shape with_batch = {1};
  with_batch.insert(with_batch.end(), shape.begin(), shape.end());
  Value result = XNN_INVALID_VALUE_ID;
  check_status(xnn_define_tensor_value(graph.subgraph.get(), xnn_datatype_fp32, with_batch.size(),
                                       with_batch.data(), nullptr, id, flags, &result),
               where);
  return result;
}

Value LayerBuilder::constant(const Shape& shape, const float* data) {
  Value result = XNN_INVALID_VALUE_ID;
  check(xnn_define_tensor_value(graph(), xnn_datatype_fp32, shape.size(), shape.data(), data,
                                XNN_INVALID_VALUE_ID, 0, &result));
  return result;
}

LayerBuilder::Weights LayerBuilder::define_weights(const Shape& shape,
                                                   std::size_t channel_dimension, bool has_bias) {
  if (is_int8_) return define_int8_weights(shape, channel_dimension, has_bias);
  return {constant(shape, parameter("filter").data()),
          has_bias ? constant("bias") : XNN_INVALID_VALUE_ID};
}

Value LayerBuilder::kept_scalar(float value) {
  network_.graph.kept.emplace_back(Shape{1}, std::vector<float>{value});
  return constant({1}, network_.graph.kept.back().data());
}

void check_status(xnn_status status, const std::string& what) {
  switch (status) {
    case xnn_status_success:
      return;
    case xnn_status_out_of_memory:
      throw Error(ErrorCode::kOutOfMemory, what + ": not enough memory");
    case xnn_status_unsupported_parameter:
    case xnn_status_unsupported_hardware:
      throw Error(ErrorCode::kUnsupported, what + ": XNNPACK does not support it on this machine");
    default:
      throw Error(ErrorCode::kInternal,
                  what + ": XNNPACK refused it with status " + std::to_string(status));
  }
}

}  // namespace visavis
