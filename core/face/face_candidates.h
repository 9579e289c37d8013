#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "core/face/blazeface.h"
#include "core/face/face.h"
#include "core/image/resample.h"
#include "core/image/similarity_transform.h"
#include "core/model/classifier.h"
#include "core/model/model.h"

namespace visavis {

/// The steps from a photo to candidates for faces. FaceDetector takes them, and so does the tool
/// that makes crops for the network which confirms faces (models/confirmation/make.sh).

/// The class of the confirming network whose probability says whether a square shows a face.
inline constexpr const char* kFaceClass = "face";

/// Side of the level square that FaceClassifier looks at, in sides of the face's box. Its model was
/// trained on squares of the same size.
inline constexpr double kClassifiedMargin = 1.5;

/// The detector's candidates in these crops of the photo: only those whose centre lies in the
/// photo, overlapping ones blended, the most confident first. At most 16: without a limit, leaves
/// and text make a photo without a face cost many times one with a face. Calls `before_each` before
/// each crop.
std::vector<Face> find_candidates(BlazeFace& detector, ImagePyramid& photo,
                                  const std::vector<SimilarityTransform>& crops,
                                  const std::function<void()>& before_each = {});

/// Detects the candidate once more, level, in a square twice the size of its box. Nothing where the
/// detector finds no face at the same place, or one whose eyes coincide.
std::optional<Face> detect_upright(BlazeFace& near_detector, ImagePyramid& photo,
                                   const Face& candidate);

/// As detect_upright, but for a candidate that may be upside down: turned over where the detector is
/// surer of it so.
std::optional<Face> refine_candidate(BlazeFace& near_detector, ImagePyramid& photo,
                                     const Face& candidate);

/// A classifier of faces and other things, asked about refined candidates.
class FaceClassifier {
 public:
  /// Throws kModelMismatch as Classifier does, and where the model has no class kFaceClass.
  explicit FaceClassifier(const Model& model, int threads = 1);

  /// Logit of the probability that the face's square shows a face: the
  /// mean of the square's and its mirror image's.
  double logit_of(ImagePyramid& photo, const Face& face);

 private:
  Classifier classifier_;
  std::size_t face_class_;
};

}  // namespace visavis
