#pragma once

#include "core/face/face.h"
#include "core/image/image.h"

namespace visavis {

/// A photo-sized picture of smooth shades and fine grain, which takes as long to decode as a photo.
/// It shows no face.
Image make_bench_photo(int width, int height);

/// An upright face in the middle, as large as a selfie's. The time of aligning and embedding does
/// not depend on the pixels.
Face make_bench_face(const Image& photo);

}  // namespace visavis
