#pragma once

#include <array>

#include "core/base/geometry.h"

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

inline Point centre_of(const Face& face) { return centre_of(face.box); }

/// From the left eye to the right one: to the right of an upright face.
inline Point eye_direction(const Face& face) {
  return face.keypoints[kRightEye] - face.keypoints[kLeftEye];
}

/// Mean of the box's width and height.
inline float side_of(const Face& face) { return (face.box.width + face.box.height) / 2; }

}  // namespace visavis
