#pragma once

#include <vector>

#include "core/face/face.h"
#include "core/image/resample.h"
#include "core/image/similarity_transform.h"
#include "core/model/model.h"
#include "core/network/runtime.h"

namespace visavis {

/// Centres of a single-shot detector's anchors in input pixels, in the order of its outputs: grid
/// by grid, rows top to bottom, `per_cell` times each cell's centre. BlazeFace: 896 of them.
/// Throws kInvalidArgument for a stride that does not divide the input.
std::vector<Point> anchor_centres(const std::vector<AnchorGrid>& grids, int input_size);

/// BlazeFace's raw outputs -> candidates in input pixels, in anchor order. `outputs` holds a tensor
/// of logits [1, anchors, 1] for each grid, then one [1, anchors, 16] for each: box centre
/// (relative to the anchor), box size and six keypoints (relative to the anchor), in input pixels.
/// Keeps the candidates above settings.score_threshold. Throws kModelMismatch for other shapes,
/// kInternal for values that are not finite.
std::vector<Face> decode_faces(const std::vector<Tensor>& outputs, const DetectorSettings& settings,
                               int input_size);

/// Intersection over union of two boxes, 0..1.
float overlap(const Box& a, const Box& b);

/// Boxes that overlap more than this show one face.
inline constexpr float kMinOverlap = 0.3F;

/// Non-maximum suppression by blending (Bazarevsky et al. 2019, section 5). Goes through the
/// candidates, the most confident first. Each becomes the mean, weighted by confidence, of itself
/// and the candidates of the same orientation that overlap it by more than `min_overlap`. It keeps
/// its confidence; all candidates that overlap it are dropped. The result has the most confident
/// first.
std::vector<Face> blend_overlapping(std::vector<Face> candidates, float min_overlap = kMinOverlap);

/// A face under a similarity transform: points and the box's centre are moved, the box's sides are
/// scaled.
Face transformed(const Face& face, const SimilarityTransform& transform);

/// A BlazeFace network on square crops of a photo.
class BlazeFace {
 public:
  /// Throws kModelMismatch when the model is no face detector with six keypoints and a square RGB
  /// input.
  explicit BlazeFace(const Model& model, int threads = 1);

  /// Faces in the crop that `photo_to_crop` cuts out (input_size() pixels square, black beyond the
  /// photo), in photo pixels, the most confident first. Throws as decode_faces does.
  std::vector<Face> detect(ImagePyramid& photo, const SimilarityTransform& photo_to_crop);

  [[nodiscard]] int input_size() const;

 private:
  Network network_;
  Preprocessing preprocessing_;
  DetectorSettings settings_;
};

}  // namespace visavis
