#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "core/image/image.h"

namespace visavis {

/// Files above this are refused unread.
inline constexpr std::size_t kMaxImageFileBytes = 64U << 20U;

/// As many first bytes as is_photo may want to see.
inline constexpr std::size_t kPhotoHeadBytes = 64;

/// Whether a file that begins with `head` (its first kPhotoHeadBytes, or all of a shorter one) is
/// of a format that decode_image reads: by magic alone, nothing is decoded and nothing thrown.
bool is_photo(std::span<const std::uint8_t> head);

/// JPEG (baseline, progressive, grey, CMYK and YCCK), PNG (1 to 16 bits, palette, alpha over white;
/// of an animation the default image), WebP (of an animation the first frame), AVIF or HEIC, told
/// by content, whatever the name says; EXIF orientation 1-8 applied (in AVIF and HEIC their own),
/// colours turned into sRGB by the profile in the file. A file that ends early is read where all of
/// its pixels are there. Throws kUnreadableImage or kImageTooLarge; `source` names the file in the
/// message.
Image decode_image(std::span<const std::uint8_t> bytes, const std::string& source);

/// decode_image of a file; a folder, a missing, empty or too large file each have their own
/// message.
Image read_image(const std::filesystem::path& path);

/// 8-bit RGB PNG, atomically.
void write_png(const Image& image, const std::filesystem::path& path);

}  // namespace visavis
