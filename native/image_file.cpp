#include "native/image_file.h"

#include <array>
#include <ostream>
#include <string_view>
#include <system_error>

#include "core/error.h"
#include "native/atomic_file.h"
#include "native/image_decoders.h"

namespace visavis {
namespace {

/// Formats told by their first bytes that are not read, so that the message can name them.
struct ForeignFormat {
  std::size_t offset;
  std::string_view magic;
  const char* name;
};

using namespace std::string_view_literals;

constexpr std::array kForeignFormats{
    ForeignFormat{0, "GIF8"sv, "a GIF image"},
    ForeignFormat{0, "%PDF"sv, "a PDF document"},
    ForeignFormat{0, "II*\0"sv, "a TIFF image"},
    ForeignFormat{0, "MM\0*"sv, "a TIFF image"},
    ForeignFormat{0, "BM"sv, "a BMP image"},
    ForeignFormat{0, "8BPS"sv, "a Photoshop document"},
    ForeignFormat{0, "\xFF\x0A"sv, "a JPEG XL image"},
    ForeignFormat{4, "JXL \r\n"sv, "a JPEG XL image"},
    ForeignFormat{4, "jP  \r\n"sv, "a JPEG 2000 image"},
    ForeignFormat{4, "ftypavif"sv, "an AVIF image"},
    ForeignFormat{4, "ftypavis"sv, "an AVIF image"},
    ForeignFormat{4, "ftyphe"sv, "a HEIC image"},
    ForeignFormat{4, "ftypmif1"sv, "a HEIF image"},
    ForeignFormat{4, "ftypmsf1"sv, "a HEIF image"},
    ForeignFormat{4, "ftyp"sv, "a video"},
    ForeignFormat{0, "<svg"sv, "an SVG drawing"},
    ForeignFormat{0, "VISAVIS\0"sv, "a visavis model"},
    ForeignFormat{0, "PK\x03\x04"sv, "a zip archive"},
};

bool has_magic(std::string_view bytes, std::size_t offset, std::string_view magic) {
  return bytes.size() >= offset + magic.size() && bytes.substr(offset, magic.size()) == magic;
}

using Decode = Image (*)(std::span<const std::uint8_t>, const std::string&);

/// The decoder of the format that the bytes begin as; null for a format that is not read.
Decode decoder_of(std::string_view bytes) {
  if (has_magic(bytes, 0, "\xFF\xD8\xFF"sv)) return decode_jpeg;
  if (has_magic(bytes, 0, "\x89PNG\r\n\x1A\n"sv)) return decode_png;
  if (has_magic(bytes, 0, "RIFF"sv) && has_magic(bytes, 8, "WEBP"sv)) return decode_webp;
  return nullptr;
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

bool is_photo(std::span<const std::uint8_t> head) { return decoder_of(text_of(head)) != nullptr; }

void check_image_size(std::uint64_t width, std::uint64_t height, const std::string& source) {
  const std::string size = std::to_string(width) + "x" + std::to_string(height);
  if (width == 0 || height == 0) {
    throw Error(ErrorCode::kUnreadableImage,
                source + ": the image has no pixels (" + size + "); save it again");
  }
  if (width > kMaxImagePixels / height) {
    throw Error(ErrorCode::kImageTooLarge,
                source + ": " + size + " pixels are more than the " +
                    std::to_string(kMaxImagePixels / 1'000'000) +
                    " megapixels that are decoded at most; scale it down");
  }
}

void throw_truncated(const std::string& source, const std::string& format) {
  throw Error(ErrorCode::kUnreadableImage,
              source + ": the " + format +
                  " file is truncated (it ends before the image does); copy or download it again");
}

void throw_damaged(const std::string& source, const std::string& format,
                   const std::string& reason) {
  throw Error(ErrorCode::kUnreadableImage,
              source + ": the " + format + " file is damaged or unusual (" + reason +
                  "); open it in an image viewer and save it as JPEG or PNG");
}

Image decode_image(std::span<const std::uint8_t> bytes, const std::string& source) {
  const std::string_view text = text_of(bytes);
  if (text.empty()) {
    throw Error(ErrorCode::kUnreadableImage,
                source + ": the file is empty; copy or download it again");
  }
  if (bytes.size() > kMaxImageFileBytes) {
    throw Error(ErrorCode::kImageTooLarge,
                source + ": larger than the " + std::to_string(kMaxImageFileBytes >> 20U) +
                    " MB that are read at most; scale it down or save it as JPEG");
  }
  if (const Decode decode = decoder_of(text)) return decode(bytes, source);
  for (const ForeignFormat& format : kForeignFormats) {
    if (has_magic(text, format.offset, format.magic)) {
      throw Error(ErrorCode::kUnreadableImage,
                  source + ": is " + format.name + "; save it as JPEG or PNG");
    }
  }
  throw Error(ErrorCode::kUnreadableImage,
              source + ": is no image (JPEG, PNG and WebP are read, told by content)");
}

Image read_image(const std::filesystem::path& path) {
  std::error_code unknown;
  const std::uintmax_t size = std::filesystem::file_size(path, unknown);  // Fails on a folder.
  if (!unknown && size > kMaxImageFileBytes) {
    throw Error(ErrorCode::kImageTooLarge,
                path.string() + ": larger than the " + std::to_string(kMaxImageFileBytes >> 20U) +
                    " MB that are read at most; scale it down or save it as JPEG");
  }
  return decode_image(read_file(path, kMaxImageFileBytes), path.string());
}

}  // namespace visavis
