#pragma once

#include <functional>
#include <vector>

#include "core/face/blazeface.h"
#include "core/face/face.h"
#include "core/face/face_candidates.h"
#include "core/image/image.h"
#include "core/image/resample.h"
#include "core/image/similarity_transform.h"
#include "core/model/model.h"

namespace visavis {

/// Photos with a shorter side than this are too small to hold a face that can be compared.
inline constexpr int kMinPhotoSide = 32;

/// Throws kImageTooSmall below kMinPhotoSide.
void require_photo_size(const Image& photo);

/// The whole photo in the near detector's input, with room round it: faces that fill the photo are
/// found more surely (measured on LFW View 1: 1.3 misses none of 1549 where 1.0 misses some).
inline constexpr double kNearMargin = 1.3;

/// Overlapping square tiles of `side` pixels over a width x height photo, each brought onto `size`
/// pixels: row by row, evenly spread, neighbours sharing three tenths or more.
std::vector<SimilarityTransform> tiles(int width, int height, double side, int size);

/// A candidate counts as a face from this probability on. Below kSureFaceProbability it does not
/// end the search and is listed after every sure face: a pattern on a passport's page may look like
/// a face and be larger than the portrait. Both were chosen on FairFace's training part and
/// pictures without people (models/confirmation/README.md).
inline constexpr double kMinFaceProbability = 0.25;
inline constexpr double kSureFaceProbability = 0.9;

/// How long to look.
enum class SearchEffort : int {
  kThorough = 0,
  /// On the whole photo alone, without tiles; no face where none is sure.
  kQuick = 1,
};

/// Finds the faces of a photo, the cheap way first: the near detector on the whole photo, then the
/// far detector, then the far detector on ever smaller tiles (faces on a scanned page). A candidate
/// counts only if the detector finds it again in an upright crop and a classifier confirms it. The
/// first stage with a sure face ends the search; a doubtful face does not. Where the near detector
/// finds small faces only, the far detector adds the rest of the group. Faces may be turned by any
/// angle.
class FaceDetector {
 public:
  /// Throws kModelMismatch as BlazeFace and FaceClassifier do.
  FaceDetector(const Model& near_detector, const Model& far_detector, const Model& confirmation,
               int threads = 1);

  /// Sure faces first, the largest first, then doubtful ones likewise; empty where none is.
  /// Throws kImageTooSmall below kMinPhotoSide.
  std::vector<Face> detect(const Image& photo);
  /// The same; leaves the photo's halvings for later steps. Where kQuick finds faces, they are those
  /// of kThorough.
  std::vector<Face> detect(ImagePyramid& photo, SearchEffort effort = SearchEffort::kThorough);

  /// What FaceTracker looks with.
  [[nodiscard]] BlazeFace& near_detector() { return near_; }
  /// That a refined candidate is a face, 0..1, by the classifier and the detector's confidence.
  double probability_of(ImagePyramid& photo, const Face& candidate);

  /// `report` is called before each step with the share of the search that is done, 0..1. An
  /// exception from it ends the search and is passed on: a caller cancels that way.
  void on_progress(std::function<void(double share)> report) { report_ = std::move(report); }

 private:
  struct Search;

  void search(Search& search, SearchEffort effort);
  void look(Search& search, BlazeFace& detector, const std::vector<SimilarityTransform>& crops);

  BlazeFace near_;
  BlazeFace far_;
  FaceClassifier confirmation_;
  std::function<void(double)> report_;
};

}  // namespace visavis
