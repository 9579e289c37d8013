#include <png.h>

#include <array>
#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "native/images/colour_profile.h"
#include "native/images/exif_orientation.h"
#include "native/images/image_decoders.h"
#include "native/images/image_file.h"
#include "native/images/png_chunks.h"
#include "native/system/atomic_file.h"

namespace visavis {
namespace {

/// libpng reports errors by longjmp, as libjpeg does: the functions between setjmp and the jump own
/// nothing.
struct PngDecoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::span<const std::uint8_t> rest;  ///< Bytes not yet read.
  bool is_truncated = false;
  bool is_grey = false;  ///< In the file; here grey is given three times.
  std::array<char, 128> message{};

  PngDecoder();
  ~PngDecoder() { png_destroy_read_struct(&png, &info, nullptr); }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto* decoder = static_cast<PngDecoder*>(png_get_error_ptr(png));
  std::strncpy(decoder->message.data(), message, decoder->message.size() - 1);
  png_longjmp(png, 1);
}

void on_read(png_structp png, png_bytep out, std::size_t count) {
  auto* decoder = static_cast<PngDecoder*>(png_get_io_ptr(png));
  if (count > decoder->rest.size()) {
    decoder->is_truncated = true;
    png_error(png, "unexpected end");
  }
  std::memcpy(out, decoder->rest.data(), count);
  decoder->rest = decoder->rest.subspan(count);
}

PngDecoder::PngDecoder() {
  png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, [](auto, auto) {});
  if (png != nullptr) info = png_create_info_struct(png);
  if (info == nullptr) {
    png_destroy_read_struct(&png, nullptr, nullptr);
    throw Error(ErrorCode::kOutOfMemory, "not enough memory to decode a PNG file");
  }
  png_set_read_fn(png, this, on_read);
}

/// Asks for 8-bit RGB, or RGBA where there is any transparency.
bool read_header(PngDecoder& decoder) {
  if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
  // A chunk's own checksum is asked; where only that of the whole data is wrong, browsers show it.
  png_set_option(decoder.png, PNG_IGNORE_ADLER32, PNG_OPTION_ON);
  // libpng refuses sides above a million in words of its own; check_image_size has seen them.
  png_set_user_limits(decoder.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(decoder.png, decoder.info);
  decoder.is_grey = (png_get_color_type(decoder.png, decoder.info) & PNG_COLOR_MASK_COLOR) == 0;
  png_set_expand(decoder.png);    // Palette to RGB, 1-2-4 bits to 8, tRNS to alpha.
  png_set_scale_16(decoder.png);  // Rounded, where png_set_strip_16 would cut off.
  png_set_gray_to_rgb(decoder.png);
  png_set_interlace_handling(decoder.png);
  png_read_update_info(decoder.png, decoder.info);
  return true;
}

/// Whether the last row, of the last pass where there are several, has been written.
bool has_all_rows(const PngDecoder& decoder) {
  constexpr int kPasses = 7;  // libpng counts to there once all are done.
  const bool is_interlaced =
      png_get_interlace_type(decoder.png, decoder.info) != PNG_INTERLACE_NONE;
  return is_interlaced ? png_get_current_pass_number(decoder.png) >= kPasses
                       : png_get_current_row_number(decoder.png) >=
                             png_get_image_height(decoder.png, decoder.info);
}

/// What follows the pixels does no harm when it is damaged or missing.
bool read_rows(PngDecoder& decoder, png_bytep* rows) {
  if (setjmp(png_jmpbuf(decoder.png)) != 0) return has_all_rows(decoder);
  png_read_image(decoder.png, rows);
  png_read_end(decoder.png, decoder.info);  // EXIF may stand behind the pixels.
  return true;
}

[[noreturn]] void throw_failure(const PngDecoder& decoder, const std::string& source) {
  if (decoder.is_truncated) throw_truncated(source, "PNG");
  throw_damaged(source, "PNG", decoder.message.data());
}

double from_fixed(png_fixed_point value) { return value / 100'000.0; }

/// By the first of cICP, iCCP, sRGB, and gAMA with cHRM, as the PNG specification has it.
ColourProfile profile_of(PngDecoder& decoder, const PngFile& file) {
  if (file.code_points) {
    return ColourProfile::from_code_points((*file.code_points)[0], (*file.code_points)[1]);
  }
  png_charp name = nullptr;
  int compression = 0;
  png_bytep profile = nullptr;
  png_uint_32 size = 0;
  if (png_get_iCCP(decoder.png, decoder.info, &name, &compression, &profile, &size) != 0) {
    return ColourProfile::from_icc({profile, size});
  }
  if (png_get_valid(decoder.png, decoder.info, PNG_INFO_sRGB) != 0) return {};
  png_fixed_point gamma = 0;
  if (png_get_gAMA_fixed(decoder.png, decoder.info, &gamma) == 0 || gamma <= 0) return {};
  Chromaticities chromaticities;
  std::array<png_fixed_point, 8> xy{};
  if (png_get_cHRM_fixed(decoder.png, decoder.info, &xy[0], &xy[1], &xy[2], &xy[3], &xy[4], &xy[5],
                         &xy[6], &xy[7]) != 0) {
    chromaticities.white = {from_fixed(xy[0]), from_fixed(xy[1])};
    chromaticities.red = {from_fixed(xy[2]), from_fixed(xy[3])};
    chromaticities.green = {from_fixed(xy[4]), from_fixed(xy[5])};
    chromaticities.blue = {from_fixed(xy[6]), from_fixed(xy[7])};
  }
  return ColourProfile::from_primaries(chromaticities, 1 / from_fixed(gamma));
}

PixelLayout layout_of(bool is_grey, bool has_alpha) {
  if (is_grey) return has_alpha ? PixelLayout::kGreyInRgba : PixelLayout::kGreyInRgb;
  return has_alpha ? PixelLayout::kRgba : PixelLayout::kRgb;
}

int orientation_of(PngDecoder& decoder) {
  png_bytep block = nullptr;
  png_uint_32 size = 0;
  if (png_get_eXIf_1(decoder.png, decoder.info, &size, &block) == 0) return 1;
  return exif_orientation({block, size});
}

}  // namespace

Image decode_png(std::span<const std::uint8_t> bytes, const std::string& source) {
  const PngFile file = read_png_chunks(bytes, source);
  PngDecoder decoder;
  decoder.rest = file.mended.empty() ? bytes : std::span<const std::uint8_t>(file.mended);
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
  std::vector<std::uint8_t>& pixels = has_alpha ? rgba : image.pixels;
  std::vector<png_bytep> rows(static_cast<std::size_t>(height));
  for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = pixels.data() + y * row_bytes;
  if (!read_rows(decoder, rows.data())) throw_failure(decoder, source);
  profile_of(decoder, file)
      .convert_to_srgb(pixels.data(), pixels.size() / (has_alpha ? 4 : 3),
                       layout_of(decoder.is_grey, has_alpha));
  if (has_alpha) image = image_over_white(rgba.data(), width, height, source);
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
