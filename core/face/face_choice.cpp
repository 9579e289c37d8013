#include "core/face/face_choice.h"

#include <string>

#include "core/base/error.h"

namespace visavis {

const Face& choose_face(const std::vector<Face>& faces, const Image& photo, std::size_t which) {
  if (faces.empty()) {
    throw Error(ErrorCode::kNoFace,
                "no face found in " + std::to_string(photo.width) + "x" +
                    std::to_string(photo.height) +
                    " pixels: use a photo that shows the whole face from the front");
  }
  if (which < 1 || which > faces.size()) {
    refuse("face " + std::to_string(which) + " was asked for, but " +
           (faces.size() == 1 ? "one face was found"
                              : std::to_string(faces.size()) + " faces were found"));
  }
  return faces[which - 1];
}

}  // namespace visavis
