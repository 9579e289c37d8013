#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model.h"
#include "core/verifier.h"
#include "native/model_files.h"
#include "native/photo_embedder.h"

namespace visavis {

/// Turns images into the vectors that zero-shot learning works on: the embedding of a face (where
/// the model has an alignment template) or of a whole image, or ink_features without any model.
class ImageFeatures {
 public:
  static ImageFeatures of_ink();
  /// `choice.embedder` names the model. Throws as read_model and load_face_models do, and
  /// kModelMismatch for a model that is no embedder.
  static ImageFeatures of_model(const ModelChoice& choice);

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Of the model file's content; empty for ink.
  [[nodiscard]] const std::string& digest() const { return digest_; }

  /// For every photo its vector or the reason why there is none, as embed_photos gives it; the same
  /// whatever the number of threads. Nothing when Ctrl-C stopped it.
  [[nodiscard]] std::vector<EmbeddedPhoto> extract(const std::vector<PhotoRef>& photos,
                                                   int threads) const;

 private:
  std::string name_;
  std::string digest_;
  std::optional<FaceModels> faces_;
  std::optional<Model> whole_;
};

}  // namespace visavis
