#include "native/images/exif_orientation.h"

#include <libexif/exif-data.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

namespace visavis {
namespace {

constexpr std::array<std::uint8_t, 6> kPrefix{'E', 'x', 'i', 'f', 0, 0};

struct ExifDataDeleter {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};

}  // namespace

int exif_orientation(std::span<const std::uint8_t> block) {
  // PNG and some WebP files leave the prefix out, libexif insists on it.
  std::vector<std::uint8_t> bytes(block.begin(), block.end());
  if (bytes.size() < kPrefix.size() ||
      std::memcmp(bytes.data(), kPrefix.data(), kPrefix.size()) != 0) {
    bytes.insert(bytes.begin(), kPrefix.begin(), kPrefix.end());
  }
  const std::unique_ptr<ExifData, ExifDataDeleter> data(
      exif_data_new_from_data(bytes.data(), static_cast<unsigned>(bytes.size())));
  if (!data) return 1;
  const ExifEntry* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry == nullptr || entry->format != EXIF_FORMAT_SHORT || entry->size < 2) return 1;
  const int orientation = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

Image apply_orientation(Image stored, int orientation) {
  if (orientation <= 1 || orientation > 8) return stored;
  const bool transposed = orientation >= 5;
  const bool right_to_left = orientation == 2 || orientation == 3 || orientation == 7 ||
                             orientation == 8;  // Upright x, or y if transposed, runs backwards.
  const bool bottom_to_top =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image upright =
      transposed ? Image(stored.height, stored.width) : Image(stored.width, stored.height);
  // Stored pixel of the upright pixel (0, 0), and the steps from there, in pixels.
  const std::ptrdiff_t across = right_to_left ? -1 : 1;
  const std::ptrdiff_t down = bottom_to_top ? -stored.width : stored.width;
  const std::ptrdiff_t step_x = transposed ? down : across;
  const std::ptrdiff_t step_y = transposed ? across : down;
  const std::uint8_t* origin =
      stored.pixel(right_to_left ? stored.width - 1 : 0, bottom_to_top ? stored.height - 1 : 0);
  std::uint8_t* out = upright.pixels.data();
  for (int y = 0; y < upright.height; ++y) {
    for (int x = 0; x < upright.width; ++x, out += 3) {
      std::memcpy(out, origin + (y * step_y + x * step_x) * 3, 3);
    }
  }
  return upright;
}

}  // namespace visavis
