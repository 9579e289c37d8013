#include "core/image/image.h"

#include <algorithm>
#include <string>

#include "core/base/error.h"

namespace visavis {

Image::Image(int image_width, int image_height) : width(image_width), height(image_height) {
  const std::string size = std::to_string(image_width) + "x" + std::to_string(image_height);
  if (width < 1 || height < 1) {
    throw Error(ErrorCode::kInvalidArgument,
                "image of " + size + " pixels: both sides must be at least 1");
  }
  const auto count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  if (count > kMaxImagePixels) {
    throw Error(ErrorCode::kImageTooLarge, "image of " + size + " pixels: at most " +
                                               std::to_string(kMaxImagePixels / 1'000'000) +
                                               " megapixels are read; scale it down first");
  }
  pixels.resize(count * 3);
}

FineImage::FineImage(int image_width, int image_height)
    : width(image_width),
      height(image_height),
      pixels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3) {}

FineImage::FineImage(const Image& image)
    : width(image.width), height(image.height), pixels(image.pixels.begin(), image.pixels.end()) {}

FineImage mirrored(const FineImage& image) {
  FineImage result(image.width, image.height);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      std::copy_n(image.pixel(image.width - 1 - x, y), 3,
                  result.pixels.data() + (image.pixel(x, y) - image.pixels.data()));
    }
  }
  return result;
}

Image rounded(const FineImage& image) {
  Image result(image.width, image.height);
  std::transform(image.pixels.begin(), image.pixels.end(), result.pixels.begin(),
                 [](float value) { return static_cast<std::uint8_t>(value + 0.5F); });
  return result;
}

}  // namespace visavis
