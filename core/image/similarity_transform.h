#pragma once

#include <span>

#include "core/base/geometry.h"

namespace visavis {

/// Rotation, uniform scale and shift, without mirroring: x' = a x - b y + shift_x, y' = b x + a y +
/// shift_y. In double, since coordinates of large photos meet sub-pixel accuracy here.
struct SimilarityTransform {
  double a = 1;
  double b = 0;
  double shift_x = 0;
  double shift_y = 0;

  [[nodiscard]] Point apply(Point p) const;
  /// Length of a vector of length 1 after the transform.
  [[nodiscard]] double scale() const;
  /// Throws kInvalidArgument for a scale of zero.
  [[nodiscard]] SimilarityTransform inverse() const;
};

/// `second` after `first`.
SimilarityTransform compose(const SimilarityTransform& second, const SimilarityTransform& first);

/// The similarity that brings `from` nearest to `to` in the least-squares sense (Umeyama 1991). In
/// two dimensions its singular value decomposition reduces to two sums, and the optimum never
/// mirrors. Throws kInvalidArgument unless both hold the same number of points, two or more,
/// finite, and `from` does not coincide in one point.
SimilarityTransform fit_similarity(std::span<const Point> from, std::span<const Point> to);

/// Brings the square of side `side` round `centre` onto [0, size) x [0, size). `right` points along
/// the square's upper edge; only its direction counts ((1, 0): upright). Throws kInvalidArgument
/// for a side or direction of zero.
SimilarityTransform square_crop(Point centre, double side, Point right, int size);

/// Brings a whole photo into a square of `size` pixels, centred, proportions kept, its longer side
/// `margin` times smaller than the square (1: touching both edges).
SimilarityTransform letterbox(int width, int height, int size, double margin = 1);

}  // namespace visavis
