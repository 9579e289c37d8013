#include "core/network/graph_builder.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

#include "core/base/error.h"

namespace visavis {

static_assert(XNN_EXTRA_BYTES <= Tensor::kPadding * sizeof(float),
              "XNNPACK reads further past the end of a tensor than Tensor pads");

Graph GraphBuilder::build() {
  xnn_subgraph* subgraph = nullptr;
  check_status(xnn_create_subgraph(static_cast<Value>(shapes_.size()), 0, &subgraph), "network");
  graph_.subgraph.reset(subgraph);
  find_uses();
  stand_ins_.resize(shapes_.size());
  std::iota(stand_ins_.begin(), stand_ins_.end(), Value{0});
  define_value(0, XNN_VALUE_FLAG_EXTERNAL_INPUT);
  std::vector<bool> merged(spec_.layers.size());
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    if (uses_[i + 1] == 0 || merged[i]) continue;
    layer_ = &spec_.layers[i];
    if (is_left_out(i)) {
      stand_ins_[i + 1] = input();
      continue;
    }
    const std::size_t clip = clip_to_merge(i);
    merged[clip] = true;
    low_ = -kInfinity;
    high_ = kInfinity;
    if (clip != i) {
      const auto limits = limits_of(spec_.layers[clip].kind)->clamp;
      low_ = limits.min;
      high_ = limits.max;
    }
    define_layer(static_cast<ValueId>(clip + 1));
  }
  return std::move(graph_);
}

void GraphBuilder::find_uses() {
  uses_.assign(shapes_.size(), 0);
  reader_.assign(shapes_.size(), 0);
  for (const ValueId id : spec_.outputs) ++uses_[id];
  for (std::size_t i = spec_.layers.size(); i-- > 0;) {
    if (uses_[i + 1] == 0) continue;
    for (const ValueId id : spec_.layers[i].inputs) {
      ++uses_[id];
      reader_[id] = i;
    }
  }
}

std::optional<xnn_unary_params> GraphBuilder::limits_of(const LayerKind& kind) {
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

bool GraphBuilder::can_clamp(const LayerKind& kind) {
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

std::size_t GraphBuilder::clip_to_merge(std::size_t i) const {
  const std::size_t reader = reader_[i + 1];
  if (uses_[i + 1] != 1 || reader <= i) return i;
  const auto limits = limits_of(spec_.layers[reader].kind);
  if (!limits || !(limits->clamp.min < limits->clamp.max)) return i;  // XNNPACK takes no point.
  return can_clamp(spec_.layers[i].kind) ? reader : i;
}

bool GraphBuilder::is_output(ValueId id) const {
  return std::find(spec_.outputs.begin(), spec_.outputs.end(), id) != spec_.outputs.end();
}

bool GraphBuilder::is_left_out(std::size_t i) const {
  return std::holds_alternative<Dropout>(spec_.layers[i].kind) &&
         !is_output(static_cast<ValueId>(i + 1));
}

void GraphBuilder::define_layer(ValueId output) {
  define_value(output, is_output(output) ? XNN_VALUE_FLAG_EXTERNAL_OUTPUT : 0);
  output_ = static_cast<Value>(output);
  if (can_clamp(layer_->kind) || limits_of(layer_->kind)) clamps_.insert(output_);
  std::visit([this](const auto& kind) { define(kind); }, layer_->kind);
}

GraphBuilder::Value GraphBuilder::define_dense(const Shape& shape, Value id, std::uint32_t flags) {
  Shape with_batch = {1};
  with_batch.insert(with_batch.end(), shape.begin(), shape.end());
  Value result = XNN_INVALID_VALUE_ID;
  check(xnn_define_tensor_value(graph(), xnn_datatype_fp32, with_batch.size(), with_batch.data(),
                                nullptr, id, flags, &result));
  return result;
}

GraphBuilder::Value GraphBuilder::constant(const Shape& shape, const float* data) {
  Value result = XNN_INVALID_VALUE_ID;
  check(xnn_define_tensor_value(graph(), xnn_datatype_fp32, shape.size(), shape.data(), data,
                                XNN_INVALID_VALUE_ID, 0, &result));
  return result;
}

GraphBuilder::Value GraphBuilder::kept_scalar(float value) {
  graph_.kept.emplace_back(Shape{1}, std::vector<float>{value});
  return constant({1}, graph_.kept.back().data());
}

std::string GraphBuilder::where() const {
  return layer_ == nullptr ? "network"
                           : "layer '" + layer_->name + "' (" + kind_name(layer_->kind) + ")";
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

Graph build_graph(const NetworkSpec& spec, const Parameters& parameters) {
  return GraphBuilder(spec, parameters).build();
}

}  // namespace visavis
