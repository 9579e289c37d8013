#include "native/effects/pixel_operations.h"
#include "native/images/jpeg_codec.h"

namespace visavis {

void apply_jpeg(FineImage& image, int quality) {
  Image coarse(image.width, image.height);
  for (std::size_t i = 0; i < coarse.pixels.size(); ++i) {
    coarse.pixels[i] = static_cast<std::uint8_t>(image.pixels[i] + 0.5F);
  }
  pass_through_jpeg(coarse, quality);
  for (std::size_t i = 0; i < coarse.pixels.size(); ++i) image.pixels[i] = coarse.pixels[i];
}

}  // namespace visavis
