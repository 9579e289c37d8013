#pragma once

#include <cstdint>
#include <vector>

#include "core/image/image.h"

namespace visavis {

/// Encoders for the tests of the decoders: the odd kinds of file that photos come in.
using Bytes = std::vector<std::uint8_t>;

/// A smooth picture whose four corners differ, so that a wrong orientation, channel order or crop
/// shows: left to right red rises, top to bottom green rises, blue falls along the diagonal.
Image gradient_image(int width, int height);

/// Largest absolute difference of a channel of a pixel; 256 where the sizes differ.
int largest_difference(const Image& a, const Image& b);

/// A minimal EXIF block ("Exif\0\0" first) with nothing but the orientation.
Bytes exif_block(int orientation, bool big_endian = false);

enum class JpegColour { kRgb, kGrey, kCmyk, kAdobeCmyk, kAdobeYcck };
struct JpegOptions {
  JpegColour colour = JpegColour::kRgb;
  bool is_progressive = false;
  int restart_interval = 0;
  bool is_arithmetic = false;
  bool is_interleaved = true;  ///< Else a scan for each component.
  int across = 1;              ///< Luma samples to one of chroma.
  int down = 1;
  Bytes exif{};  ///< Empty for none.
  Bytes icc{};
};
/// Quality 98 without chroma subsampling: decoded values are within a few steps of the original.
Bytes encode_jpeg(const Image& image, const JpegOptions& options = {});

struct PngOptions {
  int bit_depth = 8;
  int colour_type = 2;  ///< As PNG numbers them: 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA.
  bool is_interlaced = false;
  Bytes palette{};       ///< RGB triples.
  Bytes transparency{};  ///< The tRNS chunk of a palette image.
  Bytes exif{};          ///< Without its prefix, as PNG wants it.
  Bytes icc{};
  double gamma = 0;  ///< Of the gAMA chunk; 0 for none.
};
/// `rows`: height * row bytes, packed as PNG stores them (16-bit samples big-endian).
Bytes encode_png(int width, int height, const Bytes& rows, const PngOptions& options);

/// Lossless; RGBA when `rgba` is given in place of an image. `exif` goes into a chunk of its own.
Bytes encode_webp(const Image& image, const Bytes& exif = {});
Bytes encode_webp(const Bytes& rgba, int width, int height);
/// An animation: the picture at the given place of a canvas, then once more, brighter.
Bytes encode_animated_webp(const Image& image, int left, int top, int width, int height);

struct HeifOptions {
  bool is_av1 = false;  ///< AVIF, else HEIC.
  int quarters = 0;     ///< Turned by so many, to the left.
  int mirror_axis =
      -1;             ///< Mirrored about an upright (0) or level (1) axis after that; -1 for not.
  int primaries = 1;  ///< ITU-T H.273; 12 is Display P3.
  Bytes icc{};        ///< In place of the primaries.
};
/// Chroma at a quarter of the samples, as phones do it. With an odd side HEIC comes in tiles, as
/// from iPhones; turned and mirrored ones need even sides.
Bytes encode_heif(const Image& image, const HeifOptions& options);

/// An ICC profile of sRGB's curve whose red is sRGB's green and the other way round: colours are
/// plainly wrong where it is not minded.
Bytes swapped_profile();
/// One of grey in linear light.
Bytes linear_grey_profile();
/// Red and green exchanged.
Image swapped(const Image& image);

}  // namespace visavis
