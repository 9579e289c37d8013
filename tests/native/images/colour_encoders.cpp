#include <lcms2.h>
#include <libheif/heif.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "tests/native/images/encoders.h"

namespace visavis {
namespace {

Bytes bytes_of(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  Bytes bytes(size);
  if (cmsSaveProfileToMem(profile, bytes.data(), &size) == 0) {
    throw std::runtime_error("Little CMS cannot write a profile");
  }
  cmsCloseProfile(profile);
  return bytes;
}

void check(const heif_error& error) {
  if (error.code != heif_error_Ok) throw std::runtime_error(error.message);
}

/// Where the name of the first box of this name stands.
std::size_t find_box(const Bytes& file, std::string_view name) {
  const auto at = std::search(file.begin(), file.end(), name.begin(), name.end());
  if (at == file.end()) throw std::runtime_error("libheif has written no " + std::string(name));
  return static_cast<std::size_t>(at - file.begin());
}

/// Adds to four bytes, big-endian.
void add_at(Bytes& file, std::size_t at, std::size_t amount) {
  std::size_t value = amount;
  for (std::size_t i = 0; i < 4; ++i) value += std::size_t{file[at + i]} << (24 - 8 * i);
  for (std::size_t i = 0; i < 4; ++i)
    file[at + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
}

/// Gives the only image one more property, which decoders must mind, with a value of one byte. Of
/// libheif's own writing these stand where other decoders refuse them.
void add_property(Bytes& file, std::string_view name, std::uint8_t value) {
  constexpr std::size_t kAdded = 9 + 1;  // The box, and a byte that says whose it is.
  const std::size_t associations = find_box(file, "ipma");
  const std::size_t count = associations + 4 + 4 + 4 + 2;
  const auto number = static_cast<std::uint8_t>(file[count] + 1);
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(count) + number,
              static_cast<std::uint8_t>(0x80U | number));
  file[count] = number;
  Bytes box{0, 0, 0, 9};
  box.insert(box.end(), name.begin(), name.end());
  box.push_back(value);
  // The associations follow upon the properties.
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(associations) - 4, box.begin(), box.end());
  add_at(file, find_box(file, "ipco") - 4, 9);
  add_at(file, find_box(file, "ipma") - 4, 1);
  add_at(file, find_box(file, "iprp") - 4, kAdded);
  add_at(file, find_box(file, "meta") - 4, kAdded);
  add_at(file, find_box(file, "iloc") + 16, kAdded);
}

}  // namespace

Bytes encode_heif(const Image& image, const HeifOptions& options) {
  heif_context* context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  check(heif_context_get_encoder_for_format(
      context, options.is_av1 ? heif_compression_AV1 : heif_compression_HEVC, &encoder));
  check(heif_encoder_set_lossy_quality(encoder, 95));
  heif_image* picture = nullptr;
  check(heif_image_create(image.width, image.height, heif_colorspace_RGB,
                          heif_chroma_interleaved_RGB, &picture));
  check(heif_image_add_plane(picture, heif_channel_interleaved, image.width, image.height, 8));
  int stride = 0;
  std::uint8_t* plane = heif_image_get_plane(picture, heif_channel_interleaved, &stride);
  for (int y = 0; y < image.height; ++y) {
    std::copy_n(image.pixel(0, y), image.width * 3,
                plane + static_cast<std::ptrdiff_t>(y) * stride);
  }
  heif_color_profile_nclx* nclx = heif_nclx_color_profile_alloc();
  check(heif_nclx_color_profile_set_color_primaries(nclx,
                                                    static_cast<std::uint16_t>(options.primaries)));
  nclx->transfer_characteristics = heif_transfer_characteristic_IEC_61966_2_1;
  if (!options.icc.empty()) {
    check(
        heif_image_set_raw_color_profile(picture, "prof", options.icc.data(), options.icc.size()));
  }
  heif_encoding_options* how = heif_encoding_options_alloc();
  how->macOS_compatibility_workaround_no_nclx_profile = 0;
  if (options.icc.empty()) {
    how->output_nclx_profile = nclx;
    check(heif_image_set_nclx_color_profile(picture, nclx));
  }
  check(heif_context_encode_image(context, picture, encoder, how, nullptr));
  Bytes bytes;
  heif_writer writer{1, [](heif_context*, const void* data, std::size_t size, void* out) {
                       const auto* from = static_cast<const std::uint8_t*>(data);
                       static_cast<Bytes*>(out)->assign(from, from + size);
                       return heif_error{heif_error_Ok, heif_suberror_Unspecified, ""};
                     }};
  check(heif_context_write(context, &writer, &bytes));
  if (options.quarters > 0)
    add_property(bytes, "irot", static_cast<std::uint8_t>(options.quarters));
  if (options.mirror_axis >= 0) {
    add_property(bytes, "imir", static_cast<std::uint8_t>(options.mirror_axis));
  }
  heif_encoding_options_free(how);
  heif_nclx_color_profile_free(nclx);
  heif_image_release(picture);
  heif_encoder_release(encoder);
  heif_context_free(context);
  return bytes;
}

Bytes swapped_profile() {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE primaries{{0.30, 0.60, 1}, {0.64, 0.33, 1}, {0.15, 0.06, 1}};
  constexpr std::array<double, 5> kSrgb{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  cmsToneCurve* curve = cmsBuildParametricToneCurve(nullptr, 4, kSrgb.data());
  const std::array<cmsToneCurve*, 3> curves{curve, curve, curve};
  const Bytes bytes = bytes_of(cmsCreateRGBProfile(&white, &primaries, curves.data()));
  cmsFreeToneCurve(curve);
  return bytes;
}

Bytes linear_grey_profile() {
  cmsToneCurve* curve = cmsBuildGamma(nullptr, 1.0);
  const Bytes bytes = bytes_of(cmsCreateGrayProfile(cmsD50_xyY(), curve));
  cmsFreeToneCurve(curve);
  return bytes;
}

Image swapped(const Image& image) {
  Image result = image;
  for (std::size_t i = 0; i < result.pixels.size(); i += 3) {
    std::swap(result.pixels[i], result.pixels[i + 1]);
  }
  return result;
}

}  // namespace visavis
