#include "core/network/int8_filter.h"

#include <algorithm>
#include <cmath>

namespace visavis {

Int8Filter quantize_filter(const Tensor& filter, std::span<const float> least_scales) {
  constexpr float kMaxLevel = 127;
  const FilterChannels channel_of(filter.shape());
  Int8Filter result;
  result.scales.assign(least_scales.begin(), least_scales.end());
  result.scales.resize(channel_of.count);
  for (std::size_t i = 0; i < filter.size(); ++i) {
    float& scale = result.scales[channel_of(i)];
    scale = std::max(scale, std::abs(filter[i]) / kMaxLevel);
  }
  result.levels.resize(filter.size());
  for (std::size_t i = 0; i < filter.size(); ++i) {
    const float scale = result.scales[channel_of(i)];
    const float level = scale > 0 ? std::nearbyint(filter[i] / scale) : 0.0F;
    result.levels[i] = static_cast<std::int8_t>(std::clamp(level, -kMaxLevel, kMaxLevel));
  }
  return result;
}

}  // namespace visavis
