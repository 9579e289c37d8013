#pragma once

#include "core/image/image.h"
#include "core/image/resample.h"

namespace visavis {

/// x' = xx x + xy y + x0, y' = yx x + yy y + y0. Unlike a similarity, it may mirror and shear.
struct AffineTransform {
  double xx = 1, xy = 0, x0 = 0;
  double yx = 0, yy = 1, y0 = 0;

  [[nodiscard]] Point apply(Point p) const;
  [[nodiscard]] double determinant() const { return xx * yy - xy * yx; }
  /// Throws kInvalidArgument where the determinant is zero or not finite.
  [[nodiscard]] AffineTransform inverse() const;
};

/// `second` after `first`.
AffineTransform compose(const AffineTransform& second, const AffineTransform& first);

/// core's resample for affine transforms, several times as fast: halved until less than a halving
/// (by area) is left, then sampled once, bilinearly. Equal to resample() but for rounding where
/// the transform is a similarity.
FineImage affine_crop(const Image& photo, const AffineTransform& photo_to_crop, int width,
                      int height, Border border);

}  // namespace visavis
