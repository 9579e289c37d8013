#include "core/face_detector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "core/error.h"

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

/// Each candidate is looked at again, level, in a square this many times its box: text and pattern
/// fall away, keypoints grow exact.
constexpr double kConfirmMargin = 2;
/// The second look must show the face where the first did, within this share of its side.
constexpr double kConfirmShift = 0.5;
/// BlazeFace also fires on faces that are upside down (a page lies on the scanner as it fell), with
/// eyes and mouth exchanged. Turned over, those gain 0.13 or more in confidence (34 FRLL
/// portraits), upright ones lose 0.015 or more (1549 images of LFW View 1).
constexpr float kUpsideDownGain = 0.05F;

float side_of(const Face& face) { return (face.box.width + face.box.height) / 2; }

Point centre_of(const Face& face) {
  return {face.box.left + face.box.width / 2, face.box.top + face.box.height / 2};
}

double distance_of(Point a, Point b) {
  const double x = static_cast<double>(a.x) - b.x, y = static_cast<double>(a.y) - b.y;
  return std::sqrt(x * x + y * y);
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

/// Also true of no face at all.
bool may_hide_others(const std::vector<Face>& faces, int longer_side) {
  return std::all_of(faces.begin(), faces.end(),
                     [&](const Face& face) { return side_of(face) < kGroupShare * longer_side; });
}

}  // namespace

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

FaceDetector::FaceDetector(const Model& near_detector, const Model& far_detector, int threads)
    : near_(near_detector, threads), far_(far_detector, threads) {}

std::vector<Face> FaceDetector::detect(const Image& photo) {
  if (std::min(photo.width, photo.height) < kMinPhotoSide) {
    throw Error(ErrorCode::kImageTooSmall,
                "photo of " + std::to_string(photo.width) + "x" + std::to_string(photo.height) +
                    " pixels: a face needs at least " + std::to_string(kMinPhotoSide) +
                    " pixels a side; take a larger photo");
  }
  std::vector<Face> faces = search(photo);
  std::stable_sort(faces.begin(), faces.end(),
                   [](const Face& a, const Face& b) { return side_of(a) > side_of(b); });
  return faces;
}

std::vector<Face> FaceDetector::search(const Image& photo) {
  const int near = near_.input_size(), far = far_.input_size();
  const int width = photo.width, height = photo.height;
  std::vector<Face> faces = look(photo, near_, {letterbox(width, height, near, kNearMargin)});
  if (faces.empty()) faces = look(photo, near_, {letterbox(width, height, near, kCloseUpMargin)});
  if (may_hide_others(faces, std::max(width, height))) {
    for (const Face& face : look(photo, far_, {letterbox(width, height, far)})) {
      faces.push_back(face);
    }
    faces = blend_overlapping(std::move(faces));
  }
  for (const double parts : kTileParts) {
    const double side = std::max(width, height) / parts;
    // Tiles below the input's size would only magnify what has been seen.
    if (!faces.empty() || side < far) break;
    faces = look(photo, far_, tiles(width, height, side, far));
  }
  return faces;
}

std::vector<Face> FaceDetector::look(const Image& photo, BlazeFace& detector,
                                     const std::vector<SimilarityTransform>& crops) {
  std::vector<Face> candidates;
  for (const SimilarityTransform& crop : crops) {
    for (const Face& face : detector.detect(photo, crop)) {
      if (is_inside(photo, centre_of(face))) candidates.push_back(face);
    }
  }
  std::vector<Face> confirmed;
  for (const Face& candidate : blend_overlapping(candidates)) {
    if (const std::optional<Face> face = look_again(photo, candidate)) confirmed.push_back(*face);
  }
  return blend_overlapping(confirmed);
}

std::optional<Face> FaceDetector::look_again(const Image& photo, const Face& candidate) {
  const Point left_eye = candidate.keypoints[kLeftEye], right_eye = candidate.keypoints[kRightEye];
  const Point right{right_eye.x - left_eye.x, right_eye.y - left_eye.y};
  if (right.x == 0 && right.y == 0) return std::nullopt;
  std::optional<Face> upright = look_along(photo, candidate, right);
  std::optional<Face> turned = look_along(photo, candidate, {-right.x, -right.y});
  if (!upright) return turned;
  return turned && turned->confidence > upright->confidence + kUpsideDownGain ? turned : upright;
}

std::optional<Face> FaceDetector::look_along(const Image& photo, const Face& candidate,
                                             Point right) {
  const Point centre = centre_of(candidate);
  const double side = side_of(candidate);
  const SimilarityTransform crop =
      square_crop(centre, side * kConfirmMargin, right, near_.input_size());
  for (const Face& face : near_.detect(photo, crop)) {
    if (distance_of(centre_of(face), centre) <= kConfirmShift * side) return face;
  }
  return std::nullopt;
}

}  // namespace visavis
