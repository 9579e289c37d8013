#include "core/face/face_candidates.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/base/error.h"

namespace visavis {
namespace {

/// Of one stage of the search.
constexpr std::size_t kMaxCandidates = 16;

/// Each candidate is looked at again, level, in a square this many times its box: text and pattern
/// fall away, keypoints grow exact.
constexpr double kConfirmMargin = 2;
/// The second look must show the face where the first did, within this share of its side.
constexpr double kConfirmShift = 0.5;
/// BlazeFace also fires on faces that are upside down (a page lies on the scanner as it fell), with
/// eyes and mouth exchanged. Turned over, those gain 0.13 or more in confidence (34 FRLL
/// portraits), upright ones lose 0.015 or more (1549 images of LFW View 1).
constexpr float kUpsideDownGain = 0.05F;
/// A face of this confidence cannot gain so much: it is not turned over.
constexpr float kSurelyUpright = 0.9F;

double logit(double probability) {
  const double bounded = std::clamp(probability, 1e-9, 1 - 1e-9);
  return std::log(bounded / (1 - bounded));
}

/// Else there is no level square.
bool has_direction(const Face& face) {
  const Point right = eye_direction(face);
  return right.x != 0 || right.y != 0;
}

/// `right` points to the right of the face.
std::optional<Face> detect_level(BlazeFace& detector, ImagePyramid& photo, const Face& candidate,
                                 Point right) {
  const Point centre = centre_of(candidate);
  const double side = side_of(candidate);
  const SimilarityTransform crop =
      square_crop(centre, side * kConfirmMargin, right, detector.input_size());
  for (const Face& face : detector.detect(photo, crop)) {
    if (distance_between(centre_of(face), centre) <= kConfirmShift * side) return face;
  }
  return std::nullopt;
}

std::size_t face_class_of(const Classifier& classifier) {
  const std::vector<std::string>& classes = classifier.classes();
  const auto found = std::find(classes.begin(), classes.end(), kFaceClass);
  if (found == classes.end()) {
    throw Error(ErrorCode::kModelMismatch,
                std::string("the network that confirms faces has no class '") + kFaceClass +
                    "'; use the one that ships, confirmation.visavis");
  }
  return static_cast<std::size_t>(found - classes.begin());
}

}  // namespace

std::vector<Face> find_candidates(BlazeFace& detector, ImagePyramid& photo,
                                  const std::vector<SimilarityTransform>& crops,
                                  const std::function<void()>& before_each) {
  std::vector<Face> candidates;
  for (const SimilarityTransform& crop : crops) {
    if (before_each) before_each();
    for (const Face& face : detector.detect(photo, crop)) {
      if (is_inside(centre_of(face), photo.photo().width, photo.photo().height))
        candidates.push_back(face);
    }
  }
  candidates = blend_overlapping(std::move(candidates));
  candidates.resize(std::min(candidates.size(), kMaxCandidates));
  return candidates;
}

std::optional<Face> detect_upright(BlazeFace& near_detector, ImagePyramid& photo,
                                   const Face& candidate) {
  if (!has_direction(candidate)) return std::nullopt;
  const std::optional<Face> face =
      detect_level(near_detector, photo, candidate, eye_direction(candidate));
  return face && has_direction(*face) ? face : std::nullopt;
}

std::optional<Face> refine_candidate(BlazeFace& near_detector, ImagePyramid& photo,
                                     const Face& candidate) {
  if (!has_direction(candidate)) return std::nullopt;
  const Point right = eye_direction(candidate);
  std::optional<Face> best = detect_level(near_detector, photo, candidate, right);
  if (!best || best->confidence < kSurelyUpright) {
    const std::optional<Face> turned =
        detect_level(near_detector, photo, candidate, {-right.x, -right.y});
    if (turned && (!best || turned->confidence > best->confidence + kUpsideDownGain)) best = turned;
  }
  return best && has_direction(*best) ? best : std::nullopt;
}

FaceClassifier::FaceClassifier(const Model& model, int threads)
    : classifier_(model, threads), face_class_(face_class_of(classifier_)) {}

double FaceClassifier::logit_of(ImagePyramid& photo, const Face& face) {
  const int size = classifier_.input_size();
  const SimilarityTransform square =
      square_crop(centre_of(face), side_of(face) * kClassifiedMargin, eye_direction(face), size);
  const FineImage crop = resample(photo, square, size, size, Border::kNearest);
  // The mean of both: what one misses the other often sees.
  return (logit(classifier_.probabilities(crop)[face_class_]) +
          logit(classifier_.probabilities(mirrored(crop))[face_class_])) /
         2;
}

}  // namespace visavis
