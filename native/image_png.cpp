#include <png.h>

#include <array>
#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

#include "core/error.h"
#include "native/atomic_file.h"
#include "native/exif_orientation.h"
#include "native/image_decoders.h"
#include "native/image_file.h"

namespace visavis {
namespace {

/// libpng reports errors by longjmp, as libjpeg does: the functions between setjmp and the jump own
/// nothing.
struct Decoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::span<const std::uint8_t> rest;  ///< Bytes not yet read.
  bool is_truncated = false;
  std::array<char, 128> message{};

  Decoder();
  ~Decoder() { png_destroy_read_struct(&png, &info, nullptr); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto* decoder = static_cast<Decoder*>(png_get_error_ptr(png));
  std::strncpy(decoder->message.data(), message, decoder->message.size() - 1);
  png_longjmp(png, 1);
}

void on_read(png_structp png, png_bytep out, std::size_t count) {
  auto* decoder = static_cast<Decoder*>(png_get_io_ptr(png));
  if (count > decoder->rest.size()) {
    decoder->is_truncated = true;
    png_error(png, "unexpected end");
  }
  std::memcpy(out, decoder->rest.data(), count);
  decoder->rest = decoder->rest.subspan(count);
}

Decoder::Decoder() {
  png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, [](auto, auto) {});
  if (png != nullptr) info = png_create_info_struct(png);
  if (info == nullptr) {
    png_destroy_read_struct(&png, nullptr, nullptr);
    throw Error(ErrorCode::kOutOfMemory, "not enough memory to decode a PNG file");
  }
  png_set_read_fn(png, this, on_read);
}

/// Asks for 8-bit RGB, or RGBA where there is any transparency.
bool read_header(Decoder& decoder) {
  if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
  // libpng refuses sides above a million in words of its own; check_image_size has seen them.
  png_set_user_limits(decoder.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(decoder.png, decoder.info);
  png_set_expand(decoder.png);    // Palette to RGB, 1-2-4 bits to 8, tRNS to alpha.
  png_set_scale_16(decoder.png);  // Rounded, where png_set_strip_16 would cut off.
  png_set_gray_to_rgb(decoder.png);
  png_set_interlace_handling(decoder.png);
  png_read_update_info(decoder.png, decoder.info);
  return true;
}

bool read_rows(Decoder& decoder, png_bytep* rows) {
  if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
  png_read_image(decoder.png, rows);
  png_read_end(decoder.png, decoder.info);  // EXIF may stand behind the pixels.
  return true;
}

[[noreturn]] void throw_failure(const Decoder& decoder, const std::string& source) {
  if (decoder.is_truncated) throw_truncated(source, "PNG");
  throw_damaged(source, "PNG", decoder.message.data());
}

std::uint32_t big_endian(std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint32_t>(bytes[0]) << 24U | static_cast<std::uint32_t>(bytes[1]) << 16U |
         static_cast<std::uint32_t>(bytes[2]) << 8U | bytes[3];
}

int orientation_of(Decoder& decoder) {
  png_bytep block = nullptr;
  png_uint_32 size = 0;
  if (png_get_eXIf_1(decoder.png, decoder.info, &size, &block) == 0) return 1;
  return exif_orientation({block, size});
}

}  // namespace

Image decode_png(std::span<const std::uint8_t> bytes, const std::string& source) {
  // IHDR always comes first, at a fixed place; libpng's own words for a bad size help nobody.
  if (bytes.size() < 24) throw_truncated(source, "PNG");
  if (std::memcmp(bytes.data() + 12, "IHDR", 4) != 0) throw_damaged(source, "PNG", "no header");
  check_image_size(big_endian(bytes.subspan(16)), big_endian(bytes.subspan(20)), source);
  Decoder decoder;
  decoder.rest = bytes;
  if (!read_header(decoder)) throw_failure(decoder, source);
  const int width = static_cast<int>(png_get_image_width(decoder.png, decoder.info));
  const int height = static_cast<int>(png_get_image_height(decoder.png, decoder.info));
  check_image_size(static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height), source);

  const bool has_alpha = png_get_channels(decoder.png, decoder.info) == 4;
  const std::size_t row_bytes = png_get_rowbytes(decoder.png, decoder.info);
  Image image;
  std::vector<std::uint8_t> rgba;
  if (has_alpha) {
    rgba.resize(row_bytes * static_cast<std::size_t>(height));
  } else {
    image = Image(width, height);
  }
  std::vector<png_bytep> rows(static_cast<std::size_t>(height));
  for (std::size_t y = 0; y < rows.size(); ++y) {
    rows[y] = (has_alpha ? rgba.data() : image.pixels.data()) + y * row_bytes;
  }
  if (!read_rows(decoder, rows.data())) throw_failure(decoder, source);
  if (has_alpha) image = image_from_rgba(rgba.data(), width, height);
  return apply_orientation(std::move(image), orientation_of(decoder));
}

void write_png(const Image& image, const std::filesystem::path& path) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(image.width);
  header.height = static_cast<png_uint_32>(image.height);
  header.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::vector<char> bytes(size);
  if (png_image_write_to_memory(&header, bytes.data(), &size, 0, image.pixels.data(), 0, nullptr) ==
      0) {
    throw Error(ErrorCode::kInternal,
                path.string() + ": cannot be encoded as PNG: " + std::string(header.message));
  }
  write_file_atomically(path, [&](std::ostream& out) {
    out.write(bytes.data(), static_cast<std::streamsize>(size));
  });
}

}  // namespace visavis
