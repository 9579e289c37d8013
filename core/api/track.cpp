#include <optional>

#include "core/api/api.h"
#include "core/api/face_values.h"
#include "core/api/objects.h"

namespace visavis::api {
namespace {

std::unique_ptr<TrackObject> as_object(const TrackedView& view) {
  auto object = std::make_unique<TrackObject>();
  if (!view.face) return object;
  append_face(view.face->face, *object);
  for (const Face& other : view.others) append_face(other, *object);
  for (const Point& point : view.face->landmarks) {
    object->landmarks.insert(object->landmarks.end(), {point.x, point.y});
  }
  const Quality& q = view.face->quality;
  const CaptureQuality& c = view.face->capture;
  object->quality = {q.eye_distance,
                     q.sharpness,
                     q.brightness,
                     q.contrast,
                     q.yaw,
                     q.visible,
                     c.pitch,
                     c.roll,
                     c.eyes_open,
                     c.mouth_open,
                     c.inter_eye_distance,
                     c.head_size,
                     c.margin_left,
                     c.margin_right,
                     c.margin_above,
                     c.margin_below,
                     c.luminance_mean,
                     c.luminance_variance,
                     c.dynamic_range,
                     c.over_exposed,
                     c.under_exposed,
                     c.glare,
                     c.illumination_uniformity,
                     c.light_balance,
                     c.natural_colour};
  return object;
}

}  // namespace
}  // namespace visavis::api

using namespace visavis;       // NOLINT(google-build-using-namespace): the exports are global.
using namespace visavis::api;  // NOLINT(google-build-using-namespace)

VisavisHandle visavis_track(VisavisHandle verifier, VisavisHandle frame, const float* previous) {
  return guarded([&] {
    const Image& image = handles().get<ImageObject>(frame).image;
    std::optional<Face> last;
    if (previous != nullptr) last = read_face(previous);
    return handles().add(
        as_object(handles().get<VerifierObject>(verifier).verifier.track(image, last)));
  });
}

const float* visavis_track_landmarks(VisavisHandle track) {
  return guarded(
      [&]() -> const float* { return handles().get<TrackObject>(track).landmarks.data(); });
}

const double* visavis_track_quality(VisavisHandle track) {
  return guarded(
      [&]() -> const double* { return handles().get<TrackObject>(track).quality.data(); });
}
