#pragma once

#include <algorithm>
#include <cmath>
#include <random>

#include "core/image/image.h"

namespace visavis {

/// Stripes of the class's own direction and width, at a random phase, with noise: 24x24, grey.
inline Image striped_picture(int of_class, std::mt19937& random) {
  constexpr int kSide = 24;
  Image picture(kSide, kSide);
  const double angle = of_class * 0.7;
  const double frequency = 0.5 + 0.12 * of_class;
  const double phase = static_cast<double>(random() % 628) / 100;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const double wave = std::sin(frequency * (x * std::cos(angle) + y * std::sin(angle)) + phase);
      const auto value = static_cast<std::uint8_t>(120 + static_cast<int>(80 * wave) +
                                                   static_cast<int>(random() % 40));
      std::fill_n(picture.pixel(x, y), 3, value);
    }
  }
  return picture;
}

}  // namespace visavis
