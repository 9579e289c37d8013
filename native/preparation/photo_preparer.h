#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/base/error.h"
#include "core/face/face_aligner.h"
#include "core/face/face_detector.h"
#include "core/face/verifier.h"
#include "native/preparation/prepared_image.h"

namespace visavis {

/// From a photo to what training sees of it. Not thread-safe; one object per thread.
class PhotoPreparer {
 public:
  /// `models` may be null where options.aligns_faces is false. Throws kInvalidArgument as
  /// check_preparation does, and as FaceDetector and FaceAligner do.
  PhotoPreparer(const FaceModels* models, const PreparationOptions& options);

  /// Decodes and prepares. Throws kUnreadableImage, kImageTooLarge, kImageTooSmall, kNoFace or
  /// kFaceTooSmall (all of which are_the_photos_fault); `source` names the photo in the message.
  PreparedImage prepare(std::span<const std::uint8_t> encoded, const std::string& source);

 private:
  PreparedImage prepare_face(const Image& photo);
  Face find_face(const Image& photo);

  PreparationOptions options_;
  std::optional<FaceDetector> detector_;
  std::optional<FaceAligner> aligner_;
  SimilarityTransform crop_to_template_;
};

/// Throws kInvalidArgument for faces without models, a scale outside 0.25..8 or a side outside
/// 8..1152.
void check_preparation(const FaceModels* models, const PreparationOptions& options);

/// Tells apart everything that makes prepared photos differ: options, the models that find and
/// place faces, the template, and the version of this code.
std::uint64_t preparation_key(const FaceModels* models, const PreparationOptions& options);

/// Whether an Error of this code speaks of one photo, not of the program or the machine.
bool is_the_photos_fault(ErrorCode code);

/// From the 112-pixel template to the kept square of kFaceCropSide * scale pixels.
SimilarityTransform template_to_square(double scale);

}  // namespace visavis
