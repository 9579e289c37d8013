#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/network/layer_builder.h"

namespace visavis {

void LayerBuilder::define_int8(std::uint32_t flags) {
  int8_output_ = define_int8_value(output_shape(), static_cast<ValueId>(output_));
  network_.int8_forms[static_cast<ValueId>(output_)] = int8_output_;
  std::visit([this](const auto& kind) { define(kind); }, layer_.kind);
  if (flags == 0) {
    network_.int8_alone.insert(output_);
    return;
  }
  define_dense(network_.graph, output_shape(), output_, flags, where());
  define_unary(xnn_unary_convert, nullptr, int8_output_, output_);
}

Value LayerBuilder::define_int8_value(const Shape& shape, ValueId scaled_as) {
  Shape with_batch = {1};
  with_batch.insert(with_batch.end(), shape.begin(), shape.end());
  const ActivationScale& held = network_.scales[static_cast<std::size_t>(scaled_as)];
  Value result = XNN_INVALID_VALUE_ID;
  check(xnn_define_quantized_tensor_value(graph(), xnn_datatype_qint8, held.zero_point, held.scale,
                                          with_batch.size(), with_batch.data(), nullptr,
                                          XNN_INVALID_VALUE_ID, 0, &result));
  return result;
}

Value LayerBuilder::int8_input() {
  const ValueId id = layer_.inputs[0];
  const auto known = network_.int8_forms.find(id);
  if (known != network_.int8_forms.end()) return known->second;
  const Value rounded = define_int8_value(input_shape(), id);
  define_unary(xnn_unary_convert, nullptr, input(), rounded);
  network_.int8_forms[id] = rounded;
  return rounded;
}

Value LayerBuilder::input(std::size_t i) {
  const Value value = network_.stand_ins[layer_.inputs[i]];
  if (network_.int8_alone.erase(value) > 0) {
    define_dense(network_.graph, network_.shapes[value], value, 0, where());
    define_unary(xnn_unary_convert, nullptr, network_.int8_forms.at(static_cast<ValueId>(value)),
                 value);
  }
  return value;
}

std::vector<float> LayerBuilder::least_filter_scales() {
  constexpr float kMaxLevel = 1 << 30;
  const float input = scale_of(layer_.inputs[0]);
  // A channel with less than that adds nothing to any level of the output.
  const float least = scale_of(static_cast<ValueId>(output_)) / input / kMaxLevel;
  std::vector<float> scales(network_.shapes[output_].back(), least);
  const auto bias = network_.parameters.find(layer_.name + ".bias");
  if (bias == network_.parameters.end()) return scales;
  for (std::size_t c = 0; c < scales.size(); ++c) {
    scales[c] = std::max(scales[c], std::abs(bias->second[c]) / (kMaxLevel * input));
  }
  return scales;
}

LayerBuilder::Weights LayerBuilder::define_int8_weights(const Shape& shape,
                                                        std::size_t channel_dimension,
                                                        bool has_bias) {
  Int8Filter& filter = network_.graph.int8_filters.emplace_back(
      quantize_filter(parameter("filter"), least_filter_scales()));
  filter.levels.resize(filter.levels.size() + XNN_EXTRA_BYTES);  // Packing reads past the end.
  Weights weights;
  check(xnn_define_channelwise_quantized_tensor_value(
      graph(), xnn_datatype_qcint8, filter.scales.data(), shape.size(), channel_dimension,
      shape.data(), filter.levels.data(), XNN_INVALID_VALUE_ID, 0, &weights.filter));
  if (has_bias) weights.bias = define_int8_bias(filter.scales);
  return weights;
}

Value LayerBuilder::define_int8_bias(const std::vector<float>& filter_scales) {
  const Tensor& values = parameter("bias");
  Int32Bias& bias = network_.graph.int8_biases.emplace_back();
  for (std::size_t c = 0; c < values.size(); ++c) {
    bias.scales.push_back(filter_scales[c] * scale_of(layer_.inputs[0]));
    bias.levels.push_back(static_cast<std::int32_t>(std::nearbyint(values[c] / bias.scales[c])));
  }
  bias.levels.resize(bias.levels.size() + XNN_EXTRA_BYTES / sizeof(std::int32_t));
  Value result = XNN_INVALID_VALUE_ID;
  check(xnn_define_channelwise_quantized_tensor_value(
      graph(), xnn_datatype_qcint32, bias.scales.data(), values.shape().size(), 0,
      values.shape().data(), bias.levels.data(), XNN_INVALID_VALUE_ID, 0, &result));
  return result;
}

}  // namespace visavis
