#pragma once

#include <optional>
#include <vector>

#include "core/face/capture_quality.h"
#include "core/face/face.h"
#include "core/face/face_aligner.h"
#include "core/face/face_detector.h"
#include "core/face/quality.h"
#include "core/image/image.h"

namespace visavis {

/// A face in a frame of a live view.
struct TrackedFace {
  Face face;
  Landmarks landmarks;  ///< In the frame's pixels.
  Quality quality;      ///< As an enrolment's.
  CaptureQuality capture;
};

/// What a frame shows.
struct TrackedView {
  std::optional<TrackedFace> face;
  std::vector<Face> others;  ///< The largest first.
};

/// Looks at the frames of a camera: what must be told tens of times a second. The near detector
/// sees the whole frame once; each candidate is detected again in a level square and confirmed by
/// the classifier. No second try, no far detector, no tiles, no look for heads upside down as
/// FaceDetector has: a frame without a face costs less than one with a face, and people in the
/// background are not found. Of the face itself, landmarks and quality are given, and no embedding.
class FaceTracker {
 public:
  /// Keeps references: both must outlive the tracker.
  FaceTracker(FaceDetector& detector, FaceAligner& aligner)
      : detector_(detector), aligner_(aligner) {}

  /// `previous`: the face of the last frame, in pixels of this one. It is followed where it is found
  /// again near there, though it may be a doubtful one by now or have been missed in the whole
  /// frame; else, and without one, the largest sure face is taken. `others` are sure. Throws
  /// kImageTooSmall below kMinPhotoSide.
  TrackedView track(const Image& frame, const std::optional<Face>& previous = std::nullopt);

 private:
  FaceDetector& detector_;
  FaceAligner& aligner_;
};

}  // namespace visavis
