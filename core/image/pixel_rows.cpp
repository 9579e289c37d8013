#include "core/image/pixel_rows.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "core/base/error.h"

namespace visavis {
namespace {

/// Bytes a pixel.
constexpr int kRgba = 4, kRgb = 3;
// Words of colours are put together as they lie in memory.
static_assert(std::endian::native == std::endian::little);

/// Red in the lowest byte, then green, blue and 0.
template <bool is_blue_first>
std::uint32_t colours_of(const std::uint8_t* pixel) {
  std::uint32_t p = 0;
  std::memcpy(&p, pixel, sizeof(p));
  if constexpr (!is_blue_first) return p & 0xffffffU;
  return (p >> 16U & 0xffU) | (p & 0xff00U) | (p & 0xffU) << 16U;
}

/// Four pixels at a time as three words: several times faster than byte by byte.
template <bool is_blue_first>
void copy_opaque(const std::uint8_t* from, std::size_t count, std::uint8_t* rgb) {
  const std::uint8_t* const end = from + count * kRgba;
  for (; end - from >= 4 * kRgba; from += 4 * kRgba, rgb += 4 * kRgb) {
    std::uint32_t p[4];
    for (int i = 0; i < 4; ++i) p[i] = colours_of<is_blue_first>(from + i * kRgba);
    const std::uint32_t words[3] = {p[0] | p[1] << 24U, p[1] >> 8U | p[2] << 16U,
                                    p[2] >> 16U | p[3] << 8U};
    std::memcpy(rgb, words, sizeof(words));
  }
  for (; from < end; from += kRgba, rgb += kRgb) {
    const std::uint32_t last = colours_of<is_blue_first>(from);
    std::memcpy(rgb, &last, kRgb);
  }
}

bool is_opaque(const std::uint8_t* rgba, std::size_t count) {
  std::uint32_t all = ~0U;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t pixel = 0;
    std::memcpy(&pixel, rgba + kRgba * i, sizeof(pixel));
    all &= pixel;
  }
  return all >> 24U == 255;
}

void lay_over_white(const std::uint8_t* rgba, std::size_t count, std::uint8_t* rgb) {
  for (std::size_t i = 0; i < count; ++i, rgba += kRgba, rgb += kRgb) {
    const unsigned alpha = rgba[3];
    for (int channel = 0; channel < kRgb; ++channel) {
      rgb[channel] =
          static_cast<std::uint8_t>((rgba[channel] * alpha + 255U * (255U - alpha) + 127U) / 255U);
    }
  }
}

void require_inside(const PixelRows& rows, int height) {
  if (rows.first < 0 || rows.count < 1 || rows.count > height - rows.first) {
    refuse("The rows given lie outside the image.");
  }
}

/// Where stored pixels lie in the upright image's bytes: stored (x, y) at
/// origin + x * step_x + y * step_y (EXIF 2.3, tag 0x0112).
struct Turn {
  std::ptrdiff_t origin = 0, step_x = 0, step_y = 0;
};

Turn turn_of(int orientation, const Image& upright) {
  const std::ptrdiff_t right = kRgb, down = std::ptrdiff_t{kRgb} * upright.width;
  const std::ptrdiff_t last_x = right * (upright.width - 1), last_y = down * (upright.height - 1);
  switch (orientation) {
    case 1:
      return {0, right, down};
    case 2:
      return {last_x, -right, down};
    case 3:
      return {last_x + last_y, -right, -down};
    case 4:
      return {last_y, right, -down};
    case 5:
      return {0, down, right};
    case 6:
      return {last_x, down, -right};
    case 7:
      return {last_x + last_y, -down, -right};
    case 8:
      return {last_y, -down, right};
    default:
      refuse("orientation " + std::to_string(orientation) + ": EXIF has 1 to 8");
  }
}

/// In squares, so that rows and columns of both photos stay in the processor's nearest cache.
void copy_turned(const PixelRows& rows, int width, const StoredOrder& order, Image& image) {
  constexpr int kSquare = 32;
  const Turn turn = turn_of(order.orientation, image);
  const int red = order.is_blue_first ? 2 : 0, blue = 2 - red;
  const std::size_t stride = static_cast<std::size_t>(width) * kRgba;
  for (int top = 0; top < rows.count; top += kSquare) {
    for (int left = 0; left < width; left += kSquare) {
      for (int y = top; y < std::min(rows.count, top + kSquare); ++y) {
        const std::uint8_t* from = rows.pixels + static_cast<std::size_t>(y) * stride +
                                   static_cast<std::size_t>(left) * kRgba;
        std::uint8_t* to =
            image.pixels.data() + turn.origin + (rows.first + y) * turn.step_y + left * turn.step_x;
        const int end = std::min(width, left + kSquare);
        for (int x = left; x < end; ++x, from += kRgba, to += turn.step_x) {
          to[0] = from[red], to[1] = from[1], to[2] = from[blue];
        }
      }
    }
  }
}

}  // namespace

Image image_from_rgba(const std::uint8_t* rgba, int width, int height) {
  Image image(width, height);
  write_rgba_rows(image, {0, height, rgba});
  return image;
}

void write_rgba_rows(Image& image, const PixelRows& rgba) {
  require_inside(rgba, image.height);
  const auto width = static_cast<std::size_t>(image.width);
  const std::uint8_t* from = rgba.pixels;
  for (int y = rgba.first; y < rgba.first + rgba.count; ++y, from += width * kRgba) {
    (is_opaque(from, width) ? copy_opaque<false> : lay_over_white)(from, width, image.pixel(0, y));
  }
}

void write_stored_rows(Image& image, const PixelRows& rows, const StoredOrder& order) {
  const bool is_on_its_side = order.orientation >= 5;
  require_inside(rows, is_on_its_side ? image.width : image.height);
  if (order.orientation != 1) {
    copy_turned(rows, is_on_its_side ? image.height : image.width, order, image);
    return;
  }
  const auto count = static_cast<std::size_t>(rows.count) * static_cast<std::size_t>(image.width);
  (order.is_blue_first ? copy_opaque<true> : copy_opaque<false>)(rows.pixels, count,
                                                                 image.pixel(0, rows.first));
}

}  // namespace visavis
