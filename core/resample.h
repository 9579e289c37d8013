#pragma once

#include "core/image.h"
#include "core/similarity_transform.h"

namespace visavis {

/// What lies beyond the photo's edge.
enum class Border {
  kBlack,
  kNearest,  ///< The edge pixel, continued.
};

/// Half the size (odd sides rounded up): each pixel the mean of 2x2, rounded to nearest.
Image halve(const Image& image);

/// The photo through a similarity transform, on width x height pixels. Where it shrinks, the part
/// of the photo that is needed is first halved (2x2 means, as in a mip map: Williams 1983) until
/// less than a halving is left, so nothing aliases; then sampled once, bilinearly, so a small face
/// is not blurred twice. The same transform gives the same samples on every platform. Throws
/// kInvalidArgument for an empty photo, a transform that is not finite or of scale zero.
FineImage resample(const Image& photo, const SimilarityTransform& photo_to_crop, int width,
                   int height, Border border);

}  // namespace visavis
