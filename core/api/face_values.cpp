#include "core/api/face_values.h"

#include <algorithm>
#include <cmath>

namespace visavis::api {

void append_face(const Face& face, FacesObject& faces) {
  faces.values.insert(faces.values.end(), {face.box.left, face.box.top, face.box.width,
                                           face.box.height, face.confidence});
  for (const Point& point : face.keypoints) {
    faces.values.insert(faces.values.end(), {point.x, point.y});
  }
  ++faces.count;
}

Face read_face(const float* values) {
  require(
      std::all_of(values, values + kVisavisFaceValues, [](float v) { return std::isfinite(v); }),
      "A face's coordinates must be finite numbers: give a face as detected.");
  Face face;
  face.box = {values[0], values[1], values[2], values[3]};
  face.confidence = values[4];
  for (std::size_t i = 0; i < face.keypoints.size(); ++i) {
    face.keypoints[i] = {values[5 + 2 * i], values[6 + 2 * i]};
  }
  return face;
}

}  // namespace visavis::api
