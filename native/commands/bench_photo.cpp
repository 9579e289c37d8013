#include "native/commands/bench_photo.h"

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h needs FILE and does not include it
#include <cstdlib>
#include <memory>
#include <random>

extern "C" {
#include <jpeglib.h>
}

#include "core/base/error.h"

namespace visavis {
namespace {

struct JpegFailure {
  jpeg_error_mgr manager;  // first: libjpeg hands back its address
  std::jmp_buf back;
};

void jump_back(j_common_ptr info) {
  std::longjmp(reinterpret_cast<JpegFailure*>(info->err)->back, 1);
}

/// Holds no object with a destructor: libjpeg leaves it by longjmp. False when libjpeg failed.
bool write_jpeg(const Image& photo, unsigned char** bytes, unsigned long* size) {
  jpeg_compress_struct info;
  JpegFailure failure;
  info.err = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = jump_back;
  if (setjmp(failure.back) != 0) {
    jpeg_destroy_compress(&info);
    return false;
  }
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, bytes, size);
  info.image_width = static_cast<JDIMENSION>(photo.width);
  info.image_height = static_cast<JDIMENSION>(photo.height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 90, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    auto* row = const_cast<JSAMPROW>(photo.pixel(0, static_cast<int>(info.next_scanline)));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return true;
}

}  // namespace

Image make_bench_photo(int width, int height) {
  std::mt19937 random(1);
  Image photo(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const double shade = 128 + 80 * std::sin(x * 0.011 + c) * std::cos(y * 0.013 - c);
        const auto grain = static_cast<int>(random() % 17) - 8;
        photo.pixel(x, y)[c] = static_cast<std::uint8_t>(static_cast<int>(shade) + grain);
      }
    }
  }
  return photo;
}

Face make_bench_face(const Image& photo) {
  const float side = 0.4F * static_cast<float>(std::min(photo.width, photo.height));
  const float left = 0.5F * (static_cast<float>(photo.width) - side);
  const float top = 0.5F * (static_cast<float>(photo.height) - side);
  const auto at = [&](float x, float y) { return Point{left + x * side, top + y * side}; };
  return {{left, top, side, side},
          1.0F,
          {at(0.3F, 0.3F), at(0.7F, 0.3F), at(0.5F, 0.5F), at(0.5F, 0.75F), at(0.05F, 0.4F),
           at(0.95F, 0.4F)}};
}

std::vector<std::uint8_t> encode_bench_jpeg(const Image& photo) {
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const bool written = write_jpeg(photo, &bytes, &size);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(bytes, &std::free);
  if (!written) throw Error(ErrorCode::kInternal, "bench: libjpeg could not encode the test photo");
  return {bytes, bytes + size};
}

}  // namespace visavis
