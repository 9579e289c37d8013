#include <csetjmp>
#include <cstdio>  // jpeglib.h needs it first.
#include <cstdlib>
#include <vector>

extern "C" {
#include <jpeglib.h>
}

#include "core/base/error.h"
#include "native/effects/pixel_operations.h"

namespace visavis {
namespace {

/// libjpeg reports errors by longjmp, which must not cross an object with a destructor: the two
/// functions that call it touch only this.
struct Failure {
  jpeg_error_mgr errors{};
  std::jmp_buf jump{};
};

[[noreturn]] void escape(j_common_ptr info) {
  std::longjmp(static_cast<Failure*>(info->client_data)->jump, 1);
}

void set_handlers(Failure& failure) {
  jpeg_std_error(&failure.errors);
  failure.errors.error_exit = escape;
  failure.errors.output_message = [](j_common_ptr) {};
}

struct Encoder {
  jpeg_compress_struct info{};
  Failure failure;
  unsigned char* bytes = nullptr;  ///< By malloc, in libjpeg.
  unsigned long size = 0;

  Encoder() = default;
  ~Encoder() {
    jpeg_destroy_compress(&info);
    std::free(bytes);
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
};

struct Decoder {
  jpeg_decompress_struct info{};
  Failure failure;

  Decoder() = default;
  ~Decoder() { jpeg_destroy_decompress(&info); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
};

bool encode(Encoder& encoder, const std::uint8_t* pixels, int width, int height, int quality) {
  jpeg_compress_struct& info = encoder.info;
  set_handlers(encoder.failure);
  info.err = &encoder.failure.errors;
  info.client_data = &encoder.failure;
  if (setjmp(encoder.failure.jump) != 0) return false;
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &encoder.bytes, &encoder.size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  info.dct_method = JDCT_IFAST;
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = const_cast<JSAMPROW>(pixels) + info.next_scanline * info.image_width * 3;
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  return true;
}

bool decode(Decoder& decoder, const Encoder& encoded, std::uint8_t* pixels) {
  jpeg_decompress_struct& info = decoder.info;
  set_handlers(decoder.failure);
  info.err = &decoder.failure.errors;
  info.client_data = &decoder.failure;
  if (setjmp(decoder.failure.jump) != 0) return false;
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, encoded.bytes, encoded.size);
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_RGB;
  info.dct_method = JDCT_IFAST;
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = pixels + info.output_scanline * info.output_width * 3;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  return true;
}

}  // namespace

void apply_jpeg(FineImage& image, int quality) {
  std::vector<std::uint8_t> pixels(image.pixels.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<std::uint8_t>(image.pixels[i] + 0.5F);
  }
  Encoder encoder;
  Decoder decoder;
  // Its own input cannot be wrong: what is left to fail is memory.
  if (!encode(encoder, pixels.data(), image.width, image.height, quality) ||
      !decode(decoder, encoder, pixels.data())) {
    throw Error(ErrorCode::kOutOfMemory, "augmentation: not enough memory for a JPEG of " +
                                             std::to_string(image.width) + "x" +
                                             std::to_string(image.height) + " pixels");
  }
  for (std::size_t i = 0; i < pixels.size(); ++i) image.pixels[i] = pixels[i];
}

}  // namespace visavis
