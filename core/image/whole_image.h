#pragma once

#include "core/image/image.h"

namespace visavis {

/// The input of an embedder of whole images: the image centred in a square of `side` pixels, its
/// proportions kept, its edges continued. Rounded to 8 bits, as the cache of training images is.
/// Throws as resample does.
Image whole_image(const Image& image, int side);

}  // namespace visavis
