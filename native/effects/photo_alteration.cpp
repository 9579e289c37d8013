#include "native/effects/photo_alteration.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "native/effects/affine_crop.h"
#include "native/effects/pixel_operations.h"
#include "native/system/content_hash.h"
#include "native/system/random_source.h"

namespace visavis {
namespace {

FineImage rotated(const Image& photo, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  const double c = std::cos(angle), s = std::sin(angle);
  const double x = photo.width / 2.0, y = photo.height / 2.0;
  return affine_crop(photo, {c, -s, x - c * x + s * y, s, c, y - s * x - c * y}, photo.width,
                     photo.height, Border::kNearest);
}

FineImage shrunk_and_enlarged(const FineImage& photo, double factor) {
  const auto side = [factor](int whole) {
    return std::max(1, static_cast<int>(std::lround(whole * factor)));
  };
  return resized(resized(photo, side(photo.width), side(photo.height)), photo.width, photo.height);
}

}  // namespace

const std::vector<std::string>& degradation_names() {
  static const std::vector<std::string> names = {"blur", "dark", "jpeg", "lowres", "rotate"};
  return names;
}

Degradation parse_degradation(const std::string& name) {
  std::string known;
  for (std::size_t i = 0; i < degradation_names().size(); ++i) {
    if (degradation_names()[i] == name) return static_cast<Degradation>(i);
    known += (i == 0 ? "" : ", ") + degradation_names()[i];
  }
  throw Error(ErrorCode::kInvalidArgument, "degradation '" + name + "': there are " + known);
}

Image degrade_photo(const Image& photo, Degradation degradation, std::mt19937_64& random) {
  const double amount = uniform(random);
  const auto between = [amount](double low, double high) { return low + (high - low) * amount; };
  FineImage result(photo);
  switch (degradation) {
    case Degradation::kBlur:
      gaussian_blur(result, between(0.006, 0.012) * std::min(photo.width, photo.height));
      break;
    case Degradation::kDark:
      apply_gamma(result, between(1.8, 2.6));
      add_noise(result, between(3, 8), static_cast<std::uint32_t>(random() >> 32U));
      break;
    case Degradation::kJpeg:
      apply_jpeg(result, static_cast<int>(std::lround(between(15, 5))));
      break;
    case Degradation::kLowResolution:
      result = shrunk_and_enlarged(result, between(0.35, 0.2));
      break;
    case Degradation::kRotate:
      result = rotated(photo, between(15, 30) * (uniform(random) < 0.5 ? -1 : 1));
      break;
  }
  return rounded(result);
}

std::string PhotoAlteration::name() const {
  std::string name;
  if (occlusion) name = occlusion_names()[static_cast<std::size_t>(*occlusion)];
  if (degradation) {
    name +=
        (name.empty() ? "" : " and ") + degradation_names()[static_cast<std::size_t>(*degradation)];
  }
  return name;
}

std::mt19937_64 PhotoAlteration::random_of(const std::string& photo_name) const {
  return std::mt19937_64(mix64(mix64(seed) ^ fnv1a(photo_name)));
}

}  // namespace visavis
