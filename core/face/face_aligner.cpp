#include "core/face/face_aligner.h"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "core/base/error.h"

namespace visavis {
namespace {

Point mean_of(const Landmarks& landmarks, std::initializer_list<std::size_t> indices) {
  Point sum;
  for (const std::size_t i : indices) {
    sum.x += landmarks[i].x;
    sum.y += landmarks[i].y;
  }
  const auto count = static_cast<float>(indices.size());
  return {sum.x / count, sum.y / count};
}

}  // namespace

AlignmentPoints alignment_points(const Landmarks& landmarks) {
  AlignmentPoints points;
  points[kLeftPupil] = mean_of(landmarks, {37, 38, 40, 41});
  points[kRightPupil] = mean_of(landmarks, {43, 44, 46, 47});
  points[kNose] = landmarks[30];
  points[kLeftMouthCorner] = mean_of(landmarks, {48, 60});
  points[kRightMouthCorner] = mean_of(landmarks, {54, 64});
  return points;
}

FaceAligner::FaceAligner(const Model& landmarks, const Model& embedder, int threads)
    : landmarks_(landmarks, threads) {
  const Shape& input = embedder.network.input;
  if (embedder.alignment.points.size() != kAlignmentPoints || input.size() != 3) {
    const std::size_t points = embedder.alignment.points.size();
    throw Error(ErrorCode::kModelMismatch,
                "model '" + embedder.name + "' is no face embedder: " +
                    (points == 0 ? "it has no alignment template"
                                 : "its alignment template has " + std::to_string(points) +
                                       " points instead of 5") +
                    "; import a network of faces with one (`visavis import onnx --settings FILE`, "
                    "field \"template\"), or take a model of faces");
  }
  std::copy_n(embedder.alignment.points.begin(), kAlignmentPoints, template_.begin());
  height_ = static_cast<int>(input[0]);
  width_ = static_cast<int>(input[1]);
}

AlignedFace FaceAligner::align(const Image& photo, const Face& face) {
  ImagePyramid pyramid(photo);
  return align(pyramid, face);
}

AlignedFace FaceAligner::align(ImagePyramid& photo, const Face& face) {
  AlignedFace aligned;
  aligned.landmarks = landmarks_.find(photo, face);
  aligned.points = alignment_points(aligned.landmarks);
  aligned.photo_to_crop = fit_similarity(aligned.points, template_);
  aligned.crop = resample(photo, aligned.photo_to_crop, width_, height_, Border::kBlack);
  return aligned;
}

}  // namespace visavis
