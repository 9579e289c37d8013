#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/network/tensor.h"

namespace visavis {

/// Where the output channel of an element of a filter is found: first dimension of
/// [out, kh, kw, in] and [out, in], last of a depthwise [kh, kw, channels].
struct FilterChannels {
  explicit FilterChannels(const Shape& shape)
      : count(shape.size() == 3 ? shape.back() : shape.front()),
        stride(shape.size() == 3 ? 1 : element_count(shape) / count) {}
  std::size_t operator()(std::size_t element) const { return element / stride % count; }
  std::size_t count;
  std::size_t stride;
};

/// A filter in int8, symmetric, per output channel: weight = scale * level, level -127..127.
struct Int8Filter {
  std::vector<float> scales;  ///< One per channel; 0 only where the whole channel is 0.
  std::vector<std::int8_t> levels;
};

/// Scales that hold each channel's largest weight, or `least_scales` (none, or one per channel)
/// where those are larger.
Int8Filter quantize_filter(const Tensor& filter, std::span<const float> least_scales = {});

}  // namespace visavis
