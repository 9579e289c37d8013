#include "native/effects/outlines.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace visavis {
namespace {

Point catmull_rom(Point p0, Point p1, Point p2, Point p3, float t) {
  const auto blend = [t](float a, float b, float c, float d) {
    return 0.5F * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t +
                   (3 * b - a - 3 * c + d) * t * t * t);
  };
  return {blend(p0.x, p1.x, p2.x, p3.x), blend(p0.y, p1.y, p2.y, p3.y)};
}

}  // namespace

Outline superellipse(Point centre, float rx, float ry, float power, int corners) {
  Outline outline;
  for (int i = 0; i < corners; ++i) {
    const float angle =
        2 * std::numbers::pi_v<float> * static_cast<float>(i) / static_cast<float>(corners);
    const float c = std::cos(angle), s = std::sin(angle);
    outline.push_back({centre.x + rx * std::copysign(std::pow(std::abs(c), 2 / power), c),
                       centre.y + ry * std::copysign(std::pow(std::abs(s), 2 / power), s)});
  }
  return outline;
}

Outline capsule(Point a, Point b, float radius_a, float radius_b) {
  constexpr int kCorners = 8;  // Of each half circle.
  const float direction = std::atan2(b.y - a.y, b.x - a.x);
  Outline outline;
  const auto add_end = [&](Point centre, float radius, float start) {
    for (int i = 0; i <= kCorners; ++i) {
      const float angle = start + std::numbers::pi_v<float> * static_cast<float>(i) / kCorners;
      outline.push_back({centre.x + radius * std::cos(angle), centre.y + radius * std::sin(angle)});
    }
  };
  add_end(b, radius_b, direction - std::numbers::pi_v<float> / 2);
  add_end(a, radius_a, direction + std::numbers::pi_v<float> / 2);
  return outline;
}

Outline smooth_closed(const Outline& points, int steps) {
  Outline outline;
  const std::size_t n = points.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (int step = 0; step < steps; ++step) {
      outline.push_back(catmull_rom(points[(i + n - 1) % n], points[i], points[(i + 1) % n],
                                    points[(i + 2) % n],
                                    static_cast<float>(step) / static_cast<float>(steps)));
    }
  }
  return outline;
}

Outline smooth_open(const Outline& points, int steps) {
  Outline line;
  const std::size_t last = points.size() - 1;
  for (std::size_t i = 0; i < last; ++i) {
    for (int step = 0; step < steps; ++step) {
      line.push_back(catmull_rom(points[i == 0 ? 0 : i - 1], points[i], points[i + 1],
                                 points[std::min(i + 2, last)],
                                 static_cast<float>(step) / static_cast<float>(steps)));
    }
  }
  line.push_back(points[last]);
  return line;
}

Outline stroke(const Outline& line, float width) {
  Outline outline = line;
  Outline back;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const Point before = line[i == 0 ? 0 : i - 1];
    const Point after = line[std::min(i + 1, line.size() - 1)];
    const Point along = after - before;
    const float length = std::max(length_of(along), 1e-6F);
    const Point side = {-along.y / length * width / 2, along.x / length * width / 2};
    outline[i] = line[i] - side;
    back.push_back(line[i] + side);
  }
  outline.insert(outline.end(), back.rbegin(), back.rend());
  return outline;
}

Outline mirrored(const Outline& outline) {
  Outline result;
  for (auto p = outline.rbegin(); p != outline.rend(); ++p) result.push_back({-p->x, p->y});
  return result;
}

}  // namespace visavis
