/// The command line's side of the test that all readers agree (tests/parity/photo_parity.test.ts).
/// photo_parity write FOLDER: photos of kinds that the test has no encoder for.
/// photo_parity read FILE..: writes FILE.rgb (binary PPM) for every file that is read, and
/// FILE.error, the message behind the number of its code, for every other.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/base/error.h"
#include "native/images/image_file.h"
#include "tests/native/images/encoders.h"

namespace visavis {
namespace {

void read(const std::string& name) {
  try {
    const Image image = read_image(name);
    std::ofstream(name + ".rgb", std::ios::binary)
        << "P6\n"
        << image.width << " " << image.height << "\n255\n"
        << std::string(image.pixels.begin(), image.pixels.end());
  } catch (const Error& error) {
    std::ofstream(name + ".error") << static_cast<int>(error.code()) << " " << error.what();
  }
}

/// More than one segment of a JPEG holds; the profile itself says where it ends.
Bytes long_profile() {
  Bytes profile = swapped_profile();
  profile.resize(100'000);
  for (std::size_t i = 0; i < 4; ++i) {
    profile[i] = static_cast<std::uint8_t>(profile.size() >> (24 - 8 * i));
  }
  return profile;
}

void write_jpegs(const Image& image, const auto& write) {
  write("baseline.jpg", encode_jpeg(image));
  write("progressive.jpg", encode_jpeg(image, {.is_progressive = true}));
  write("restart.jpg", encode_jpeg(image, {.restart_interval = 3}));
  write("progressive_restart.jpg",
        encode_jpeg(image, {.is_progressive = true, .restart_interval = 2}));
  write("scan_each.jpg", encode_jpeg(image, {.is_interleaved = false}));
  write("411.jpg", encode_jpeg(image, {.across = 4}));
  write("420.jpg", encode_jpeg(image, {.across = 2, .down = 2}));
  write("420_progressive.jpg",
        encode_jpeg(image, {.is_progressive = true, .across = 2, .down = 2}));
  write("arithmetic.jpg", encode_jpeg(image, {.is_arithmetic = true}));
  write("grey.jpg", encode_jpeg(image, {.colour = JpegColour::kGrey}));
  write("adobe_cmyk.jpg", encode_jpeg(image, {.colour = JpegColour::kAdobeCmyk}));
  write("adobe_ycck.jpg", encode_jpeg(image, {.colour = JpegColour::kAdobeYcck}));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    write("exif" + std::to_string(orientation) + ".jpg",
          encode_jpeg(image, {.exif = exif_block(orientation)}));
  }
  write("swapped.jpg", encode_jpeg(image, {.icc = swapped_profile()}));
  write("bad_profile.jpg", encode_jpeg(image, {.icc = Bytes(300, 'x')}));
  write("grey_profile.jpg",
        encode_jpeg(image, {.colour = JpegColour::kGrey, .icc = linear_grey_profile()}));
  write("profile_of_grey.jpg", encode_jpeg(image, {.icc = linear_grey_profile()}));
  write("long_profile.jpg", encode_jpeg(image, {.icc = long_profile()}));
  Bytes gap = encode_jpeg(image, {.icc = long_profile()});
  const std::string name = "ICC_PROFILE";
  const auto second = std::find_end(gap.begin(), gap.end(), name.begin(), name.end());
  *second = 'X';  // Its second half is none then.
  write("half_profile.jpg", gap);
}

/// 16 bits to a sample.
Bytes deep(const Bytes& samples) {
  Bytes result;
  for (const std::uint8_t sample : samples) result.insert(result.end(), 2, sample);
  return result;
}

void write_others(const Image& image, const auto& write) {
  Bytes grey;
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) grey.push_back(image.pixels[i]);
  write("swapped.png",
        encode_png(image.width, image.height, image.pixels, {.icc = swapped_profile()}));
  write("grey_profile.png", encode_png(image.width, image.height, grey,
                                       {.colour_type = 0, .icc = linear_grey_profile()}));
  write("grey_profile_deep.png",
        encode_png(image.width, image.height, deep(grey),
                   {.bit_depth = 16, .colour_type = 0, .icc = linear_grey_profile()}));
  write("swapped_deep.png", encode_png(image.width, image.height, deep(image.pixels),
                                       {.bit_depth = 16, .icc = swapped_profile()}));
  write("animated.webp", encode_animated_webp(image, 0, 0, image.width, image.height));
  write("animated_part.webp",
        encode_animated_webp(image, 6, 4, image.width + 20, image.height + 9));
  const Image even = gradient_image(96, 64);
  for (const bool is_av1 : {false, true}) {
    const std::string end = is_av1 ? ".avif" : ".heic";
    write("tiles" + end, encode_heif(image, {.is_av1 = is_av1}));
    for (const int quarters : {0, 1, 2, 3}) {
      write("turned" + std::to_string(quarters) + end,
            encode_heif(even, {.is_av1 = is_av1, .quarters = quarters}));
    }
    for (const int axis : {0, 1}) {
      write("mirrored" + std::to_string(axis) + end,
            encode_heif(even, {.is_av1 = is_av1, .mirror_axis = axis}));
    }
    write("swapped" + end, encode_heif(image, {.is_av1 = is_av1, .icc = swapped_profile()}));
    write("display_p3" + end, encode_heif(image, {.is_av1 = is_av1, .primaries = 12}));
  }
}

}  // namespace
}  // namespace visavis

int main(int count, char** arguments) {
  const std::string what = count > 2 ? arguments[1] : "";
  if (what == "read") {
    for (int i = 2; i < count; ++i) visavis::read(arguments[i]);
    return 0;
  }
  if (what != "write") {
    std::fputs("usage: photo_parity write FOLDER | photo_parity read FILE..\n", stderr);
    return 2;
  }
  const auto write = [&](const std::string& name, const visavis::Bytes& bytes) {
    std::ofstream(std::filesystem::path(arguments[2]) / name, std::ios::binary)
        << std::string(bytes.begin(), bytes.end());
  };
  const visavis::Image image = visavis::gradient_image(93, 61);
  visavis::write_jpegs(image, write);
  visavis::write_others(image, write);
  return 0;
}
