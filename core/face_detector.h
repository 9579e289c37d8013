#pragma once

#include <optional>
#include <vector>

#include "core/blazeface.h"
#include "core/face.h"
#include "core/image.h"
#include "core/model.h"
#include "core/similarity_transform.h"

namespace visavis {

/// Photos with a shorter side than this hold no face worth looking for.
inline constexpr int kMinPhotoSide = 32;

/// Overlapping square tiles of `side` pixels over a width x height photo, each brought onto `size`
/// pixels: row by row, evenly spread, neighbours sharing three tenths or more.
std::vector<SimilarityTransform> tiles(int width, int height, double side, int size);

/// Finds the faces of a photo, the cheap way first: the near detector on the whole photo, then the
/// far detector, then the far detector on ever smaller tiles (faces on a scanned page). What a look
/// shows is confirmed by a second one, level and both ways up; the first look with a confirmed face
/// ends the search, unless the near detector sees small faces only: the far one then adds the rest
/// of the group. Faces may be turned by any angle.
class FaceDetector {
 public:
  /// Throws kModelMismatch as BlazeFace does.
  FaceDetector(const Model& near_detector, const Model& far_detector, int threads = 1);

  /// The largest first; empty when there is none. Throws kImageTooSmall below kMinPhotoSide.
  std::vector<Face> detect(const Image& photo);

 private:
  std::vector<Face> search(const Image& photo);
  std::vector<Face> look(const Image& photo, BlazeFace& detector,
                         const std::vector<SimilarityTransform>& crops);
  std::optional<Face> look_again(const Image& photo, const Face& candidate);
  std::optional<Face> look_along(const Image& photo, const Face& candidate, Point right);

  BlazeFace near_;
  BlazeFace far_;
};

}  // namespace visavis
