#pragma once

#include "core/image/image.h"

namespace visavis {

/// A whole image as an embedder that asks for no aligned face sees it: in a square of `side`
/// pixels, centred, proportions kept, its edges continued; in whole grey levels, as training keeps
/// its images. Throws as resample does.
Image whole_image(const Image& image, int side);

}  // namespace visavis
