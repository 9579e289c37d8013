#pragma once

#include "core/api/objects.h"
#include "core/face/face.h"

namespace visavis::api {

/// Adds a face as kVisavisFaceValues numbers.
void append_face(const Face& face, FacesObject& faces);

/// From kVisavisFaceValues numbers. Throws kInvalidArgument for some that are not finite.
Face read_face(const float* values);

}  // namespace visavis::api
