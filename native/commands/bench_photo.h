#pragma once

#include "core/face/face.h"
#include "core/image/image.h"

namespace visavis {

/// A photo-sized picture made of smooth shades and fine grain, so that decoding has a photo's work
/// to do; no face is in it.
Image make_bench_photo(int width, int height);

/// A face as large as a selfie's, upright in the middle: aligning and embedding take the same time
/// whatever is there.
Face make_bench_face(const Image& photo);

}  // namespace visavis
