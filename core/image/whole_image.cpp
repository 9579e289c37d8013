#include "core/image/whole_image.h"

#include "core/image/resample.h"
#include "core/image/similarity_transform.h"

namespace visavis {

Image whole_image(const Image& image, int side) {
  const SimilarityTransform to_square = letterbox(image.width, image.height, side);
  return rounded(resample(image, to_square, side, side, Border::kNearest));
}

}  // namespace visavis
