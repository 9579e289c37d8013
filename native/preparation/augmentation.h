#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "core/image/image.h"
#include "native/effects/occlusion.h"
#include "native/preparation/prepared_image.h"

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

/// What was drawn for one crop. Kept apart from the drawing of pixels so that a teacher can be
/// shown the same crop at another size, or a clean one.
struct AugmentationPlan {
  // Geometry, on the square that the crop shows: flipped, sheared, scaled and turned round its
  // centre, then shifted by a fraction of the side.
  bool is_flipped = false;
  double shear = 0;    ///< Tangent.
  double scale = 1;    ///< Above 1: larger content.
  double degrees = 0;  ///< Clockwise.
  double shift_x = 0;
  double shift_y = 0;

  double gamma = 1;
  double brightness = 1;                   ///< Factor.
  double contrast = 1;                     ///< Factor, round middle grey.
  double saturation = 1;                   ///< Factor; 0: grey.
  std::array<double, 3> cast = {1, 1, 1};  ///< Factor per channel.
  double thickness = 0;  ///< Pixels of 112: above 0 thicker dark strokes, below thinner.

  std::optional<Occlusion> occlusion;
  std::uint64_t occlusion_seed = 0;

  double blur_sigma = 0;    ///< Pixels of 112; 0: none.
  double blur_length = 0;   ///< Pixels of 112; 0: no motion blur.
  double blur_degrees = 0;  ///< Direction of the motion.
  double resolution = 1;    ///< Shrunk to this fraction, then enlarged again.
  double noise_sigma = 0;   ///< Of 255.
  std::uint32_t noise_seed = 0;
  int jpeg_quality = 0;  ///< 0: no JPEG.

  /// Fractions of the crop: left, top, width, height; a width of 0: nothing is erased.
  std::array<double, 4> erased = {0, 0, 0, 0};
  bool erases_with_noise = false;

  /// The geometry alone: what a teacher sees of a photo whose pixels are degraded for the student.
  [[nodiscard]] AugmentationPlan clean() const;
};

/// Draws everything that is random; always the same number of values from `random`, whatever the
/// options, so that changing one option leaves the others' draws as they were.
AugmentationPlan draw_augmentation(const AugmentationOptions& options, std::mt19937_64& random);

/// The crop that the plan describes. Samples stay within 0..255. Occlusions need the five points
/// and are left out of whole images.
FineImage planned_crop(const PreparedImage& prepared, const AugmentationPlan& plan, int width,
                       int height, int quarter_turns = 0);

/// Where a crop of width x height pixels lies in a prepared image without augmentation: the
/// template's square of a face (as the shipped aligner cuts it: the middle 112 / kFaceCropSide of
/// the image), black beyond its edge; or the whole square of a whole image, its edges continued.
/// `quarter_turns` (0..3) turn it clockwise (rotated classes).
FineImage plain_crop(const PreparedImage& prepared, int width, int height, int quarter_turns = 0);

}  // namespace visavis
