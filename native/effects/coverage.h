#pragma once

#include <vector>

#include "core/base/geometry.h"

namespace visavis {

/// How much of each pixel of a rectangle of an image a shape covers, 0..1, row by row.
struct Coverage {
  int left = 0;
  int top = 0;
  int width = 0;  ///< 0: the shape lies outside.
  int height = 0;
  std::vector<float> values;
};

/// Corners of a closed outline, in the image's pixels.
using Outline = std::vector<Point>;

/// Exact areas (anti-aliasing) by signed accumulation: each edge adds, per pixel it passes, the
/// area to its right; sums along the rows then give the winding number's area. (The scheme of
/// FreeType's and font-rs's rasterisers.) Cut at the image's edges. Overlapping parts of one
/// orientation count once, parts of the other orientation are holes.
Coverage rasterise(const std::vector<Outline>& outlines, int image_width, int image_height);

/// Blurs a coverage by three box filters, together of about this standard deviation in pixels. Its
/// rectangle grows by the blur's reach, within the image.
Coverage softened(const Coverage& coverage, double sigma, int image_width, int image_height);

}  // namespace visavis
