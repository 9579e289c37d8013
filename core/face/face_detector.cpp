#include "core/face/face_detector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "core/base/error.h"

namespace visavis {
namespace {

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

/// That a candidate is a face, from the classifier's logit and the detector's confidence: a
/// logistic regression on crops that neither was taught (models/confirmation/README.md).
double face_probability(double classified, double confidence) {
  constexpr double kBias = -12.6, kPerLogit = 0.8, kPerConfidence = 18.3;
  return 1 / (1 + std::exp(-(kBias + kPerLogit * classified + kPerConfidence * confidence)));
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

}  // namespace

/// One photo's search: its pixels, what was found, how far it has come.
struct FaceDetector::Search {
  struct Found {
    Face face;
    double probability = 0;  ///< That it is a face, kMinFaceProbability..1.

    [[nodiscard]] bool is_sure() const { return probability >= kSureFaceProbability; }
  };

  explicit Search(ImagePyramid& pyramid) : photo(pyramid) {}

  ImagePyramid& photo;
  std::vector<Found> found;
  double looks_planned = 3;
  double looks_done = 0;

  [[nodiscard]] bool has_sure_face() const {
    return std::any_of(found.begin(), found.end(), [](const Found& one) { return one.is_sure(); });
  }
  /// Also true of no sure face at all.
  [[nodiscard]] bool may_hide_others() const {
    const int longer = std::max(photo.photo().width, photo.photo().height);
    return std::all_of(found.begin(), found.end(), [&](const Found& one) {
      return !one.is_sure() || side_of(one.face) < kGroupShare * longer;
    });
  }
  [[nodiscard]] std::vector<Face> faces() const {
    std::vector<Face> faces;
    faces.reserve(found.size());
    for (const Found& one : found) faces.push_back(one.face);
    return faces;
  }
  /// Blends what overlaps, as the detectors' own faces; the surest one's probability stays.
  void blend() {
    std::vector<Found> blended;
    for (const Face& face : blend_overlapping(faces())) {
      Found& result = blended.emplace_back(Found{face, 0});
      for (const Found& one : found) {
        if (overlap(one.face.box, face.box) > kMinOverlap) {
          result.probability = std::max(result.probability, one.probability);
        }
      }
    }
    found = std::move(blended);
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
      confirmation_(confirmation, threads) {}

void require_photo_size(const Image& photo) {
  if (std::min(photo.width, photo.height) >= kMinPhotoSide) return;
  throw Error(ErrorCode::kImageTooSmall,
              "photo of " + std::to_string(photo.width) + "x" + std::to_string(photo.height) +
                  " pixels: a face needs at least " + std::to_string(kMinPhotoSide) +
                  " pixels a side; take a larger photo");
}

std::vector<Face> FaceDetector::detect(const Image& photo) {
  ImagePyramid pyramid(photo);
  return detect(pyramid);
}

std::vector<Face> FaceDetector::detect(ImagePyramid& pyramid, SearchEffort effort) {
  require_photo_size(pyramid.photo());
  Search photo_search(pyramid);
  search(photo_search, effort);
  if (effort == SearchEffort::kQuick && !photo_search.has_sure_face()) return {};
  std::vector<Search::Found>& found = photo_search.found;
  std::stable_sort(found.begin(), found.end(), [](const Search::Found& a, const Search::Found& b) {
    return a.is_sure() != b.is_sure() ? a.is_sure() : side_of(a.face) > side_of(b.face);
  });
  return photo_search.faces();
}

void FaceDetector::search(Search& search, SearchEffort effort) {
  const Image& photo = search.photo.photo();
  const int near = near_.input_size(), far = far_.input_size();
  const int width = photo.width, height = photo.height, longer = std::max(width, height);
  std::vector<std::vector<SimilarityTransform>> tilings;
  for (const double parts : kTileParts) {
    // Tiles below the input's size would only magnify what has been seen.
    const bool shows_more = longer / parts >= far;
    if (!shows_more || effort == SearchEffort::kQuick) continue;
    tilings.push_back(tiles(width, height, longer / parts, far));
  }
  for (const auto& tiling : tilings) search.looks_planned += static_cast<double>(tiling.size());

  look(search, near_, {letterbox(width, height, near, kNearMargin)});
  if (!search.has_sure_face()) {
    look(search, near_, {letterbox(width, height, near, kCloseUpMargin)});
  }
  if (search.may_hide_others()) look(search, far_, {letterbox(width, height, far)});
  for (const auto& tiling : tilings) {
    if (!search.has_sure_face()) look(search, far_, tiling);
  }
}

void FaceDetector::look(Search& search, BlazeFace& detector,
                        const std::vector<SimilarityTransform>& crops) {
  const auto tell_progress = [&] {
    if (report_) report_(search.looks_done / search.looks_planned);
    search.looks_done += 1;
  };
  for (const Face& candidate : find_candidates(detector, search.photo, crops, tell_progress)) {
    const std::optional<Face> face = refine_candidate(near_, search.photo, candidate);
    if (!face) continue;
    const double probability = probability_of(search.photo, *face);
    if (probability >= kMinFaceProbability) search.found.push_back({*face, probability});
  }
  search.blend();
}

double FaceDetector::probability_of(ImagePyramid& photo, const Face& candidate) {
  return face_probability(confirmation_.logit_of(photo, candidate), candidate.confidence);
}

}  // namespace visavis
