#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "core/face/decision.h"
#include "core/face/face.h"
#include "core/face/face_aligner.h"
#include "core/face/face_detector.h"
#include "core/face/face_tracker.h"
#include "core/face/quality.h"
#include "core/image/image.h"
#include "core/image/resample.h"
#include "core/model/embedder.h"
#include "core/model/model.h"
#include "core/rates/calibration.h"

namespace visavis {

/// The networks from photo to template, loaded: near and far face detector, landmarks, embedder,
/// and the classifier that confirms faces.
struct FaceModels {
  Model near_detector;
  Model far_detector;
  Model landmarks;
  Model embedder;
  Model confirmation;
  bool averages_mirror = false;  ///< Embeddings as Embedder::embed_with_mirror makes them.
};

/// What is kept of a photo: enrolled once, compared as often as wanted.
struct FaceTemplate {
  Embedding embedding;  ///< Unit length.
  Face face;            ///< The face it was made from, in the photo's pixels.
  Image crop;           ///< The aligned crop the network saw.
  Quality quality;
};

/// How fit the photo that a template was made from is to be decided on.
FaceFitness fitness_of(const FaceTemplate& made);

/// The template of a photo, and how many faces the photo shows.
struct Enrolment {
  FaceTemplate face_template;
  std::size_t faces = 0;  ///< Found in the photo.
};

struct Verdict {
  double distance = 0;   ///< 0..2, lower is more alike.
  double threshold = 0;  ///< A match is distance < threshold.
  bool is_match = false;
  // Absent where the embedder has no calibration.
  std::optional<Rate> fmr_at_distance;   ///< Pairs of different people at least this alike.
  std::optional<Rate> fnmr_at_distance;  ///< Pairs of one person no more alike than this.
  /// Pairs of alike strangers at least this alike; nothing where the calibration has none.
  std::optional<Rate> alike_fmr_at_distance;
};

/// Photo pair to verdict. Not thread-safe; one object per thread.
class Verifier {
 public:
  /// Throws kModelMismatch when a model is not of the kind its place asks for. `threads` as
  /// Network's.
  explicit Verifier(const FaceModels& models, int threads = 1);

  /// All faces in FaceDetector's order; empty when there is none. Throws kImageTooSmall below 32
  /// pixels a side.
  std::vector<Face> detect_faces(ImagePyramid& photo,
                                 SearchEffort effort = SearchEffort::kThorough);
  std::vector<Face> detect_faces(const Image& photo) {
    ImagePyramid pyramid(photo);
    return detect_faces(pyramid);
  }

  /// What a live view shows: FaceTracker::track, which throws likewise.
  TrackedView track(const Image& frame, const std::optional<Face>& previous = std::nullopt);

  /// As FaceDetector's.
  void on_progress(std::function<void(double share)> report) {
    detector_.on_progress(std::move(report));
  }

  /// Aligns, assesses and embeds one face. Throws kFaceTooSmall, naming the pixels found and
  /// needed.
  FaceTemplate make_template(ImagePyramid& photo, const Face& face);
  FaceTemplate make_template(const Image& photo, const Face& face) {
    ImagePyramid pyramid(photo);
    return make_template(pyramid, face);
  }

  /// From photo to template: detect_faces, choose_face (which = 1: the first), make_template;
  /// throws as these do.
  Enrolment enrol(const Image& photo, std::size_t which = 1);

  /// Uses the threshold shipped with the embedder unless `threshold` (0..2) is given. Throws
  /// kInvalidArgument for an embedding that is not of this embedder's length or not of unit length,
  /// for a threshold outside 0..2, and where neither the caller nor the embedder gives a threshold.
  [[nodiscard]] Verdict verify(const FaceTemplate& reference, const FaceTemplate& probe,
                               std::optional<double> threshold = std::nullopt) const;

  /// What to do about a pair at this distance (0..2), by the bounds that the embedder ships. Throws
  /// kInvalidArgument where it ships neither bounds nor a threshold.
  [[nodiscard]] Decision decide(double distance, const FaceFitness& reference,
                                const FaceFitness& probe,
                                DecisionPolicy policy = kDefaultPolicy) const;
  /// The bounds by which `decide` decides.
  [[nodiscard]] DecisionBounds bounds(DecisionPolicy policy) const;

  [[nodiscard]] const CalibrationTable& calibration() const { return calibration_; }

 private:
  FaceDetector detector_;
  FaceAligner aligner_;
  Embedder embedder_;
  bool averages_mirror_;
  CalibrationTable calibration_;
};

}  // namespace visavis
