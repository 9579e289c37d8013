#pragma once

#include <cstddef>
#include <vector>

#include "core/face/face.h"
#include "core/image/image.h"

namespace visavis {

/// Chooses face number `which` of those found in `photo`, in FaceDetector's order; 1 is the first.
/// Throws kNoFace, telling the photo's size, where there is none, and kInvalidArgument where there
/// are fewer than `which`.
const Face& choose_face(const std::vector<Face>& faces, const Image& photo, std::size_t which = 1);

}  // namespace visavis
