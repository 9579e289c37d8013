#include <webp/decode.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/error.h"
#include "native/exif_orientation.h"
#include "native/image_decoders.h"

namespace visavis {
namespace {

[[noreturn]] void throw_failure(VP8StatusCode status, const std::string& source) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      throw_truncated(source, "WebP");
    case VP8_STATUS_OUT_OF_MEMORY:
      throw Error(ErrorCode::kOutOfMemory, source + ": not enough memory to decode it");
    default:
      throw_damaged(source, "WebP", "code " + std::to_string(status));
  }
}

std::uint32_t little_endian(const std::uint8_t* bytes) {
  return bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8U |
         static_cast<std::uint32_t>(bytes[2]) << 16U | static_cast<std::uint32_t>(bytes[3]) << 24U;
}

/// Walks the RIFF chunks (name, length, data padded to an even length) to EXIF, which comes after
/// the pixels.
int orientation_of(std::span<const std::uint8_t> bytes) {
  std::size_t at = 12;  // "RIFF", length, "WEBP"
  while (at + 8 <= bytes.size()) {
    const std::size_t size = little_endian(bytes.data() + at + 4);
    if (size > bytes.size() - at - 8) return 1;
    if (std::memcmp(bytes.data() + at, "EXIF", 4) == 0) {
      return exif_orientation(bytes.subspan(at + 8, size));
    }
    at += 8 + size + size % 2;
  }
  return 1;
}

}  // namespace

Image decode_webp(std::span<const std::uint8_t> bytes, const std::string& source) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) {
    throw Error(ErrorCode::kInternal, "libwebp is of another version than its header");
  }
  const VP8StatusCode status = WebPGetFeatures(bytes.data(), bytes.size(), &config.input);
  if (status != VP8_STATUS_OK) throw_failure(status, source);
  if (config.input.has_animation != 0) {
    throw Error(ErrorCode::kUnreadableImage,
                source + ": is an animated WebP; save one frame as JPEG or PNG");
  }
  const int width = config.input.width;
  const int height = config.input.height;
  check_image_size(static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height), source);

  const bool has_alpha = config.input.has_alpha != 0;
  Image image;
  std::vector<std::uint8_t> rgba;
  if (has_alpha) {
    rgba.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
  } else {
    image = Image(width, height);
  }
  std::vector<std::uint8_t>& pixels = has_alpha ? rgba : image.pixels;
  config.output.colorspace = has_alpha ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels.data();
  config.output.u.RGBA.stride = width * (has_alpha ? 4 : 3);
  config.output.u.RGBA.size = pixels.size();
  const VP8StatusCode decoded = WebPDecode(bytes.data(), bytes.size(), &config);
  WebPFreeDecBuffer(&config.output);  // Ours stays ours: it is external.
  if (decoded != VP8_STATUS_OK) throw_failure(decoded, source);
  if (has_alpha) image = image_from_rgba(rgba.data(), width, height);
  return apply_orientation(std::move(image), orientation_of(bytes));
}

}  // namespace visavis
