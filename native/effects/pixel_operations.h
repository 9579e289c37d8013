#pragma once

#include <array>
#include <cstdint>

#include "core/image/image.h"

namespace visavis {

/// The pixel operations of augmentation, in place on samples of 0..255, which stay within. Each
/// is a loop over rows that the compiler vectorises: augmentation shares the cores with training.

/// 255 (v / 255)^gamma, by a table of 256 values with linear interpolation.
void apply_gamma(FineImage& image, double gamma);

/// Channel factors, contrast round middle grey, then saturation (0: luma).
void apply_colour(FineImage& image, const std::array<double, 3>& gain, double contrast,
                  double saturation);

/// Gaussian, separable, edges continued; `sigma` in pixels.
void gaussian_blur(FineImage& image, double sigma);

/// Mean along a line of `length` pixels, edges continued.
void motion_blur(FineImage& image, double length, double degrees);

/// To width x height: triangle filter as wide as the shrinking asks for (so nothing aliases),
/// bilinear where it enlarges.
FineImage resized(const FineImage& image, int width, int height);

/// About Gaussian (the sum of four uniform values), of deviation `sigma`, independent per sample.
void add_noise(FineImage& image, double sigma, std::uint32_t seed);

/// Written as a JPEG of this quality (4:2:0, as cameras and web sites do) and read again. Throws
/// kOutOfMemory where libjpeg finds none.
void apply_jpeg(FineImage& image, int quality);

/// Left, top, width, height as fractions of the image; the image's mean colour, or noise.
void erase_rectangle(FineImage& image, const std::array<double, 4>& rectangle, bool with_noise,
                     std::uint32_t seed);

/// Dark strokes `amount` pixels thicker (above 0) or thinner (below 0), at most 1: the image mixed
/// with its 3x3 minimum or maximum.
void change_thickness(FineImage& image, double amount);

}  // namespace visavis
