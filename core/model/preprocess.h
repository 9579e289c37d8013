#pragma once

#include <span>

#include "core/image/image.h"
#include "core/model/model.h"
#include "core/network/tensor.h"

namespace visavis {

/// Luma of an RGB pixel, 0..255 (ITU-R BT.601).
inline float luma(const float* rgb) { return 0.299F * rgb[0] + 0.587F * rgb[1] + 0.114F * rgb[2]; }

/// Images of one size -> network input [count, height, width, channels]: (pixel - mean) * scale, on
/// RGB or, where the preprocessing has one channel, on luma. Throws kInvalidArgument without images
/// or when their sizes differ.
Tensor network_input(std::span<const FineImage> images, const Preprocessing& preprocessing);

/// Throws kInternal, naming the network, when an output holds NaN or infinity.
void require_finite(const Tensor& output, const std::string& network);

}  // namespace visavis
