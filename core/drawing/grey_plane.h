#pragma once

#include <cstddef>
#include <vector>

namespace visavis {

/// A small picture of one channel, rows top to bottom; width * height values, 0..1 unless a
/// function says otherwise.
struct GreyPlane {
  int width = 0;
  int height = 0;
  std::vector<float> values;

  /// All 0.
  GreyPlane(int plane_width, int plane_height)
      : width(plane_width),
        height(plane_height),
        values(static_cast<std::size_t>(plane_width) * static_cast<std::size_t>(plane_height)) {}

  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
           static_cast<std::size_t>(x);
  }
};

/// Each value becomes the largest value (or the mean) of the square that reaches `radius` pixels to
/// each side of it, as far as the picture goes.
GreyPlane maximum_filtered(const GreyPlane& plane, int radius);
GreyPlane mean_filtered(const GreyPlane& plane, int radius);

/// A threshold that splits values into low and high ones.
struct Split {
  double threshold = 1;  ///< A value is high above it.
  double low_mean = 0;
  double high_mean = 0;
};

/// The split with the largest variance between low and high values, of 255 evenly spaced thresholds
/// (Otsu 1979). Both means are 0 where all values are equal.
Split otsu_split(const std::vector<float>& values);

/// The connected parts of the pixels above the threshold, each as the indices of its pixels. All
/// eight neighbours of a pixel count as connected.
std::vector<std::vector<std::size_t>> parts_above(const GreyPlane& plane, double threshold);

/// Bilinear; 0 outside. The first pixel's centre is (0.5, 0.5).
double sample_at(const GreyPlane& plane, double x, double y);

}  // namespace visavis
