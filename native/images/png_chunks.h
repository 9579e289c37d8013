#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace visavis {

/// What visavis reads from a PNG file besides libpng.
struct PngFile {
  /// A completed copy of a file that ends early though it holds all pixels; decode it instead.
  std::vector<std::uint8_t> mended{};
  std::optional<std::array<int, 2>> code_points{};  ///< cICP: primaries and transfer (ITU-T H.273).
};

/// Walks the chunks (length, name, data, CRC) and looks at the size. Throws kUnreadableImage where
/// pixels are missing or a critical chunk has a wrong checksum, kImageTooLarge.
PngFile read_png_chunks(std::span<const std::uint8_t> bytes, const std::string& source);

}  // namespace visavis
