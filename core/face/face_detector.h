#pragma once

#include <functional>
#include <vector>

#include "core/face/blazeface.h"
#include "core/face/face.h"
#include "core/face/face_candidates.h"
#include "core/image/image.h"
#include "core/image/similarity_transform.h"
#include "core/model/model.h"

namespace visavis {

/// Photos with a shorter side than this hold no face worth looking for.
inline constexpr int kMinPhotoSide = 32;

/// Overlapping square tiles of `side` pixels over a width x height photo, each brought onto `size`
/// pixels: row by row, evenly spread, neighbours sharing three tenths or more.
std::vector<SimilarityTransform> tiles(int width, int height, double side, int size);

/// What a detector takes for a face counts from this probability on. Below kSureFaceProbability it
/// ends no search and goes behind every sure face: a passport's page that looks like a face is
/// larger than the portrait on it. Both were chosen on FairFace's training part and pictures
/// without anybody (models/confirmation/README.md).
inline constexpr double kMinFaceProbability = 0.25;
inline constexpr double kSureFaceProbability = 0.9;

/// Finds the faces of a photo, the cheap way first: the near detector on the whole photo, then the
/// far detector, then the far detector on ever smaller tiles (faces on a scanned page). What a
/// detector takes for a face counts only where a second look shows it too, level and the right way
/// up, and a classifier of faces and other things confirms it. The first stage with a sure face
/// ends the search; a doubtful one does not. Where the near detector sees small faces only, the far
/// one adds the rest of the group. Faces may be turned by any angle.
class FaceDetector {
 public:
  /// Throws kModelMismatch as BlazeFace and FaceClassifier do.
  FaceDetector(const Model& near_detector, const Model& far_detector, const Model& confirmation,
               int threads = 1);

  /// Sure faces first, the largest first, then doubtful ones likewise; empty where none is.
  /// Throws kImageTooSmall below kMinPhotoSide.
  std::vector<Face> detect(const Image& photo);

  /// `report` is called with the share of the search that is done, 0..1, before each look. What it
  /// throws ends the search and leaves detect: so a caller cancels.
  void on_progress(std::function<void(double share)> report) { report_ = std::move(report); }

 private:
  struct Search;

  void search(Search& search);
  void look(Search& search, BlazeFace& detector, const std::vector<SimilarityTransform>& crops);

  BlazeFace near_;
  BlazeFace far_;
  FaceClassifier confirmation_;
  std::function<void(double)> report_;
};

}  // namespace visavis
