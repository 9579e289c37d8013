#pragma once

#include <array>

#include "core/face/face.h"
#include "core/face/face_landmarks.h"
#include "core/image/image.h"
#include "core/image/resample.h"
#include "core/image/similarity_transform.h"
#include "core/model/model.h"

namespace visavis {

/// The points that face embedders are aligned by, in this order; left and right as in the photo.
enum AlignmentPoint {
  kLeftPupil = 0,
  kRightPupil,
  kNose,
  kLeftMouthCorner,
  kRightMouthCorner,
  kAlignmentPoints
};
using AlignmentPoints = std::array<Point, kAlignmentPoints>;

/// Pupils as the means of the four lid points, the nose's tip, each mouth corner as the mean of the
/// outer and the inner lips'.
AlignmentPoints alignment_points(const Landmarks& landmarks);

/// A face aligned to the embedder's template.
struct AlignedFace {
  FineImage crop;          ///< The embedder's input, black beyond the photo.
  AlignmentPoints points;  ///< In the photo's pixels.
  Landmarks landmarks{};   ///< What the points were made of, in the photo's pixels.
  SimilarityTransform photo_to_crop;
};

/// Face found to aligned crop: landmarks -> five points -> least-squares similarity onto the
/// embedder's template -> one resampling.
class FaceAligner {
 public:
  /// Template and crop size come from the embedder. Throws kModelMismatch when it has no template
  /// of five points, or as FaceLandmarks does.
  FaceAligner(const Model& landmarks, const Model& embedder, int threads = 1);

  /// Throws kInternal for a network output that is not finite.
  AlignedFace align(const Image& photo, const Face& face);
  /// The same, from halvings where there are some.
  AlignedFace align(ImagePyramid& photo, const Face& face);

 private:
  FaceLandmarks landmarks_;
  AlignmentPoints template_{};
  int width_ = 0;
  int height_ = 0;
};

}  // namespace visavis
