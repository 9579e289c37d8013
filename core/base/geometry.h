#pragma once

#include <cmath>

namespace visavis {

/// Image coordinates are continuous: x to the right, y down, in pixels; the top-left pixel covers
/// [0, 1) x [0, 1), so its centre is (0.5, 0.5). Resizing an image then scales coordinates, with no
/// half-pixel corrections.
struct Point {
  float x = 0;
  float y = 0;
};

inline double distance_between(Point a, Point b) {
  const double x = static_cast<double>(b.x) - a.x, y = static_cast<double>(b.y) - a.y;
  return std::sqrt(x * x + y * y);
}

struct Box {
  float left = 0;
  float top = 0;
  float width = 0;
  float height = 0;
};

}  // namespace visavis
