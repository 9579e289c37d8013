#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/face/face_aligner.h"
#include "core/image/image.h"

namespace visavis {

/// How photos are brought into the cache: a face, aligned on the embedder's template with room
/// round it for augmentation to shift, turn and scale within; or the whole image.
struct PreparationOptions {
  bool aligns_faces = true;
  /// Faces: pixels of the cached square per pixel of the 112-pixel template; above 1 for networks
  /// with an input larger than 112.
  double scale = 1;
  /// Whole images: brought into a square of this side, proportions kept, edges continued.
  int side = 112;
};

/// Side in template pixels of the square that is kept of a face: the 112 of the template with 16
/// more on each side.
inline constexpr double kFaceCropSide = 144;

/// What training sees of a photo before augmentation.
struct PreparedImage {
  Image image;
  /// Faces only: the five points, in this image's pixels.
  std::optional<AlignmentPoints> points;
};

/// A photo that cannot be trained on, and why, in one line that names it.
struct PhotoProblem {
  std::size_t photo = 0;
  std::string reason;
};

}  // namespace visavis
