#pragma once

#include <cstdint>
#include <span>

#include "core/image/image.h"

namespace visavis {

/// EXIF orientation, 1..8 (EXIF 2.3, tag 0x0112): how the stored rows and columns lie in the
/// upright picture. 1 means upright, and is returned for a block without the tag or an invalid one.
/// `block` is an EXIF block with or without its leading "Exif\0\0".
int exif_orientation(std::span<const std::uint8_t> block);

/// The picture upright. Orientations 5 to 8 swap width and height.
Image apply_orientation(Image stored, int orientation);

}  // namespace visavis
