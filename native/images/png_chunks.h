#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace visavis {

/// What libpng does not see to of a PNG file.
struct PngFile {
  /// In place of a file that ends early and yet holds all pixels: the same, closed as it should be.
  std::vector<std::uint8_t> mended{};
  std::optional<std::array<int, 2>> code_points{};  ///< cICP: primaries and transfer (ITU-T H.273).
};

/// Walks the chunks (length, name, data, CRC) and looks at the size. Throws kUnreadableImage where
/// pixels are missing or a chunk that matters does not have its checksum, kImageTooLarge.
PngFile read_png_chunks(std::span<const std::uint8_t> bytes, const std::string& source);

}  // namespace visavis
