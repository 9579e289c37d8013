#include "core/face/face_landmarks.h"

#include "core/base/error.h"
#include "core/model/preprocess.h"

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

/// The network's square: round the detector's box, turned so that the eyes lie level.
SimilarityTransform level_square(const Face& face, int size) {
  const Point right = eye_direction(face);
  return square_crop(centre_of(face), side_of(face) * kSquareOverBox, right, size);
}

}  // namespace

FaceLandmarks::FaceLandmarks(const Model& model, int threads)
    : network_(require_landmarks(model).network, model.parameters, threads,
               model.activation_scales),
      preprocessing_(model.preprocessing) {}

int FaceLandmarks::input_size() const { return static_cast<int>(network_.spec().input[0]); }

Landmarks FaceLandmarks::find(const Image& photo, const Face& face) {
  const int size = input_size();
  const SimilarityTransform crop = level_square(face, size);
  return find_in(resample(photo, crop, size, size, Border::kNearest), crop);
}

Landmarks FaceLandmarks::find(ImagePyramid& photo, const Face& face) {
  const int size = input_size();
  const SimilarityTransform crop = level_square(face, size);
  return find_in(resample(photo, crop, size, size, Border::kNearest), crop);
}

Landmarks FaceLandmarks::find_in(const FineImage& crop, const SimilarityTransform& photo_to_crop) {
  const Tensor output = network_.run(network_input({&crop, 1}, preprocessing_)).front();
  require_finite(output, "face landmarks");
  if (output.size() != 2 * kFaceLandmarks) {
    throw Error(ErrorCode::kModelMismatch, "face landmarks: the network gives " +
                                               std::to_string(output.size()) +
                                               " values instead of 136 (68 points)");
  }
  const SimilarityTransform crop_to_photo = photo_to_crop.inverse();
  const auto size = static_cast<float>(input_size());
  Landmarks landmarks;
  for (std::size_t i = 0; i < kFaceLandmarks; ++i) {
    landmarks[i] = crop_to_photo.apply({output[2 * i] * size, output[2 * i + 1] * size});
  }
  return landmarks;
}

}  // namespace visavis
