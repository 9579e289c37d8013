#include "core/face/blazeface.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "core/base/error.h"
#include "core/model/preprocess.h"

namespace visavis {
namespace {

constexpr std::size_t kBoxValues = 4 + 2 * kFaceKeypoints;

const Model& require_detector(const Model& model) {
  const Shape& input = model.network.input;
  if (model.kind != ModelKind::kFaceDetector || model.detector.keypoints != kFaceKeypoints ||
      input.size() != 3 || input[0] != input[1] || input[2] != 3) {
    throw Error(ErrorCode::kModelMismatch,
                "model '" + model.name + "' (" + to_string(model.kind) +
                    ") is no face detector with 6 keypoints and a square RGB input");
  }
  return model;
}

void check_outputs(const std::vector<Tensor>& outputs, std::size_t grids, std::size_t anchors) {
  std::size_t logits = 0, values = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    (i < grids ? logits : values) += outputs[i].size();
    require_finite(outputs[i], "face detector");
  }
  if (outputs.size() != 2 * grids || logits != anchors || values != anchors * kBoxValues) {
    throw Error(ErrorCode::kModelMismatch,
                "face detector: " + std::to_string(outputs.size()) + " outputs with " +
                    std::to_string(logits) + " logits and " + std::to_string(values) +
                    " box values do not fit its " + std::to_string(anchors) + " anchors");
  }
}

float sigmoid(float x) { return 1.0F / (1.0F + std::exp(-x)); }

Face decode_face(const float* values, Point anchor, float confidence) {
  Face face;
  face.confidence = confidence;
  face.box.width = values[2];
  face.box.height = values[3];
  face.box.left = anchor.x + values[0] - values[2] / 2;
  face.box.top = anchor.y + values[1] - values[3] / 2;
  for (std::size_t k = 0; k < kFaceKeypoints; ++k) {
    face.keypoints[k] = {anchor.x + values[4 + 2 * k], anchor.y + values[5 + 2 * k]};
  }
  return face;
}

/// Sum of faces times weights: what blending needs.
void accumulate(Face& sum, const Face& face, float weight) {
  sum.box.left += face.box.left * weight;
  sum.box.top += face.box.top * weight;
  sum.box.width += face.box.width * weight;
  sum.box.height += face.box.height * weight;
  for (std::size_t k = 0; k < kFaceKeypoints; ++k) {
    sum.keypoints[k].x += face.keypoints[k].x * weight;
    sum.keypoints[k].y += face.keypoints[k].y * weight;
  }
}

bool look_opposite_ways(const Face& a, const Face& b) {
  const Point u = eye_direction(a), v = eye_direction(b);
  return u.x * v.x + u.y * v.y < 0;
}

/// Of the most confident face, the first, and those the same way up: the mean of a face and of the
/// same face taken for upside down would have both eyes in one point.
Face weighted_mean(std::span<Face> faces) {
  const Face& first = faces.front();
  const auto last = std::stable_partition(faces.begin() + 1, faces.end(), [&](const Face& face) {
    return !look_opposite_ways(face, first);
  });
  float total = 0;
  for (auto face = faces.begin(); face != last; ++face) total += face->confidence;
  Face mean;
  for (auto face = faces.begin(); face != last; ++face) {
    accumulate(mean, *face, face->confidence / total);
  }
  mean.confidence = first.confidence;
  return mean;
}

}  // namespace

std::vector<Point> anchor_centres(const std::vector<AnchorGrid>& grids, int input_size) {
  std::vector<Point> centres;
  for (const AnchorGrid& grid : grids) {
    if (grid.stride < 1 || grid.per_cell < 1 || input_size % grid.stride != 0) {
      throw Error(ErrorCode::kInvalidArgument, "anchors of stride " + std::to_string(grid.stride) +
                                                   ", " + std::to_string(grid.per_cell) +
                                                   " per cell, do not fit an input of " +
                                                   std::to_string(input_size) + " pixels");
    }
    const int cells = input_size / grid.stride;
    const auto stride = static_cast<float>(grid.stride);
    for (int y = 0; y < cells; ++y) {
      for (int x = 0; x < cells; ++x) {
        const Point centre{(static_cast<float>(x) + 0.5F) * stride,
                           (static_cast<float>(y) + 0.5F) * stride};
        centres.insert(centres.end(), static_cast<std::size_t>(grid.per_cell), centre);
      }
    }
  }
  return centres;
}

std::vector<Face> decode_faces(const std::vector<Tensor>& outputs, const DetectorSettings& settings,
                               int input_size) {
  const std::vector<Point> anchors = anchor_centres(settings.grids, input_size);
  const std::size_t grids = settings.grids.size();
  check_outputs(outputs, grids, anchors.size());
  std::vector<Face> faces;
  std::size_t anchor = 0;
  for (std::size_t grid = 0; grid < grids; ++grid) {
    const Tensor& logits = outputs[grid];
    const float* values = outputs[grids + grid].data();
    for (std::size_t i = 0; i < logits.size(); ++i, ++anchor, values += kBoxValues) {
      const float confidence = sigmoid(logits[i]);
      if (confidence <= settings.score_threshold || values[2] <= 0 || values[3] <= 0) continue;
      faces.push_back(decode_face(values, anchors[anchor], confidence));
    }
  }
  return faces;
}

float overlap(const Box& a, const Box& b) {
  const float width = std::min(a.left + a.width, b.left + b.width) - std::max(a.left, b.left);
  const float height = std::min(a.top + a.height, b.top + b.height) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const float shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

std::vector<Face> blend_overlapping(std::vector<Face> candidates, float min_overlap) {
  const auto more_confident = [](const Face& a, const Face& b) {
    return a.confidence > b.confidence;
  };
  std::stable_sort(candidates.begin(), candidates.end(), more_confident);
  std::vector<Face> blended;
  while (!candidates.empty()) {
    const Box best = candidates.front().box;
    const auto rest = std::stable_partition(
        candidates.begin() + 1, candidates.end(),
        [&](const Face& face) { return overlap(best, face.box) > min_overlap; });
    const auto count = static_cast<std::size_t>(rest - candidates.begin());
    blended.push_back(weighted_mean({candidates.data(), count}));
    candidates.erase(candidates.begin(), rest);
  }
  return blended;
}

Face transformed(const Face& face, const SimilarityTransform& transform) {
  Face result = face;
  for (Point& keypoint : result.keypoints) keypoint = transform.apply(keypoint);
  const auto scale = static_cast<float>(transform.scale());
  const Point centre = transform.apply(centre_of(face));
  result.box.width = face.box.width * scale;
  result.box.height = face.box.height * scale;
  result.box.left = centre.x - result.box.width / 2;
  result.box.top = centre.y - result.box.height / 2;
  return result;
}

BlazeFace::BlazeFace(const Model& model, int threads)
    : network_(require_detector(model).network, model.parameters, threads, model.activation_scales),
      preprocessing_(model.preprocessing),
      settings_(model.detector) {}

int BlazeFace::input_size() const { return static_cast<int>(network_.spec().input[0]); }

std::vector<Face> BlazeFace::detect(ImagePyramid& photo, const SimilarityTransform& photo_to_crop) {
  const int size = input_size();
  const FineImage crop = resample(photo, photo_to_crop, size, size, Border::kBlack);
  const std::vector<Tensor> outputs = network_.run(network_input({&crop, 1}, preprocessing_));
  std::vector<Face> faces = blend_overlapping(decode_faces(outputs, settings_, size));
  const SimilarityTransform crop_to_photo = photo_to_crop.inverse();
  for (Face& face : faces) face = transformed(face, crop_to_photo);
  return faces;
}

}  // namespace visavis
