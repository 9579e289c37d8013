#include <libheif/heif.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "native/images/colour_profile.h"
#include "native/images/image_decoders.h"

namespace visavis {
namespace {

struct Deleter {
  void operator()(heif_context* context) const { heif_context_free(context); }
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
  void operator()(heif_image* image) const { heif_image_release(image); }
  void operator()(heif_decoding_options* options) const { heif_decoding_options_free(options); }
  void operator()(heif_color_profile_nclx* nclx) const { heif_nclx_color_profile_free(nclx); }
};
template <typename T>
using Owned = std::unique_ptr<T, Deleter>;

/// AVIF is HEIF too: what people call the file goes by its major brand.
const char* name_of(std::span<const std::uint8_t> bytes) {
  return bytes[8] == 'a' ? "AVIF" : "HEIC";
}

void check(const heif_error& error, std::span<const std::uint8_t> bytes,
           const std::string& source) {
  if (error.code == heif_error_Ok) return;
  if (error.code == heif_error_Memory_allocation_error) {
    throw Error(ErrorCode::kOutOfMemory, source + ": not enough memory to decode it");
  }
  if (error.subcode == heif_suberror_End_of_data) throw_truncated(source, name_of(bytes));
  // Some of libheif's messages have several lines.
  std::string message = error.message;
  std::replace(message.begin(), message.end(), '\n', ' ');
  if (error.code == heif_error_Unsupported_feature ||
      error.code == heif_error_Unsupported_filetype) {
    throw_rare(source, name_of(bytes), message);
  }
  throw_damaged(source, name_of(bytes), message);
}

ColourProfile profile_of(const heif_image_handle* handle) {
  const heif_color_profile_type type = heif_image_handle_get_color_profile_type(handle);
  if (type == heif_color_profile_type_nclx) {
    heif_color_profile_nclx* nclx = nullptr;
    const heif_error error = heif_image_handle_get_nclx_color_profile(handle, &nclx);
    const Owned<heif_color_profile_nclx> owner(nclx);
    if (error.code != heif_error_Ok || !owner) return {};
    return ColourProfile::from_code_points(nclx->color_primaries, nclx->transfer_characteristics);
  }
  if (type == heif_color_profile_type_not_present) return {};
  std::vector<std::uint8_t> icc(heif_image_handle_get_raw_color_profile_size(handle));
  const heif_error error = heif_image_handle_get_raw_color_profile(handle, icc.data());
  return error.code == heif_error_Ok ? ColourProfile::from_icc(icc) : ColourProfile();
}

/// Turned and mirrored as the file says, to 8-bit RGB or RGBA.
Owned<heif_image> decode(const heif_image_handle* handle, bool has_alpha,
                         std::span<const std::uint8_t> bytes, const std::string& source) {
  const Owned<heif_decoding_options> options(heif_decoding_options_alloc());
  options->convert_hdr_to_8bit = 1;
  options->strict_decoding = 1;
  heif_image* image = nullptr;
  const heif_error error = heif_decode_image(
      handle, &image, heif_colorspace_RGB,
      has_alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get());
  Owned<heif_image> owner(image);
  check(error, bytes, source);
  return owner;
}

}  // namespace

Image decode_heif(std::span<const std::uint8_t> bytes, const std::string& source) {
  const Owned<heif_context> context(heif_context_alloc());
  check(heif_context_read_from_memory_without_copy(context.get(), bytes.data(), bytes.size(),
                                                   nullptr),
        bytes, source);
  heif_image_handle* primary = nullptr;
  const heif_error error = heif_context_get_primary_image_handle(context.get(), &primary);
  const Owned<heif_image_handle> handle(primary);
  check(error, bytes, source);
  const auto side = [](int pixels) { return static_cast<std::uint64_t>(std::max(0, pixels)); };
  check_image_size(side(heif_image_handle_get_ispe_width(primary)),
                   side(heif_image_handle_get_ispe_height(primary)), source);
  check_image_size(side(heif_image_handle_get_width(primary)),
                   side(heif_image_handle_get_height(primary)), source);

  const bool has_alpha = heif_image_handle_has_alpha_channel(primary) != 0;
  const Owned<heif_image> decoded = decode(primary, has_alpha, bytes, source);
  int stride = 0;
  const std::uint8_t* plane =
      heif_image_get_plane_readonly(decoded.get(), heif_channel_interleaved, &stride);
  const int width = heif_image_get_width(decoded.get(), heif_channel_interleaved);
  const int height = heif_image_get_height(decoded.get(), heif_channel_interleaved);
  check_image_size(side(width), side(height), source);
  if (plane == nullptr) throw_damaged(source, name_of(bytes), "no pixels");

  const std::size_t row_bytes = static_cast<std::size_t>(width) * (has_alpha ? 4 : 3);
  std::vector<std::uint8_t> pixels(row_bytes * static_cast<std::size_t>(height));
  for (int y = 0; y < height; ++y) {
    std::copy_n(plane + static_cast<std::ptrdiff_t>(y) * stride, row_bytes,
                pixels.data() + static_cast<std::size_t>(y) * row_bytes);
  }
  const std::size_t count = pixels.size() / (has_alpha ? 4 : 3);
  profile_of(primary).convert_to_srgb(pixels.data(), count,
                                      has_alpha ? PixelLayout::kRgba : PixelLayout::kRgb);
  if (has_alpha) return image_over_white(pixels.data(), width, height, source);
  Image image(width, height);
  image.pixels = std::move(pixels);
  return image;
}

}  // namespace visavis
