#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace visavis {

/// How the samples of a pixel lie in memory, 8 bits each; also the space that its profile must be
/// of.
enum class PixelLayout {
  kRgb,           ///< Red, green, blue.
  kRgba,          ///< The same with alpha, not premultiplied; alpha is left alone.
  kGreyInRgb,     ///< The grey value three times.
  kGreyInRgba,    ///< The same with alpha.
  kCmyk,          ///< 255 is full ink.
  kInvertedCmyk,  ///< 0 is full ink, as Adobe writes JPEG.
};

/// CIE 1931 chromaticities (x, y).
struct Chromaticities {
  std::array<double, 2> white{0.3127, 0.3290};
  std::array<double, 2> red{0.64, 0.33};
  std::array<double, 2> green{0.30, 0.60};
  std::array<double, 2> blue{0.15, 0.06};
};

/// The colour space of an image. Converts pixels to sRGB as viewers and browsers do (by Little CMS,
/// perceptual intent).
class ColourProfile {
 public:
  /// sRGB: converts nothing.
  ColourProfile();
  ~ColourProfile();
  ColourProfile(ColourProfile&&) noexcept;
  ColourProfile& operator=(ColourProfile&&) noexcept;

  /// An ICC profile; sRGB for bytes that are none.
  static ColourProfile from_icc(std::span<const std::uint8_t> icc);
  /// Of red, green and blue, or of grey, with light = sample ^ `gamma`; sRGB's curve where gamma is
  /// not given. sRGB for invalid chromaticities.
  static ColourProfile from_primaries(const Chromaticities& chromaticities,
                                      std::optional<double> gamma);
  /// By the code points of ITU-T H.273 that AVIF, HEIC and PNG's cICP use. Curves of television and
  /// unknown ones count as sRGB's, as browsers have it.
  static ColourProfile from_code_points(int primaries, int transfer);

  /// Converts `count` pixels in place; returns false where the profile says sRGB, or is of another
  /// kind than the pixels, or broken: browsers ignore those, and the pixels are left as they are.
  /// Ink stays four samples a pixel, of which the first three are then red, green and blue.
  bool convert_to_srgb(std::uint8_t* pixels, std::size_t count, PixelLayout layout) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace visavis
