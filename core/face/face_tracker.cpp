#include "core/face/face_tracker.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/face/blazeface.h"
#include "core/face/face_candidates.h"
#include "core/image/resample.h"

namespace visavis {
namespace {

/// Candidates looked at in one frame, the most confident first: a bound for its time.
constexpr std::size_t kMaxCandidatesInFrame = 4;

bool is_same(const Face& a, const Face& b) { return overlap(a.box, b.box) > kMinOverlap; }

/// The near detector's candidates in the whole frame, among them the face followed.
std::vector<Face> candidates_in(BlazeFace& detector, ImagePyramid& frame,
                                const std::optional<Face>& previous) {
  const Image& pixels = frame.photo();
  std::vector<Face> candidates =
      find_candidates(detector, frame,
                      {letterbox(pixels.width, pixels.height, detector.input_size(), kNearMargin)});
  candidates.resize(std::min(candidates.size(), kMaxCandidatesInFrame));
  if (previous && std::none_of(candidates.begin(), candidates.end(), [&](const Face& candidate) {
        return is_same(candidate, *previous);
      })) {
    candidates.push_back(*previous);
  }
  return candidates;
}

/// The faces among the candidates, the face followed first, then the largest.
std::vector<Face> confirmed(FaceDetector& detector, ImagePyramid& frame,
                            const std::vector<Face>& candidates,
                            const std::optional<Face>& previous) {
  const auto is_followed = [&](const Face& face) { return previous && is_same(face, *previous); };
  std::vector<Face> faces;
  for (const Face& candidate : candidates) {
    const std::optional<Face> face = detect_upright(detector.near_detector(), frame, candidate);
    if (!face) continue;
    const double needed = is_followed(*face) ? kMinFaceProbability : kSureFaceProbability;
    if (detector.probability_of(frame, *face) >= needed) faces.push_back(*face);
  }
  faces = blend_overlapping(std::move(faces));
  std::stable_sort(faces.begin(), faces.end(), [&](const Face& a, const Face& b) {
    return is_followed(a) != is_followed(b) ? is_followed(a) : side_of(a) > side_of(b);
  });
  return faces;
}

}  // namespace

TrackedView FaceTracker::track(const Image& frame, const std::optional<Face>& previous) {
  require_photo_size(frame);
  ImagePyramid pyramid(frame);
  const std::vector<Face> candidates = candidates_in(detector_.near_detector(), pyramid, previous);
  std::vector<Face> faces = confirmed(detector_, pyramid, candidates, previous);
  if (faces.empty()) return {};
  const AlignedFace aligned = aligner_.align(pyramid, faces.front());
  TrackedFace tracked{
      faces.front(), aligned.landmarks, assess_quality(aligned, frame.width, frame.height), {}};
  tracked.capture = assess_capture(aligned, tracked.quality.yaw, frame.width, frame.height);
  faces.erase(faces.begin());
  return {std::move(tracked), std::move(faces)};
}

}  // namespace visavis
