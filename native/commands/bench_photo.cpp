#include "native/commands/bench_photo.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace visavis {

Image make_bench_photo(int width, int height) {
  std::mt19937 random(1);
  Image photo(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const double shade = 128 + 80 * std::sin(x * 0.011 + c) * std::cos(y * 0.013 - c);
        const auto grain = static_cast<int>(random() % 17) - 8;
        photo.pixel(x, y)[c] = static_cast<std::uint8_t>(static_cast<int>(shade) + grain);
      }
    }
  }
  return photo;
}

Face make_bench_face(const Image& photo) {
  const float side = 0.4F * static_cast<float>(std::min(photo.width, photo.height));
  const float left = 0.5F * (static_cast<float>(photo.width) - side);
  const float top = 0.5F * (static_cast<float>(photo.height) - side);
  const auto at = [&](float x, float y) { return Point{left + x * side, top + y * side}; };
  return {{left, top, side, side},
          1.0F,
          {at(0.3F, 0.3F), at(0.7F, 0.3F), at(0.5F, 0.5F), at(0.5F, 0.75F), at(0.05F, 0.4F),
           at(0.95F, 0.4F)}};
}

}  // namespace visavis
