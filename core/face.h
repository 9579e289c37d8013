#pragma once

#include <array>

#include "core/geometry.h"

namespace visavis {

/// BlazeFace's keypoints, in its order; left and right as seen in the photo.
enum FaceKeypoint {
  kLeftEye = 0,
  kRightEye,
  kNoseTip,
  kMouthCentre,
  kLeftEar,
  kRightEar,
  kFaceKeypoints
};

/// A face found in an image; coordinates in pixels of that image (geometry.h), they may lie outside
/// it.
struct Face {
  Box box;
  float confidence = 0;  ///< 0..1
  std::array<Point, kFaceKeypoints> keypoints{};
};

}  // namespace visavis
