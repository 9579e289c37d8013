#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>  // jpeglib.h needs it first.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

extern "C" {
#include <jerror.h>
#include <jpeglib.h>
}

#include "core/base/error.h"
#include "native/images/colour_profile.h"
#include "native/images/exif_orientation.h"
#include "native/images/image_decoders.h"
#include "native/images/jpeg_scans.h"

namespace visavis {
namespace {

/// A progressive file may hold any number of tiny scans, each of which costs a pass over the whole
/// image; real ones have about ten. The second bound keeps the largest photos to twenty.
constexpr std::size_t kMaxScans = 100;
constexpr std::size_t kMaxScannedPixels = 20 * kMaxImagePixels;

/// libjpeg reports errors by longjmp. Between setjmp and the jump there must be no object with a
/// destructor, hence the two plain functions below (read_header, read_rows), which only touch this.
struct JpegDecoder {
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  std::jmp_buf jump{};
  std::array<char, JMSG_LENGTH_MAX> message{};
  int code = 0;          ///< libjpeg's code of the error or of the fatal warning; 0 for none.
  bool ran_out = false;  ///< libjpeg asked for more bytes than there are.

  JpegDecoder();
  ~JpegDecoder() { jpeg_destroy_decompress(&info); }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;
};

JpegDecoder& decoder_of(j_common_ptr info) { return *static_cast<JpegDecoder*>(info->client_data); }

[[noreturn]] void escape(j_common_ptr info) {
  JpegDecoder& decoder = decoder_of(info);
  decoder.code = info->err->msg_code;
  info->err->format_message(info, decoder.message.data());
  std::longjmp(decoder.jump, 1);
}

/// Where libjpeg warns and carries on with grey or garbled blocks, the picture is not what was
/// taken. Running out of bytes alone is no harm: JWRN_HIT_MARKER says whether a block lacks any.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;  // Trace output.
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
      decoder_of(info).ran_out = true;
      break;
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
      escape(info);
    default:
      break;  // Stray bytes between segments and the like do no harm.
  }
}

JpegDecoder::JpegDecoder() {
  info.err = jpeg_std_error(&errors);
  errors.error_exit = escape;
  errors.emit_message = on_message;
  errors.output_message = [](j_common_ptr) {};
  if (setjmp(jump) == 0) {
    info.client_data = this;
    jpeg_create_decompress(&info);  // Keeps err and client_data, clears the rest.
  }
}

bool read_header(JpegDecoder& decoder, const std::uint8_t* bytes, std::size_t size) {
  if (setjmp(decoder.jump) != 0) return false;
  jpeg_mem_src(&decoder.info, bytes, static_cast<unsigned long>(size));
  jpeg_save_markers(&decoder.info, JPEG_APP0 + 1, 0xFFFF);  // EXIF
  jpeg_save_markers(&decoder.info, JPEG_APP0 + 2, 0xFFFF);  // Colour profile
  jpeg_read_header(&decoder.info, TRUE);
  const bool four_inks =
      decoder.info.jpeg_color_space == JCS_CMYK || decoder.info.jpeg_color_space == JCS_YCCK;
  decoder.info.out_color_space = four_inks ? JCS_CMYK : JCS_RGB;
  return true;
}

/// `rows` holds output_height rows of width * channels bytes.
bool read_rows(JpegDecoder& decoder, std::uint8_t* rows, std::size_t row_bytes) {
  if (setjmp(decoder.jump) != 0) return false;
  jpeg_start_decompress(&decoder.info);
  while (decoder.info.output_scanline < decoder.info.output_height) {
    JSAMPROW row = rows + decoder.info.output_scanline * row_bytes;
    jpeg_read_scanlines(&decoder.info, &row, 1);
  }
  return true;
}

/// The bytes belong to whoever asked, by malloc; null where there is no whole profile.
bool read_profile(JpegDecoder& decoder, JOCTET** profile, unsigned* size) {
  if (setjmp(decoder.jump) != 0) return false;
  return jpeg_read_icc_profile(&decoder.info, profile, size) != 0;
}

[[noreturn]] void throw_failure(const JpegDecoder& decoder, const std::string& source,
                                const JpegScans& scans) {
  if (decoder.ran_out && !scans.has_end_marker) throw_truncated(source, "JPEG");
  switch (decoder.code) {
    case JERR_EMPTY_IMAGE:
      check_image_size(decoder.info.image_width, decoder.info.image_height, source);
      break;
    case JERR_IMAGE_TOO_BIG:
      throw Error(ErrorCode::kImageTooLarge,
                  source + ": a side is longer than a JPEG may be; scale it down");
    case JERR_OUT_OF_MEMORY:
      throw Error(ErrorCode::kOutOfMemory, source + ": not enough memory to decode it");
    case JWRN_HIT_MARKER:
      throw_damaged(source, "JPEG", "a part of the picture is missing");
    case JWRN_MUST_RESYNC:
      throw_damaged(source, "JPEG", "a part of the picture is out of place");
    case JWRN_HUFF_BAD_CODE:
      throw_damaged(source, "JPEG", "bad code");
    default:
      break;
  }
  throw_damaged(source, "JPEG", decoder.message.data());
}

int orientation_of(const JpegDecoder& decoder) {
  for (auto* marker = decoder.info.marker_list; marker != nullptr; marker = marker->next) {
    if (marker->data_length > 6 && std::memcmp(marker->data, "Exif\0\0", 6) == 0) {
      return exif_orientation({marker->data, marker->data_length});
    }
  }
  return 1;
}

ColourProfile profile_of(JpegDecoder& decoder) {
  JOCTET* bytes = nullptr;
  unsigned size = 0;
  const bool found = read_profile(decoder, &bytes, &size);
  const std::unique_ptr<JOCTET, decltype(&std::free)> owner(bytes, &std::free);
  return found ? ColourProfile::from_icc({bytes, size}) : ColourProfile();
}

/// Ink to light by the profile; without one naively, as browsers do: faces keep their contrast.
/// Adobe writes CMYK inverted (255 is no ink) and everybody followed, with Adobe's marker to tell.
Image image_from_cmyk(std::vector<std::uint8_t> cmyk, int width, int height, bool is_inverted,
                      const ColourProfile& profile) {
  Image image(width, height);
  const PixelLayout layout = is_inverted ? PixelLayout::kInvertedCmyk : PixelLayout::kCmyk;
  if (profile.convert_to_srgb(cmyk.data(), cmyk.size() / 4, layout)) {
    for (std::size_t i = 0; i < cmyk.size() / 4; ++i) {
      std::copy_n(cmyk.data() + i * 4, 3, image.pixels.data() + i * 3);
    }
    return image;
  }
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

void check_scans(const JpegScans& scans, std::size_t pixels, const std::string& source) {
  if (!scans.covers_image) {
    if (scans.has_end_marker) throw_damaged(source, "JPEG", "a component is missing");
    throw_truncated(source, "JPEG");
  }
  if (scans.count > kMaxScans || scans.count > kMaxScannedPixels / pixels) {
    throw_damaged(source, "JPEG", std::to_string(scans.count) + " scans, which take too long");
  }
}

}  // namespace

Image decode_jpeg(std::span<const std::uint8_t> bytes, const std::string& source) {
  const JpegScans scans = find_jpeg_scans(bytes);
  if (scans.rare_kind != nullptr) throw_rare(source, "JPEG", scans.rare_kind);
  JpegDecoder decoder;
  if (decoder.code != 0 || !read_header(decoder, bytes.data(), scans.end)) {
    throw_failure(decoder, source, scans);
  }
  check_image_size(decoder.info.image_width, decoder.info.image_height, source);
  const int width = static_cast<int>(decoder.info.image_width);
  const int height = static_cast<int>(decoder.info.image_height);
  const auto columns = static_cast<std::size_t>(width);
  const std::size_t pixels = columns * static_cast<std::size_t>(height);
  check_scans(scans, pixels, source);
  const int orientation = orientation_of(decoder);
  const ColourProfile profile = profile_of(decoder);

  Image image;
  if (decoder.info.out_color_space == JCS_CMYK) {
    std::vector<std::uint8_t> cmyk(pixels * 4);
    if (!read_rows(decoder, cmyk.data(), columns * 4)) throw_failure(decoder, source, scans);
    image = image_from_cmyk(std::move(cmyk), width, height, decoder.info.saw_Adobe_marker != 0,
                            profile);
  } else {
    image = Image(width, height);
    if (!read_rows(decoder, image.pixels.data(), columns * 3)) {
      throw_failure(decoder, source, scans);
    }
    const bool is_grey = decoder.info.jpeg_color_space == JCS_GRAYSCALE;
    profile.convert_to_srgb(image.pixels.data(), pixels,
                            is_grey ? PixelLayout::kGreyInRgb : PixelLayout::kRgb);
  }
  return apply_orientation(std::move(image), orientation);
}

}  // namespace visavis
