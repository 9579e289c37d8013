#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace visavis {

/// Decoding and detection refuse more pixels than this: 20,000 x 20,000 would need 1.2 GB as RGB
/// alone, while a scanned A4 page at 600 dpi has 35 megapixels and large phone photos 108.
inline constexpr std::size_t kMaxImagePixels = 120'000'000;

/// 8-bit RGB, rows top to bottom, interleaved, no row padding: pixels.size() == width * height * 3.
/// Upright: EXIF orientation has been applied by whoever decoded it.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;

  Image() = default;
  /// A black image. Throws kImageTooLarge above kMaxImagePixels, kInvalidArgument for a side
  /// below 1.
  Image(int image_width, int image_height);

  [[nodiscard]] const std::uint8_t* pixel(int x, int y) const {
    return pixels.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                            static_cast<std::size_t>(x)) *
                               3;
  }
  [[nodiscard]] std::uint8_t* pixel(int x, int y) {
    return pixels.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                            static_cast<std::size_t>(x)) *
                               3;
  }
};

/// The same with unrounded samples of 0..255: what networks read. A network decides where a crop
/// lies, and machines differ by a millionth in its output. Rounding would turn that into whole grey
/// levels (measured: embeddings up to 3e-3 apart instead of 8e-6).
struct FineImage {
  int width = 0;
  int height = 0;
  std::vector<float> pixels;

  FineImage() = default;
  FineImage(int image_width, int image_height);
  FineImage(const Image& image);  // NOLINT(google-explicit-constructor): exact, as int to double.

  [[nodiscard]] const float* pixel(int x, int y) const {
    return pixels.data() + (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                            static_cast<std::size_t>(x)) *
                               3;
  }
};

/// Left and right exchanged.
FineImage mirrored(const FineImage& image);

/// To the nearest 8-bit values.
Image rounded(const FineImage& image);

}  // namespace visavis
