#include "tests/native/images/encoders.h"

#include <png.h>
#include <webp/encode.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

extern "C" {
#include <jpeglib.h>
}

namespace visavis {
namespace {

constexpr int kQuality = 98;

/// One pixel in the colours the JPEG is told to hold.
void append_pixel(Bytes& row, const std::uint8_t* rgb, JpegColour colour) {
  switch (colour) {
    case JpegColour::kRgb:
      row.insert(row.end(), rgb, rgb + 3);
      break;
    case JpegColour::kGrey:
      row.push_back(rgb[0]);
      break;
    case JpegColour::kCmyk:  // Full ink is 255.
      for (int c = 0; c < 3; ++c) row.push_back(static_cast<std::uint8_t>(255 - rgb[c]));
      row.push_back(0);
      break;
    case JpegColour::kAdobeCmyk:
    case JpegColour::kAdobeYcck:  // Full ink is 0.
      row.insert(row.end(), rgb, rgb + 3);
      row.push_back(255);
      break;
  }
}

void set_colour(jpeg_compress_struct& info, JpegColour colour) {
  const bool has_inks = colour != JpegColour::kRgb && colour != JpegColour::kGrey;
  info.input_components = has_inks ? 4 : colour == JpegColour::kGrey ? 1 : 3;
  info.in_color_space = has_inks ? JCS_CMYK : colour == JpegColour::kGrey ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  if (colour == JpegColour::kAdobeYcck) jpeg_set_colorspace(&info, JCS_YCCK);
  info.write_Adobe_marker = static_cast<boolean>(has_inks && colour != JpegColour::kCmyk);
  for (int c = 0; c < info.num_components; ++c) {
    info.comp_info[c].h_samp_factor = info.comp_info[c].v_samp_factor = 1;
  }
}

/// A scan with all of one component, for each of three.
constexpr std::array<jpeg_scan_info, 3> kOneByOne{{
    {1, {0}, 0, 63, 0, 0},
    {1, {1}, 0, 63, 0, 0},
    {1, {2}, 0, 63, 0, 0},
}};

void append_chunk(Bytes& file, const char* name, const Bytes& data) {
  file.insert(file.end(), name, name + 4);
  for (int shift = 0; shift < 32; shift += 8) {
    file.push_back(static_cast<std::uint8_t>(data.size() >> static_cast<unsigned>(shift)));
  }
  file.insert(file.end(), data.begin(), data.end());
  if (data.size() % 2 == 1) file.push_back(0);
}

Bytes take(std::uint8_t* data, std::size_t size) {
  if (size == 0) throw std::runtime_error("libwebp cannot encode");
  Bytes bytes(data, data + size);
  WebPFree(data);
  return bytes;
}

}  // namespace

Image gradient_image(int width, int height) {
  Image image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int across = 20 + 200 * x / std::max(1, width - 1);
      const int down = 20 + 200 * y / std::max(1, height - 1);
      image.pixel(x, y)[0] = static_cast<std::uint8_t>(across);
      image.pixel(x, y)[1] = static_cast<std::uint8_t>(down);
      image.pixel(x, y)[2] = static_cast<std::uint8_t>(240 - (across + down) / 2);
    }
  }
  return image;
}

int largest_difference(const Image& a, const Image& b) {
  if (a.width != b.width || a.height != b.height) return 256;
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  }
  return largest;
}

Bytes exif_block(int orientation, bool big_endian) {
  const auto value = static_cast<std::uint8_t>(orientation);
  if (big_endian) {
    return {'E', 'x',  'i', 'f', 0, 0, 'M', 'M', 0, 42,    0, 0, 0, 8, 0, 1,
            1,   0x12, 0,   3,   0, 0, 0,   1,   0, value, 0, 0, 0, 0, 0, 0};
  }
  return {'E',  'x', 'i', 'f', 0, 0, 'I', 'I', 42,    0, 8, 0, 0, 0, 1, 0,
          0x12, 1,   3,   0,   1, 0, 0,   0,   value, 0, 0, 0, 0, 0, 0, 0};
}

Bytes encode_jpeg(const Image& image, const JpegOptions& options) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);  // Exits on an error: a bug of the test.
  jpeg_create_compress(&info);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &data, &size);
  info.image_width = static_cast<JDIMENSION>(image.width);
  info.image_height = static_cast<JDIMENSION>(image.height);
  set_colour(info, options.colour);
  jpeg_set_quality(&info, kQuality, TRUE);
  info.restart_interval = static_cast<unsigned>(options.restart_interval);
  info.comp_info[0].h_samp_factor = options.across;
  info.comp_info[0].v_samp_factor = options.down;
  info.arith_code = static_cast<boolean>(options.is_arithmetic);
  if (options.is_progressive) jpeg_simple_progression(&info);
  if (!options.is_interleaved) {
    info.scan_info = kOneByOne.data();
    info.num_scans = static_cast<int>(kOneByOne.size());
  }
  jpeg_start_compress(&info, TRUE);
  if (!options.exif.empty()) {
    jpeg_write_marker(&info, JPEG_APP0 + 1, options.exif.data(),
                      static_cast<unsigned>(options.exif.size()));
  }
  if (!options.icc.empty()) {
    jpeg_write_icc_profile(&info, options.icc.data(), static_cast<unsigned>(options.icc.size()));
  }
  for (int y = 0; y < image.height; ++y) {
    Bytes row;
    for (int x = 0; x < image.width; ++x) append_pixel(row, image.pixel(x, y), options.colour);
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&info, &pointer, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  Bytes bytes(data, data + size);
  std::free(data);
  return bytes;
}

Bytes encode_png(int width, int height, const Bytes& rows, const PngOptions& options) {
  Bytes bytes;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &bytes,
      [](png_structp writer, png_bytep data, std::size_t count) {
        auto* out = static_cast<Bytes*>(png_get_io_ptr(writer));
        out->insert(out->end(), data, data + count);
      },
      nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height),
               options.bit_depth, options.colour_type,
               options.is_interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!options.palette.empty()) {
    png_set_PLTE(png, info, reinterpret_cast<png_const_colorp>(options.palette.data()),
                 static_cast<int>(options.palette.size() / 3));
  }
  if (!options.transparency.empty()) {
    png_set_tRNS(png, info, options.transparency.data(),
                 static_cast<int>(options.transparency.size()), nullptr);
  }
  Bytes exif = options.exif;
  if (!exif.empty()) {
    png_set_eXIf_1(png, info, static_cast<png_uint_32>(exif.size()), exif.data());
  }
  if (!options.icc.empty()) {
    png_set_iCCP(png, info, "profile", PNG_COMPRESSION_TYPE_BASE, options.icc.data(),
                 static_cast<png_uint_32>(options.icc.size()));
  }
  if (options.gamma > 0) png_set_gAMA(png, info, options.gamma);
  png_write_info(png, info);
  const std::size_t row_bytes = png_get_rowbytes(png, info);
  std::vector<png_bytep> pointers;
  for (int y = 0; y < height; ++y) {
    pointers.push_back(const_cast<png_bytep>(rows.data()) + row_bytes * static_cast<unsigned>(y));
  }
  png_write_image(png, pointers.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

Bytes encode_webp(const Image& image, const Bytes& exif) {
  std::uint8_t* data = nullptr;
  const std::size_t size =
      WebPEncodeLosslessRGB(image.pixels.data(), image.width, image.height, image.width * 3, &data);
  const Bytes plain = take(data, size);
  if (exif.empty()) return plain;
  // The extended format: VP8X says that EXIF follows, then the pixels' chunk, then EXIF.
  Bytes file(plain.begin(), plain.begin() + 12);
  const auto width = static_cast<unsigned>(image.width - 1);
  const auto height = static_cast<unsigned>(image.height - 1);
  append_chunk(
      file, "VP8X",
      {0x08, 0, 0, 0, static_cast<std::uint8_t>(width), static_cast<std::uint8_t>(width >> 8U), 0,
       static_cast<std::uint8_t>(height), static_cast<std::uint8_t>(height >> 8U), 0});
  file.insert(file.end(), plain.begin() + 12, plain.end());
  append_chunk(file, "EXIF", exif);
  const std::size_t length = file.size() - 8;
  for (unsigned i = 0; i < 4; ++i) file[4 + i] = static_cast<std::uint8_t>(length >> (8 * i));
  return file;
}

Bytes encode_webp(const Bytes& rgba, int width, int height) {
  // The simple interface drops the colour under full transparency, which lies over white anyway.
  std::uint8_t* data = nullptr;
  const std::size_t size = WebPEncodeLosslessRGBA(rgba.data(), width, height, width * 4, &data);
  return take(data, size);
}

Bytes encode_animated_webp(const Image& image, int left, int top, int width, int height) {
  const auto append_u24 = [](Bytes& bytes, int value) {
    for (const unsigned shift : {0U, 8U, 16U}) {
      bytes.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(value) >> shift));
    }
  };
  Image brighter = image;
  for (std::uint8_t& sample : brighter.pixels) sample |= 0x80U;
  Bytes header{0x02, 0, 0, 0};  // Animated.
  append_u24(header, width - 1);
  append_u24(header, height - 1);
  Bytes file{'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'E', 'B', 'P'};
  append_chunk(file, "VP8X", header);
  append_chunk(file, "ANIM", Bytes(6, 0));
  for (const Image* frame : {&image, static_cast<const Image*>(&brighter)}) {
    const Bytes still = encode_webp(*frame);
    Bytes data;
    for (const int number : {left / 2, top / 2, image.width - 1, image.height - 1, 100}) {
      append_u24(data, number);
    }
    data.push_back(0);
    data.insert(data.end(), still.begin() + 12, still.end());
    append_chunk(file, "ANMF", data);
  }
  const std::size_t length = file.size() - 8;
  for (unsigned i = 0; i < 4; ++i) file[4 + i] = static_cast<std::uint8_t>(length >> (8 * i));
  return file;
}

}  // namespace visavis
