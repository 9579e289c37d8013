#pragma once

#include <array>

#include "core/face/face.h"
#include "core/image/image.h"
#include "core/image/resample.h"
#include "core/image/similarity_transform.h"
#include "core/model/model.h"
#include "core/network/runtime.h"

namespace visavis {

/// The 68 points of the iBUG 300-W scheme (Sagonas et al. 2013), zero-based: 0-16 jaw, 17-26 brows,
/// 27-35 nose (30: its tip), 36-41 and 42-47 the eyes left and right in the photo, 48-67 mouth.
inline constexpr std::size_t kFaceLandmarks = 68;
using Landmarks = std::array<Point, kFaceLandmarks>;

/// Finds the landmarks of a detected face.
class FaceLandmarks {
 public:
  /// Throws kModelMismatch when the model is no landmark network: square input, one output of 136
  /// values (x, y in shares of the input's side).
  explicit FaceLandmarks(const Model& model, int threads = 1);

  /// In photo pixels. The network sees a square a little larger than the face's box, turned so
  /// that the detector's eyes lie level. Throws kInternal for values that are not finite.
  Landmarks find(const Image& photo, const Face& face);
  /// The same points; cheaper for several faces of one photo.
  Landmarks find(ImagePyramid& photo, const Face& face);

 private:
  [[nodiscard]] int input_size() const;
  Landmarks find_in(const FineImage& crop, const SimilarityTransform& photo_to_crop);

  Network network_;
  Preprocessing preprocessing_;
};

}  // namespace visavis
