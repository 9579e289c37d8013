#pragma once

#include <span>

#include "core/image.h"
#include "core/model.h"
#include "core/tensor.h"

namespace visavis {

/// Luma of an RGB pixel, 0..255 (ITU-R BT.601, rounded; the weights add up to 2^14).
inline int luma(const std::uint8_t* rgb) {
  return (4899 * rgb[0] + 9617 * rgb[1] + 1868 * rgb[2] + 8192) >> 14;
}

/// Images of one size -> network input [count, height, width, channels]: (pixel - mean) * scale, on
/// RGB or, where the preprocessing has one channel, on luma. Throws kInvalidArgument without images
/// or when their sizes differ.
Tensor network_input(std::span<const Image> images, const Preprocessing& preprocessing);

/// Throws kInternal, naming the network, when an output holds NaN or infinity.
void require_finite(const Tensor& output, const std::string& network);

}  // namespace visavis
