#include <array>
#include <csetjmp>
#include <cstdio>  // jpeglib.h needs it first.
#include <cstring>
#include <string>
#include <vector>

extern "C" {
#include <jerror.h>
#include <jpeglib.h>
}

#include "core/error.h"
#include "native/exif_orientation.h"
#include "native/image_decoders.h"

namespace visavis {
namespace {

/// A progressive file may hold any number of tiny scans, each of which costs a pass over the whole
/// image; real ones have about ten.
constexpr int kMaxScans = 500;

/// libjpeg reports errors by longjmp. Between setjmp and the jump there must be no object with a
/// destructor, hence the two plain functions below (read_header, read_rows), which only touch this.
struct Decoder {
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf jump{};
  std::array<char, JMSG_LENGTH_MAX> message{};
  int code = 0;  ///< libjpeg's code of the error or of the fatal warning; 0 for none.

  Decoder();
  ~Decoder() { jpeg_destroy_decompress(&info); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
};

Decoder& decoder_of(j_common_ptr info) { return *static_cast<Decoder*>(info->client_data); }

[[noreturn]] void escape(j_common_ptr info) {
  Decoder& decoder = decoder_of(info);
  decoder.code = info->err->msg_code;
  info->err->format_message(info, decoder.message.data());
  std::longjmp(decoder.jump, 1);
}

/// Where libjpeg warns and carries on with grey or garbled blocks, the picture is not what was
/// taken.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;  // Trace output.
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
      escape(info);
    default:
      break;  // Stray bytes between segments and the like do no harm.
  }
}

void on_progress(j_common_ptr info) {
  auto* decompress = reinterpret_cast<j_decompress_ptr>(info);
  if (decompress->input_scan_number > kMaxScans) {
    info->err->msg_code = JERR_BAD_PROGRESSION;
    escape(info);
  }
}

Decoder::Decoder() {
  info.err = jpeg_std_error(&errors);
  errors.error_exit = escape;
  errors.emit_message = on_message;
  errors.output_message = [](j_common_ptr) {};
  progress.progress_monitor = on_progress;
  if (setjmp(jump) == 0) {
    info.client_data = this;
    jpeg_create_decompress(&info);  // Keeps err and client_data, clears the rest.
    info.progress = &progress;
  }
}

bool read_header(Decoder& decoder, const std::uint8_t* bytes, std::size_t size) {
  if (setjmp(decoder.jump) != 0) return false;
  jpeg_mem_src(&decoder.info, bytes, static_cast<unsigned long>(size));
  jpeg_save_markers(&decoder.info, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(&decoder.info, TRUE);
  const bool four_inks =
      decoder.info.jpeg_color_space == JCS_CMYK || decoder.info.jpeg_color_space == JCS_YCCK;
  decoder.info.out_color_space = four_inks ? JCS_CMYK : JCS_RGB;
  return true;
}

/// `rows` holds output_height rows of width * channels bytes.
bool read_rows(Decoder& decoder, std::uint8_t* rows, std::size_t row_bytes) {
  if (setjmp(decoder.jump) != 0) return false;
  jpeg_start_decompress(&decoder.info);
  while (decoder.info.output_scanline < decoder.info.output_height) {
    JSAMPROW row = rows + decoder.info.output_scanline * row_bytes;
    jpeg_read_scanlines(&decoder.info, &row, 1);
  }
  jpeg_finish_decompress(&decoder.info);
  return true;
}

[[noreturn]] void throw_failure(const Decoder& decoder, const std::string& source) {
  switch (decoder.code) {
    case JWRN_JPEG_EOF:
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY:
      throw_truncated(source, "JPEG");
    case JERR_EMPTY_IMAGE:
      check_image_size(decoder.info.image_width, decoder.info.image_height, source);
      break;
    case JERR_IMAGE_TOO_BIG:
      throw Error(ErrorCode::kImageTooLarge,
                  source + ": a side is longer than a JPEG may be; scale it down");
    case JERR_OUT_OF_MEMORY:
      throw Error(ErrorCode::kOutOfMemory, source + ": not enough memory to decode it");
    default:
      break;
  }
  throw_damaged(source, "JPEG", decoder.message.data());
}

int orientation_of(const Decoder& decoder) {
  for (auto* marker = decoder.info.marker_list; marker != nullptr; marker = marker->next) {
    if (marker->data_length > 6 && std::memcmp(marker->data, "Exif\0\0", 6) == 0) {
      return exif_orientation({marker->data, marker->data_length});
    }
  }
  return 1;
}

/// Ink to light, without a colour profile: naive, but faces keep their contrast. Adobe writes
/// CMYK inverted (255 is no ink) and everybody followed, with Adobe's marker to tell.
Image image_from_cmyk(const std::vector<std::uint8_t>& cmyk, int width, int height,
                      bool is_inverted) {
  Image image(width, height);
  const unsigned flip = is_inverted ? 0 : 255;
  for (std::size_t i = 0; i < cmyk.size() / 4; ++i) {
    const unsigned light = cmyk[i * 4 + 3] ^ flip;
    for (std::size_t c = 0; c < 3; ++c) {
      image.pixels[i * 3 + c] =
          static_cast<std::uint8_t>(((cmyk[i * 4 + c] ^ flip) * light + 127) / 255);
    }
  }
  return image;
}

}  // namespace

Image decode_jpeg(std::span<const std::uint8_t> bytes, const std::string& source) {
  Decoder decoder;
  if (decoder.code != 0 || !read_header(decoder, bytes.data(), bytes.size())) {
    throw_failure(decoder, source);
  }
  check_image_size(decoder.info.image_width, decoder.info.image_height, source);
  const int width = static_cast<int>(decoder.info.image_width);
  const int height = static_cast<int>(decoder.info.image_height);
  const auto columns = static_cast<std::size_t>(width);
  const int orientation = orientation_of(decoder);  // Finishing frees the markers.

  Image image;
  if (decoder.info.out_color_space == JCS_CMYK) {
    std::vector<std::uint8_t> cmyk(columns * static_cast<std::size_t>(height) * 4);
    if (!read_rows(decoder, cmyk.data(), columns * 4)) throw_failure(decoder, source);
    image = image_from_cmyk(cmyk, width, height, decoder.info.saw_Adobe_marker != 0);
  } else {
    image = Image(width, height);
    if (!read_rows(decoder, image.pixels.data(), columns * 3)) throw_failure(decoder, source);
  }
  return apply_orientation(std::move(image), orientation);
}

}  // namespace visavis
