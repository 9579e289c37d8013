#pragma once

#include <cstdint>

#include "core/image/image.h"

namespace visavis {

/// Whole rows of 4 bytes a pixel.
struct PixelRows {
  int first = 0;  ///< Place of the first one among the photo's rows, from 0.
  int count = 0;
  const std::uint8_t* pixels = nullptr;
};

/// How a decoder stores opaque pixels; of their 4 bytes the fourth means nothing.
struct StoredOrder {
  int orientation = 1;         ///< EXIF's, 1 to 8.
  bool is_blue_first = false;  ///< BGRX instead of RGBX.
};

/// From 8-bit RGBA (not premultiplied), laid over white as a viewer would show it. Throws as
/// Image's constructor does.
Image image_from_rgba(const std::uint8_t* rgba, int width, int height);

/// Writes rows of 8-bit RGBA (not premultiplied) as image_from_rgba lays them. Throws
/// kInvalidArgument for rows that lie outside the image.
void write_rgba_rows(Image& image, const PixelRows& rgba);

/// Writes stored rows to where they lie in the upright image, which has the size of the turned
/// photo. Throws kInvalidArgument for rows outside the stored photo and for other orientations.
void write_stored_rows(Image& image, const PixelRows& rows, const StoredOrder& order);

}  // namespace visavis
