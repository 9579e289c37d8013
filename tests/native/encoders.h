#pragma once

#include <cstdint>
#include <vector>

#include "core/image.h"

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
  Bytes exif{};  ///< Empty for none.
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
};
/// `rows`: height * row bytes, packed as PNG stores them (16-bit samples big-endian).
Bytes encode_png(int width, int height, const Bytes& rows, const PngOptions& options);

/// Lossless; RGBA when `rgba` is given in place of an image. `exif` goes into a chunk of its own.
Bytes encode_webp(const Image& image, const Bytes& exif = {});
Bytes encode_webp(const Bytes& rgba, int width, int height);

}  // namespace visavis
