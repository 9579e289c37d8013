#include "core/face_landmarks.h"

#include "core/error.h"
#include "core/preprocess.h"
#include "core/resample.h"
#include "core/similarity_transform.h"

namespace visavis {
namespace {

/// Side of the network's square over that of the detector's box. Chosen where the points move least
/// when the square is shifted, scaled and turned a little (LFW View 1).
constexpr double kSquareOverBox = 1.1;

const Model& require_landmarks(const Model& model) {
  const Shape& input = model.network.input;
  if (model.kind != ModelKind::kFaceLandmarks || input.size() != 3 || input[0] != input[1] ||
      model.network.outputs.size() != 1) {
    throw Error(ErrorCode::kModelMismatch, "model '" + model.name + "' (" + to_string(model.kind) +
                                               ") is no face landmark network");
  }
  return model;
}

}  // namespace

FaceLandmarks::FaceLandmarks(const Model& model, int threads)
    : network_(require_landmarks(model).network, model.parameters, threads),
      preprocessing_(model.preprocessing) {}

Landmarks FaceLandmarks::find(const Image& photo, const Face& face) {
  const int size = static_cast<int>(network_.spec().input[0]);
  const Point centre{face.box.left + face.box.width / 2, face.box.top + face.box.height / 2};
  const Point right{face.keypoints[kRightEye].x - face.keypoints[kLeftEye].x,
                    face.keypoints[kRightEye].y - face.keypoints[kLeftEye].y};
  const double side = (face.box.width + face.box.height) / 2 * kSquareOverBox;
  const SimilarityTransform photo_to_crop = square_crop(centre, side, right, size);

  const FineImage crop = resample(photo, photo_to_crop, size, size, Border::kNearest);
  const Tensor output = network_.run(network_input({&crop, 1}, preprocessing_)).front();
  require_finite(output, "face landmarks");
  if (output.size() != 2 * kFaceLandmarks) {
    throw Error(ErrorCode::kModelMismatch, "face landmarks: the network gives " +
                                               std::to_string(output.size()) +
                                               " values instead of 136 (68 points)");
  }
  const SimilarityTransform crop_to_photo = photo_to_crop.inverse();
  Landmarks landmarks;
  for (std::size_t i = 0; i < kFaceLandmarks; ++i) {
    const Point in_crop{output[2 * i] * static_cast<float>(size),
                        output[2 * i + 1] * static_cast<float>(size)};
    landmarks[i] = crop_to_photo.apply(in_crop);
  }
  return landmarks;
}

}  // namespace visavis
