#include "core/image/similarity_transform.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/error.h"

namespace visavis {

Point SimilarityTransform::apply(Point p) const {
  return {static_cast<float>(a * p.x - b * p.y + shift_x),
          static_cast<float>(b * p.x + a * p.y + shift_y)};
}

double SimilarityTransform::scale() const { return std::sqrt(a * a + b * b); }

SimilarityTransform SimilarityTransform::inverse() const {
  const double square = a * a + b * b;
  if (!(square > 0)) {
    throw Error(ErrorCode::kInvalidArgument, "similarity transform of scale zero has no inverse");
  }
  SimilarityTransform result{a / square, -b / square, 0, 0};
  result.shift_x = -(result.a * shift_x - result.b * shift_y);
  result.shift_y = -(result.b * shift_x + result.a * shift_y);
  return result;
}

SimilarityTransform compose(const SimilarityTransform& second, const SimilarityTransform& first) {
  return {second.a * first.a - second.b * first.b, second.b * first.a + second.a * first.b,
          second.a * first.shift_x - second.b * first.shift_y + second.shift_x,
          second.b * first.shift_x + second.a * first.shift_y + second.shift_y};
}

SimilarityTransform fit_similarity(std::span<const Point> from, std::span<const Point> to) {
  if (from.size() != to.size() || from.size() < 2) {
    throw Error(ErrorCode::kInvalidArgument,
                "similarity transform from " + std::to_string(from.size()) + " points to " +
                    std::to_string(to.size()) + ": needs two or more pairs");
  }
  const auto count = static_cast<double>(from.size());
  double from_x = 0, from_y = 0, to_x = 0, to_y = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    from_x += from[i].x / count;
    from_y += from[i].y / count;
    to_x += to[i].x / count;
    to_y += to[i].y / count;
  }
  double spread = 0, along = 0, across = 0;  // sums of |f|^2, f . t and f x t of centred points
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double fx = from[i].x - from_x, fy = from[i].y - from_y;
    const double tx = to[i].x - to_x, ty = to[i].y - to_y;
    spread += fx * fx + fy * fy;
    along += fx * tx + fy * ty;
    across += fx * ty - fy * tx;
  }
  if (!(spread > 0) || !std::isfinite(spread) || !std::isfinite(along + across)) {
    throw Error(ErrorCode::kInvalidArgument,
                "similarity transform: the points coincide or are not finite");
  }
  const double a = along / spread, b = across / spread;
  return {a, b, to_x - (a * from_x - b * from_y), to_y - (b * from_x + a * from_y)};
}

SimilarityTransform square_crop(Point centre, double side, Point right, int size) {
  const double length =
      std::sqrt(static_cast<double>(right.x) * right.x + static_cast<double>(right.y) * right.y);
  if (!(side > 0) || !(length > 0) || !std::isfinite(side) || !std::isfinite(length)) {
    throw Error(ErrorCode::kInvalidArgument, "square crop: side and direction must not be zero");
  }
  const double scale = size / side;
  const double a = right.x / length * scale, b = -right.y / length * scale;
  return {a, b, size / 2.0 - (a * centre.x - b * centre.y),
          size / 2.0 - (b * centre.x + a * centre.y)};
}

SimilarityTransform letterbox(int width, int height, int size, double margin) {
  const Point centre{static_cast<float>(width) / 2, static_cast<float>(height) / 2};
  return square_crop(centre, std::max(width, height) * margin, {1, 0}, size);
}

}  // namespace visavis
