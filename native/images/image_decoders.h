#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/image/image.h"

namespace visavis {

/// Decoders of one format each, for bytes that start with its magic; decode_image (image_file.h)
/// picks one. All apply the EXIF orientation, take the size from the header before they allocate,
/// and throw kUnreadableImage or kImageTooLarge with `source` in the message.
Image decode_jpeg(std::span<const std::uint8_t> bytes, const std::string& source);
Image decode_png(std::span<const std::uint8_t> bytes, const std::string& source);
Image decode_webp(std::span<const std::uint8_t> bytes, const std::string& source);

/// AVIF and HEIC.
Image decode_heif(std::span<const std::uint8_t> bytes, const std::string& source);

/// From 8-bit RGBA as image_from_rgba does it; throws kUnreadableImage where no pixel shows.
Image image_over_white(const std::uint8_t* rgba, int width, int height, const std::string& source);

/// Throws kUnreadableImage for a side of 0, kImageTooLarge above kMaxImagePixels.
void check_image_size(std::uint64_t width, std::uint64_t height, const std::string& source);

/// "SOURCE: the FORMAT file ends early (..)", and the like; all kUnreadableImage. The package says
/// the same of the same file (wasm/src/photo_file/refusals.ts).
[[noreturn]] void throw_truncated(const std::string& source, const std::string& format);
[[noreturn]] void throw_damaged(const std::string& source, const std::string& format,
                                const std::string& reason);
/// For a sound file that browsers do not show either.
[[noreturn]] void throw_rare(const std::string& source, const std::string& format,
                             const std::string& kind);

}  // namespace visavis
