#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "core/image.h"
#include "native/training/data/image_cache.h"

namespace visavis {

/// How a photo is varied. Geometry is part of the one resampling that alignment does, so nothing
/// is blurred twice; the rest comes after it, or before it where a camera would (JPEG,
/// resolution). Probabilities 0..1; all off by default.
struct AugmentationOptions {
  double flip = 0;    ///< Probability of a mirror image.
  double shift = 0;   ///< At most so much of the side, each way, uniform.
  double scale = 0;   ///< Factor exp(u), u uniform in +- scale.
  double rotate = 0;  ///< At most so many degrees each way, uniform.
  double shear = 0;   ///< Affine shear, characters; at most so much (tangent), uniform.
  double colour = 0;  ///< Brightness, contrast, saturation and colour cast, +- so much.
  double gamma = 0;   ///< Exponent exp(u), u uniform in +- gamma: dark and bright exposures.
  double grey = 0;    ///< Probability of a grey photo.
  double blur = 0;    ///< Probability of a Gaussian or motion blur, sigma up to 2 px of 112.
  double noise = 0;   ///< Probability of Gaussian sensor noise, sigma up to 12 of 255.
  double jpeg = 0;    ///< Probability of JPEG artefacts, quality 20 to 80.
  double low_resolution = 0;  ///< Probability of shrinking to 20..80% and back.
  double occlude = 0;         ///< Probability of a hat, sunglasses, mask, hand or scarf (faces).
  double erase = 0;           ///< Probability of a random rectangle (Zhong et al. 2020), any image.
  double thickness = 0;       ///< Probability of thicker or thinner strokes (characters).
};

/// "none", "face", "face-strong", "character", or a preset with changes: "face:occlude=0.3,blur=0".
/// Throws kInvalidArgument naming preset, key, value and what is allowed.
AugmentationOptions parse_augmentation(const std::string& text);
/// A line per preset and key, for --help.
std::string augmentation_help();

/// Where a crop of `size` pixels lies in a prepared image without augmentation: the template's
/// square of a face (as the shipped aligner cuts it), or the whole square. `quarter_turns` turns
/// it (rotated classes).
FineImage plain_crop(const PreparedImage& prepared, int width, int height, int quarter_turns = 0);

/// An augmented crop; everything random comes from `random`, in an order that depends on the
/// options alone. Samples stay within 0..255.
FineImage augmented_crop(const PreparedImage& prepared, const AugmentationOptions& options,
                         int width, int height, std::mt19937_64& random, int quarter_turns = 0);

}  // namespace visavis
