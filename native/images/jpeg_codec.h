#pragma once

#include <cstdint>
#include <vector>

#include "core/image/image.h"

namespace visavis {

/// `image` as a JPEG of quality 1..100, its colours at a quarter of the samples. Throws
/// kOutOfMemory.
std::vector<std::uint8_t> encode_jpeg(const Image& image, int quality);

/// `image` encoded as a JPEG of quality 1..100 and decoded again, by the fast discrete cosine
/// transform that cameras use. Throws kOutOfMemory.
void pass_through_jpeg(Image& image, int quality);

}  // namespace visavis
