#pragma once

#include <vector>

#include "core/face/face_aligner.h"

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

/// A face below this confidence may be no face. 97% of 1,497 portraits of FairFace are above it;
/// drawn faces and animals are mostly below.
inline constexpr float kDoubtfulConfidence = 0.7F;

// The limits below were measured on LFW View 1 with the embedder models/face at the threshold of
// FMR 1e-3: all images against the same images made worse; FNMR is 0.020 when nothing is changed.
// None of the degradations raises the FMR.

/// Fewer pixels than this between the pupils cannot be compared: kFaceTooSmall. FNMR is 0.038 at
/// 13.5 pixels, 0.079 at 10.9, 0.245 at 8.4 (the embedder's template has 35).
inline constexpr double kMinEyeDistance = 12;
/// Throws kFaceTooSmall, telling the pixels found and needed, below kMinEyeDistance.
void require_enough_pixels(double eye_distance);
/// From here on more pixels gain little: FNMR 0.030 at 16.7, 0.025 at 20.8 and at 29.
inline constexpr double kLowEyeDistance = 16;
/// Width of the crop, in pixels, to which sharpness refers.
inline constexpr int kSharpnessSide = 112;
/// A blur of sigma 1.5 gives 0.022 and FNMR 0.035; 2.5 gives 0.009 and 0.15.
inline constexpr double kMinSharpness = 0.02;
/// Exposure cut to 0.3 gives 38 and FNMR 0.044, to 0.12 gives 15 and 0.43. Low enough to leave dark
/// skin in good light alone.
inline constexpr double kMinBrightness = 40;
/// Twice the exposure gives 218 and FNMR 0.094; 185 does no harm.
inline constexpr double kMaxBrightness = 210;
/// Contrast cut to 0.4 gives 15 and FNMR 0.038, to 0.2 gives 7 and 0.21.
inline constexpr double kMinContrast = 12;
/// LFW's 983 genuine pairs show no significant rise of the FNMR up to 45 degrees; their mean
/// distance rises steadily, from 0.78 to 0.88.
inline constexpr double kMaxYaw = 40;
/// Cutting a quarter of a photo off leaves 0.85 and FNMR 0.023; a third from below 0.79 and 0.079.
inline constexpr double kMinVisible = 0.82;

/// How fit an aligned face is to be compared.
struct Quality {
  double eye_distance = 0;  ///< Between the pupils, in pixels of the photo.
  /// Variance of the Laplacian over that of the luma, of the crop's face; as if it were
  /// kSharpnessSide pixels wide.
  double sharpness = 0;
  double brightness = 0;  ///< Mean luma of the crop's face, 0..255.
  double contrast = 0;    ///< Standard deviation of that luma.
  double yaw = 0;         ///< Head turned, in degrees; positive towards the photo's right.
  double visible = 1;     ///< Share of the crop that lies inside the photo, 0..1.
  std::vector<QualityIssue> issues;  ///< Empty when the face is fit to be compared.
};

/// In pixels; `right` and `bottom` are outside.
struct PixelRectangle {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
};

/// The part of an aligned crop that is face: hair and background change without the face, and would
/// hide a blur or a shadow. Leaves a pixel at each edge of the crop.
PixelRectangle face_part(const FineImage& crop);

/// `aligned` was cut from a photo of this size, in pixels.
Quality assess_quality(const AlignedFace& aligned, int photo_width, int photo_height);

}  // namespace visavis
