#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/image/image.h"
#include "native/effects/occlusion.h"

namespace visavis {

/// A degradation of a whole photo, before faces are detected.
enum class Degradation { kBlur, kDark, kJpeg, kLowResolution, kRotate };

/// "blur", "dark", "jpeg", "lowres", "rotate", in this order.
const std::vector<std::string>& degradation_names();
/// Throws kInvalidArgument, listing the names.
Degradation parse_degradation(const std::string& name);

/// Blur: Gaussian, sigma 0.6 to 1.2% of the shorter side. Dark: exponent 1.8 to 2.6, and the noise
/// that comes with it. JPEG: quality 5 to 15. Low resolution: shrunk to 20 to 35% and enlarged
/// again. Rotate: 15 to 30 degrees either way, edges continued. How much is drawn from `random`.
Image degrade_photo(const Image& photo, Degradation degradation, std::mt19937_64& random);

/// How the second photo of every pair is altered, to measure a model's robustness: first an
/// occlusion of the face found in the original photo, then a degradation.
struct PhotoAlteration {
  std::optional<Occlusion> occlusion;
  std::optional<Degradation> degradation;
  std::uint64_t seed = 1;

  [[nodiscard]] bool is_any() const { return occlusion || degradation; }
  /// "sunglasses", "sunglasses and blur", ...
  [[nodiscard]] std::string name() const;
  /// The draws for one photo: a function of the seed and of its name, not of its place in a list.
  [[nodiscard]] std::mt19937_64 random_of(const std::string& photo_name) const;
};

}  // namespace visavis
