#include "native/images/image_file.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "core/base/error.h"
#include "core/image/pixel_rows.h"
#include "native/images/image_decoders.h"
#include "native/system/atomic_file.h"

namespace visavis {
namespace {

using namespace std::string_view_literals;

/// Formats told by their first bytes that are not read, so that the message can name them. The
/// package has the same table (wasm/src/photo_file/formats.ts).
struct ForeignFormat {
  std::size_t offset;
  std::string_view magic;
  const char* name;
};

constexpr std::array kForeignFormats{
    ForeignFormat{0, "GIF8"sv, "a GIF image"},
    ForeignFormat{0, "%PDF"sv, "a PDF document"},
    ForeignFormat{0, "II*\0"sv, "a TIFF image or a raw photo"},
    ForeignFormat{0, "MM\0*"sv, "a TIFF image or a raw photo"},
    ForeignFormat{0, "BM"sv, "a BMP image"},
    ForeignFormat{0, "\0\0\x01\0"sv, "an icon"},
    ForeignFormat{0, "8BPS"sv, "a Photoshop document"},
    ForeignFormat{0, "\xFF\x0A"sv, "a JPEG XL image"},
    ForeignFormat{4, "JXL \r\n"sv, "a JPEG XL image"},
    ForeignFormat{4, "jP  \r\n"sv, "a JPEG 2000 image"},
    ForeignFormat{0, "\xFF\x4F\xFF\x51"sv, "a JPEG 2000 image"},
    ForeignFormat{4, "ftypcrx"sv, "a raw photo"},
    ForeignFormat{0, "FUJIFILMCCD-RAW"sv, "a raw photo"},
    ForeignFormat{4, "ftyp"sv, "a video"},
    ForeignFormat{0, "\x1A\x45\xDF\xA3"sv, "a video"},
    ForeignFormat{0, "<svg"sv, "an SVG drawing"},
    ForeignFormat{0, "<?xml"sv, "an SVG drawing or other XML"},
    ForeignFormat{0, "VISAVIS\0"sv, "a visavis model"},
    ForeignFormat{0, "PK\x03\x04"sv, "a zip archive"},
};

/// Major brands (ISO 14496-12) of AVIF and HEIC, single images and sequences with a first one.
constexpr std::array kHeifBrands{"avif"sv, "avis"sv, "heic"sv, "heix"sv, "heim"sv, "heis"sv,
                                 "hevc"sv, "hevx"sv, "hevm"sv, "hevs"sv, "mif1"sv, "msf1"sv};

bool has_magic(std::string_view bytes, std::size_t offset, std::string_view magic) {
  return bytes.size() >= offset + magic.size() && bytes.substr(offset, magic.size()) == magic;
}

bool is_heif(std::string_view bytes) {
  return has_magic(bytes, 4, "ftyp"sv) &&
         std::any_of(kHeifBrands.begin(), kHeifBrands.end(),
                     [&](std::string_view brand) { return has_magic(bytes, 8, brand); });
}

using Decode = Image (*)(std::span<const std::uint8_t>, const std::string&);

/// The decoder of the format that the bytes begin as; null for a format that is not read.
Decode decoder_of(std::string_view bytes) {
  if (has_magic(bytes, 0, "\xFF\xD8"sv)) return decode_jpeg;  // Stray bytes may follow.
  if (has_magic(bytes, 0, "\x89PNG\r\n\x1A\n"sv)) return decode_png;
  if (has_magic(bytes, 0, "RIFF"sv) && has_magic(bytes, 8, "WEBP"sv)) return decode_webp;
  if (is_heif(bytes)) return decode_heif;
  return nullptr;
}

void check_file_size(std::uintmax_t bytes, const std::string& source) {
  if (bytes <= kMaxImageFileBytes) return;
  throw Error(ErrorCode::kImageTooLarge,
              source + ": the file has " + std::to_string((bytes + (1U << 20U) - 1) >> 20U) +
                  " MB, more than the " + std::to_string(kMaxImageFileBytes >> 20U) +
                  " MB that are read; save a smaller copy");
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

bool is_photo(std::span<const std::uint8_t> head) { return decoder_of(text_of(head)) != nullptr; }

void check_image_size(std::uint64_t width, std::uint64_t height, const std::string& source) {
  const std::string size = std::to_string(width) + " x " + std::to_string(height);
  if (width == 0 || height == 0) {
    throw Error(ErrorCode::kUnreadableImage,
                source + ": the image has " + size + " pixels; save it again");
  }
  if (width > kMaxImagePixels / height) {
    throw Error(ErrorCode::kImageTooLarge, source + ": the image has " + size +
                                               " pixels, more than the " +
                                               std::to_string(kMaxImagePixels / 1'000'000) +
                                               " million that are read; save a smaller copy");
  }
}

void throw_truncated(const std::string& source, const std::string& format) {
  throw Error(ErrorCode::kUnreadableImage,
              source + ": the " + format +
                  " file ends early, before the picture does; copy or download it again");
}

void throw_damaged(const std::string& source, const std::string& format,
                   const std::string& reason) {
  throw Error(ErrorCode::kUnreadableImage,
              source + ": the " + format + " file is damaged or unusual (" + reason +
                  "); open it in an image viewer and save it as JPEG or PNG");
}

void throw_rare(const std::string& source, const std::string& format, const std::string& kind) {
  throw Error(ErrorCode::kUnreadableImage,
              source + ": the " + format + " file is of a kind that is not read (" + kind +
                  "); open it in an image viewer and save it as JPEG or PNG");
}

Image image_over_white(const std::uint8_t* rgba, int width, int height, const std::string& source) {
  const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  bool shows = false;
  for (std::size_t i = 0; i < pixels && !shows; ++i) shows = rgba[i * 4 + 3] != 0;
  if (!shows) {
    throw Error(ErrorCode::kUnreadableImage,
                source + ": every pixel of the image is transparent; save it without transparency");
  }
  return image_from_rgba(rgba, width, height);
}

Image decode_image(std::span<const std::uint8_t> bytes, const std::string& source) {
  const std::string_view text = text_of(bytes);
  if (text.empty()) {
    throw Error(ErrorCode::kUnreadableImage,
                source + ": the file is empty; copy or download it again");
  }
  check_file_size(bytes.size(), source);
  if (const Decode decode = decoder_of(text)) return decode(bytes, source);
  for (const ForeignFormat& format : kForeignFormats) {
    if (has_magic(text, format.offset, format.magic)) {
      throw Error(ErrorCode::kUnreadableImage,
                  source + ": the file is " + format.name + "; save it as JPEG or PNG");
    }
  }
  throw Error(
      ErrorCode::kUnreadableImage,
      source + ": the file is no image that is read; give a JPEG, PNG, WebP, AVIF or HEIC photo");
}

Image read_image(const std::filesystem::path& path) {
  std::error_code unknown;
  const std::uintmax_t size = std::filesystem::file_size(path, unknown);  // Fails on a folder.
  if (!unknown) check_file_size(size, path.string());
  return decode_image(read_file(path, kMaxImageFileBytes), path.string());
}

}  // namespace visavis
