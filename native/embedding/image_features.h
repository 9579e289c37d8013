#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/face/verifier.h"
#include "core/model/model.h"
#include "native/embedding/photo_embedder.h"
#include "native/models/model_files.h"
#include "native/system/progress_sink.h"

namespace visavis {

/// Side of the images whose plain pixels are features.
inline constexpr int kPixelSide = 28;

/// Turns images into the vectors that few-shot and zero-shot learning work on: the embedding of a
/// face (where the model has an alignment template) or of a whole image, brought to the model's
/// size and colours; or, without any model, ink_features or plain pixels.
class ImageFeatures {
 public:
  static ImageFeatures of_ink();
  /// Darkness, 0..1, of the whole image shrunk to kPixelSide x kPixelSide pixels, its proportions
  /// kept: the baseline that a network is compared with.
  static ImageFeatures of_pixels();
  /// `choice.embedder` names the model; empty means the default one. Throws as read_model and
  /// load_face_models do, and kModelMismatch for a model that is no embedder.
  static ImageFeatures of_model(const ModelChoice& choice);

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Of the model file's content; empty without one.
  [[nodiscard]] const std::string& digest() const { return digest_; }
  /// embedder_fingerprint of the model; empty without one.
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }

  /// The model's; of kind kNone without one.
  [[nodiscard]] const FewShotHead& few_shot_head() const;

  /// Whether a face is looked for in every image.
  [[nodiscard]] bool shows_faces() const { return faces_.has_value(); }
  /// Of the model (core/fewshot/rejection.h); nothing without one.
  [[nodiscard]] std::optional<double> default_rejection_distance() const;

  /// From now on the vector of a whole image is the mean, of unit length, of its embeddings turned
  /// by each of these degrees, clockwise. Throws kUnsupported unless a model of whole images makes
  /// them, kInvalidArgument without any, or for one that is not finite.
  void average_rotations(const std::vector<double>& degrees);

  /// From now on every image is brought to the form of find_ink (core/drawing/find_ink.h) before it
  /// is embedded. Throws kUnsupported unless a model of whole images in a square makes the vectors.
  void find_ink_first();

  /// For every photo its vector or the reason, naming the photo, why there is none; the same
  /// whatever the number of threads.
  [[nodiscard]] std::vector<EmbeddedPhoto> extract(const std::vector<PhotoRef>& photos, int threads,
                                                   ProgressSink& progress) const;

 private:
  std::string name_;
  std::string digest_;
  std::string fingerprint_;
  std::optional<FaceModels> faces_;
  std::optional<Model> whole_;
  bool takes_pixels_ = false;  ///< Without a model: plain ones, not ink_features.
  std::vector<double> rotations_{0};
  bool finds_ink_ = false;
};

}  // namespace visavis
