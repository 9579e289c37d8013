#pragma once

#include <vector>

#include "core/face_aligner.h"
#include "core/image.h"

namespace visavis {

/// What makes a comparison less reliable. Stable numbers: they cross the C API. Append only.
enum class QualityIssue : int {
  kLowResolution = 0,
  kBlurred = 1,
  kTooDark = 2,
  kTooBright = 3,
  kLowContrast = 4,
  kHeadTurned = 5,
  kCutOff = 6,
};

/// Stable name for programs: "blurred".
const char* code_of(QualityIssue issue);
/// One sentence for the person in the photo: what is wrong and what helps.
const char* message_of(QualityIssue issue);

/// Fewer pixels than this between the pupils cannot be compared: kFaceTooSmall.
inline constexpr double kMinEyeDistance = 12;
/// Below this the comparison works, less surely: the embedder's template has 35 pixels there.
inline constexpr double kLowEyeDistance = 20;
inline constexpr double kMinSharpness = 0.02;
inline constexpr double kMinBrightness = 50;
inline constexpr double kMaxBrightness = 220;
inline constexpr double kMinContrast = 15;
inline constexpr double kMaxYaw = 35;
inline constexpr double kMinVisible = 0.85;

/// How well an aligned face shows what the embedder looks at.
struct Quality {
  double eye_distance = 0;  ///< Between the pupils, in pixels of the photo.
  double sharpness = 0;   ///< Variance of the Laplacian over that of the luma, of the crop's face.
  double brightness = 0;  ///< Mean luma of the crop's face, 0..255.
  double contrast = 0;    ///< Standard deviation of that luma.
  double yaw = 0;         ///< Head turned, in degrees; positive towards the photo's right.
  double visible = 1;     ///< Share of the crop that lies inside the photo, 0..1.
  std::vector<QualityIssue> issues;  ///< Empty when nothing stands against comparing.
};

/// The crop must be that of `aligned` made from a photo of this size.
Quality assess_quality(const AlignedFace& aligned, int photo_width, int photo_height);

}  // namespace visavis
