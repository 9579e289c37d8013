#include "core/face/face_detector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "core/base/error.h"

namespace visavis {
namespace {

/// The whole photo in the near detector's input, with room round it: faces that fill the photo are
/// found more surely (measured on LFW View 1: 1.3 misses none of 1549 where 1.0 misses some).
constexpr double kNearMargin = 1.3;
/// A close-up cut off by the photo's edges needs more room still.
constexpr double kCloseUpMargin = 2.0;

/// Where the largest face is smaller than this share of the photo's longer side, others may be too
/// small for the near detector: people in a group.
constexpr double kGroupShare = 0.25;

/// Tiles of the far detector, as shares of the photo's longer side. It finds faces from 15 input
/// pixels on: 60 pixels of a page's 3000 (measured on FRLL portraits pasted into pages).
constexpr std::array<double, 2> kTileParts{1.5, 3};
/// Share of a tile that its neighbour shows too: a face up to that size lies whole in one of them.
constexpr double kTileOverlap = 0.3;

/// At most so many candidates of one stage are looked at again, the most confident ones: leaves and
/// text would else make a photo without a face cost many times one with a face.
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

/// Faces at least so probable go by their size alone. The search is harder to content: it goes on
/// below kSureFaceProbability.
constexpr double kLikelyFace = 0.5;

/// The classifier sees a level square this many times the box.
constexpr double kClassifiedMargin = 1.5;

double logit(double probability) {
  const double bounded = std::clamp(probability, 1e-9, 1 - 1e-9);
  return std::log(bounded / (1 - bounded));
}

/// That a candidate is a face, from the classifier's logit and the detector's confidence: a
/// logistic regression on crops that neither was taught (models/confirmation/README.md).
double face_probability(double classified, double confidence) {
  constexpr double kBias = -12.6, kPerLogit = 0.8, kPerConfidence = 18.3;
  return 1 / (1 + std::exp(-(kBias + kPerLogit * classified + kPerConfidence * confidence)));
}

bool is_inside(const Image& photo, Point p) {
  return p.x >= 0 && p.y >= 0 && p.x < static_cast<float>(photo.width) &&
         p.y < static_cast<float>(photo.height);
}

/// Centres of overlapping tiles along one side of the photo, evenly spread, ends covered.
std::vector<double> tile_centres(int length, double side) {
  if (length <= side) return {length / 2.0};
  const double room = length - side;
  const int steps = static_cast<int>(std::ceil(room / (side * (1 - kTileOverlap))));
  std::vector<double> centres;
  for (int i = 0; i <= steps; ++i) centres.push_back(side / 2 + room * i / steps);
  return centres;
}

/// Blends what overlaps, as the detectors' own faces; the surest one's probability stays.
void blend(std::vector<FoundFace>& found) {
  std::vector<Face> faces;
  faces.reserve(found.size());
  for (const FoundFace& one : found) faces.push_back(one.face);
  std::vector<FoundFace> blended;
  for (const Face& face : blend_overlapping(std::move(faces))) {
    FoundFace& result = blended.emplace_back(FoundFace{face, 0});
    for (const FoundFace& one : found) {
      if (overlap(one.face.box, face.box) > kMinOverlap) {
        result.probability = std::max(result.probability, one.probability);
      }
    }
  }
  found = std::move(blended);
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

/// One photo's search: its pixels, what was found, how far it has come.
struct FaceDetector::Search {
  ImagePyramid photo;
  std::vector<FoundFace> found;
  double looks_planned = 0;
  double looks_done = 0;

  [[nodiscard]] bool has_sure_face() const {
    return std::any_of(found.begin(), found.end(), [](const FoundFace& one) {
      return one.probability >= kSureFaceProbability;
    });
  }
  /// Also true of no sure face at all.
  [[nodiscard]] bool may_hide_others() const {
    const int longer = std::max(photo.photo().width, photo.photo().height);
    return std::all_of(found.begin(), found.end(), [&](const FoundFace& one) {
      return one.probability < kSureFaceProbability || side_of(one.face) < kGroupShare * longer;
    });
  }
};

std::vector<SimilarityTransform> tiles(int width, int height, double side, int size) {
  std::vector<SimilarityTransform> crops;
  for (const double y : tile_centres(height, side)) {
    for (const double x : tile_centres(width, side)) {
      crops.push_back(
          square_crop({static_cast<float>(x), static_cast<float>(y)}, side, {1, 0}, size));
    }
  }
  return crops;
}

FaceDetector::FaceDetector(const Model& near_detector, const Model& far_detector,
                           const Model& confirmation, int threads)
    : near_(near_detector, threads),
      far_(far_detector, threads),
      confirmation_(confirmation, threads),
      face_class_(face_class_of(confirmation_)) {}

std::vector<Face> FaceDetector::detect(const Image& photo) {
  if (std::min(photo.width, photo.height) < kMinPhotoSide) {
    throw Error(ErrorCode::kImageTooSmall,
                "photo of " + std::to_string(photo.width) + "x" + std::to_string(photo.height) +
                    " pixels: a face needs at least " + std::to_string(kMinPhotoSide) +
                    " pixels a side; take a larger photo");
  }
  std::vector<FoundFace> found = search(photo);
  std::stable_sort(found.begin(), found.end(), [](const FoundFace& a, const FoundFace& b) {
    const bool a_is_likely = a.probability >= kLikelyFace,
               b_is_likely = b.probability >= kLikelyFace;
    return a_is_likely != b_is_likely ? a_is_likely : side_of(a.face) > side_of(b.face);
  });
  std::vector<Face> faces;
  faces.reserve(found.size());
  for (const FoundFace& one : found) faces.push_back(one.face);
  return faces;
}

std::vector<FoundFace> FaceDetector::search(const Image& photo) {
  const int near = near_.input_size(), far = far_.input_size();
  const int width = photo.width, height = photo.height, longer = std::max(width, height);
  std::vector<std::vector<SimilarityTransform>> tilings;
  for (const double parts : kTileParts) {
    // Tiles below the input's size would only magnify what has been seen.
    if (longer / parts >= far) tilings.push_back(tiles(width, height, longer / parts, far));
  }
  Search search{ImagePyramid(photo), {}, 3, 0};
  for (const auto& tiling : tilings) search.looks_planned += static_cast<double>(tiling.size());

  look(search, near_, {letterbox(width, height, near, kNearMargin)});
  if (!search.has_sure_face()) {
    look(search, near_, {letterbox(width, height, near, kCloseUpMargin)});
  }
  if (search.may_hide_others()) look(search, far_, {letterbox(width, height, far)});
  for (const auto& tiling : tilings) {
    if (!search.has_sure_face()) look(search, far_, tiling);
  }
  return std::move(search.found);
}

void FaceDetector::look(Search& search, BlazeFace& detector,
                        const std::vector<SimilarityTransform>& crops) {
  std::vector<Face> candidates;
  for (const SimilarityTransform& crop : crops) {
    if (report_) report_(search.looks_done / search.looks_planned);
    search.looks_done += 1;
    for (const Face& face : detector.detect(search.photo, crop)) {
      if (is_inside(search.photo.photo(), centre_of(face))) candidates.push_back(face);
    }
  }
  candidates = blend_overlapping(std::move(candidates));  // The most confident first.
  candidates.resize(std::min(candidates.size(), kMaxCandidates));
  for (const Face& candidate : candidates) {
    if (std::optional<FoundFace> found = confirm(search, candidate)) search.found.push_back(*found);
  }
  blend(search.found);
}

std::optional<FoundFace> FaceDetector::confirm(Search& search, const Face& candidate) {
  const std::optional<Face> face = refine(search, candidate);
  if (!face) return std::nullopt;
  const int size = confirmation_.input_size();
  const Point left_eye = face->keypoints[kLeftEye], right_eye = face->keypoints[kRightEye];
  const Point right{right_eye.x - left_eye.x, right_eye.y - left_eye.y};
  if (right.x == 0 && right.y == 0) return std::nullopt;
  const SimilarityTransform square =
      square_crop(centre_of(*face), side_of(*face) * kClassifiedMargin, right, size);
  const FineImage crop = resample(search.photo, square, size, size, Border::kNearest);
  // The mean of both: what one misses the other often sees.
  const double classified = (logit(confirmation_.probabilities(crop)[face_class_]) +
                             logit(confirmation_.probabilities(mirrored(crop))[face_class_])) /
                            2;
  const double probability = face_probability(classified, face->confidence);
  if (probability < kMinFaceProbability) return std::nullopt;
  return FoundFace{*face, probability};
}

std::optional<Face> FaceDetector::refine(Search& search, const Face& candidate) {
  const Point left_eye = candidate.keypoints[kLeftEye], right_eye = candidate.keypoints[kRightEye];
  const Point right{right_eye.x - left_eye.x, right_eye.y - left_eye.y};
  if (right.x == 0 && right.y == 0) return std::nullopt;
  std::optional<Face> upright = detect_level(search, candidate, right);
  if (upright && upright->confidence >= kSurelyUpright) return upright;
  std::optional<Face> turned = detect_level(search, candidate, {-right.x, -right.y});
  if (!upright) return turned;
  return turned && turned->confidence > upright->confidence + kUpsideDownGain ? turned : upright;
}

std::optional<Face> FaceDetector::detect_level(Search& search, const Face& candidate, Point right) {
  const Point centre = centre_of(candidate);
  const double side = side_of(candidate);
  const SimilarityTransform crop =
      square_crop(centre, side * kConfirmMargin, right, near_.input_size());
  for (const Face& face : near_.detect(search.photo, crop)) {
    if (distance_between(centre_of(face), centre) <= kConfirmShift * side) return face;
  }
  return std::nullopt;
}

}  // namespace visavis
