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

inline Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
inline Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
inline Point operator*(Point p, float factor) { return {p.x * factor, p.y * factor}; }
inline Point operator/(Point p, float divisor) { return {p.x / divisor, p.y / divisor}; }
inline Point middle_of(Point a, Point b) { return (a + b) / 2; }
inline float length_of(Point vector) { return std::hypot(vector.x, vector.y); }
inline float dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }
/// Signed area of the parallelogram of two vectors, above 0 where `b` lies clockwise of `a`.
inline float cross(Point a, Point b) { return a.x * b.y - a.y * b.x; }

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

inline Point centre_of(const Box& box) {
  return {box.left + box.width / 2, box.top + box.height / 2};
}

/// Whether a point lies in an image of `width` x `height` pixels.
inline bool is_inside(Point p, int width, int height) {
  return p.x >= 0 && p.y >= 0 && p.x < static_cast<float>(width) &&
         p.y < static_cast<float>(height);
}

}  // namespace visavis
