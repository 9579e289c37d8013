#include "core/drawing/find_ink.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "core/base/error.h"
#include "core/drawing/grey_plane.h"

namespace visavis {
namespace {

/// Pixels of the pen of Omniglot's images.
constexpr double kPen = 4.6;
/// Pixels of the ink's longer side: 5th and 95th percentile of Omniglot's images.
constexpr double kMinExtent = 48, kMaxExtent = 88;

/// More detail than this is lost anyway on the way to the network's 28 pixels.
constexpr int kMaxWorkingSide = 320;
/// Ink is at least so much darker than its paper, as a share of the paper's brightness and of
/// white.
constexpr double kMinContrast = 0.15, kMinDifference = 0.08;
/// Specks smaller than this share of the largest part are dust.
constexpr double kMinPart = 0.02;
/// Samples a pixel of the result is the mean of, along each side.
constexpr int kSamples = 4;

using Pixels = std::vector<std::size_t>;

/// Luma 0..1 (ITU-R BT.601), the mean of blocks of whole pixels.
GreyPlane shrunk(const Image& picture) {
  const int longer = std::max(picture.width, picture.height);
  const int block = (longer + kMaxWorkingSide - 1) / kMaxWorkingSide;
  GreyPlane plane((picture.width + block - 1) / block, (picture.height + block - 1) / block);
  for (int y = 0; y < plane.height; ++y) {
    const int bottom = std::min(picture.height, (y + 1) * block);
    for (int x = 0; x < plane.width; ++x) {
      const int right = std::min(picture.width, (x + 1) * block);
      double sum = 0;
      for (int row = y * block; row < bottom; ++row) {
        for (int column = x * block; column < right; ++column) {
          const std::uint8_t* rgb = picture.pixel(column, row);
          sum += (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]) / 255;
        }
      }
      const int count = (bottom - y * block) * (right - x * block);
      plane.values[plane.index(x, y)] = static_cast<float>(sum / count);
    }
  }
  return plane;
}

double median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Paper is most of a picture, so the mean lies on the ink's side of the median.
GreyPlane dark_on_light(GreyPlane grey) {
  const double sum = std::accumulate(grey.values.begin(), grey.values.end(), 0.0);
  if (sum / static_cast<double>(grey.values.size()) <= median(grey.values)) return grey;
  for (float& value : grey.values) value = 1 - value;
  return grey;
}

/// 1 - grey / paper. The paper under the ink is told from the paper around it, so that shadows and
/// vignettes go.
GreyPlane relative_darkness(const GreyPlane& grey) {
  const long radius = std::max(2L, std::lround(std::max(grey.width, grey.height) / 20.0));
  const GreyPlane paper =
      mean_filtered(maximum_filtered(grey, static_cast<int>(radius)), static_cast<int>(radius));
  GreyPlane darkness(grey.width, grey.height);
  for (std::size_t i = 0; i < grey.values.size(); ++i) {
    const double light = std::max(static_cast<double>(paper.values[i]), 1.0 / 255);
    darkness.values[i] = static_cast<float>(std::max(0.0, 1 - grey.values[i] / light));
  }
  return darkness;
}

Error no_ink() {
  return {ErrorCode::kUnreadableImage,
          "No strokes stand out in this picture: give one of dark ink on light paper, or the "
          "reverse, that fills it."};
}

/// All pixels of the parts that are no dust.
Pixels without_dust(const std::vector<Pixels>& parts) {
  std::size_t largest = 0;
  for (const Pixels& part : parts) largest = std::max(largest, part.size());
  Pixels kept;
  for (const Pixels& part : parts) {
    if (static_cast<double>(part.size()) < static_cast<double>(largest) * kMinPart) continue;
    kept.insert(kept.end(), part.begin(), part.end());
  }
  return kept;
}

/// The pixel's upper, lower, left and right neighbour, as indices. Those beyond a picture's first
/// and last pixel are no pixels; a row's last pixel and the next row's first count as neighbours.
std::array<std::ptrdiff_t, 4> neighbours_of(std::size_t pixel, int width) {
  const auto at = static_cast<std::ptrdiff_t>(pixel);
  return {at - 1, at + 1, at - width, at + width};
}

/// 1 where there is ink, in between at its edges, where pixels are ink in part.
GreyPlane softened(const GreyPlane& darkness, const Split& split, const Pixels& kept) {
  GreyPlane soft(darkness.width, darkness.height);
  const auto soften = [&](std::size_t pixel) {
    const double share =
        (darkness.values[pixel] - split.low_mean) / (split.high_mean - split.low_mean);
    soft.values[pixel] = static_cast<float>(std::clamp(share, 0.0, 1.0));
  };
  for (const std::size_t pixel : kept) {
    soften(pixel);
    for (const std::ptrdiff_t neighbour : neighbours_of(pixel, darkness.width)) {
      const bool is_pixel =
          neighbour >= 0 && neighbour < static_cast<std::ptrdiff_t>(darkness.values.size());
      if (is_pixel) soften(static_cast<std::size_t>(neighbour));
    }
  }
  return soft;
}

/// The box round pixels.
struct FoundBox {
  double centre_x = 0;
  double centre_y = 0;
  double extent = 0;  ///< Its longer side.
};

FoundBox box_of(const Pixels& pixels, int width) {
  std::size_t left = std::numeric_limits<std::size_t>::max(), top = left, right = 0, bottom = 0;
  for (const std::size_t pixel : pixels) {
    const std::size_t x = pixel % static_cast<std::size_t>(width);
    const std::size_t y = pixel / static_cast<std::size_t>(width);
    left = std::min(left, x);
    right = std::max(right, x + 1);
    top = std::min(top, y);
    bottom = std::max(bottom, y + 1);
  }
  return {static_cast<double>(left + right) / 2, static_cast<double>(top + bottom) / 2,
          static_cast<double>(std::max(right - left, bottom - top))};
}

/// Area over half the outline: exact for a long line. An outline of pixel edges is 4 / pi too long
/// on the average of all slants.
double stroke_width(const Pixels& pixels, const GreyPlane& plane) {
  std::vector<bool> inside(plane.values.size());
  for (const std::size_t pixel : pixels) inside[pixel] = true;
  std::size_t edges = 0;
  for (const std::size_t pixel : pixels) {
    for (const std::ptrdiff_t neighbour : neighbours_of(pixel, plane.width)) {
      const bool is_inside = neighbour >= 0 &&
                             neighbour < static_cast<std::ptrdiff_t>(inside.size()) &&
                             inside[static_cast<std::size_t>(neighbour)];
      edges += is_inside ? 0 : 1;
    }
  }
  return 2 * static_cast<double>(pixels.size()) /
         (static_cast<double>(edges) * (std::numbers::pi / 4));
}

/// `step` pixels of the plane become one of the square; the box's centre becomes its middle.
GreyPlane framed(const GreyPlane& plane, const FoundBox& box, double step) {
  GreyPlane square(kInkSide, kInkSide);
  for (int y = 0; y < kInkSide; ++y) {
    for (int x = 0; x < kInkSide; ++x) {
      double sum = 0;
      for (int sample = 0; sample < kSamples * kSamples; ++sample) {
        const int column = sample % kSamples, row = sample / kSamples;
        const double u = x + (column + 0.5) / kSamples - kInkSide / 2.0;
        const double v = y + (row + 0.5) / kSamples - kInkSide / 2.0;
        sum += sample_at(plane, box.centre_x + u * step, box.centre_y + v * step);
      }
      square.values[square.index(x, y)] = static_cast<float>(sum / (kSamples * kSamples));
    }
  }
  return square;
}

/// Grown by a disc of `radius` pixels with a soft edge; as it is for 0 and below.
GreyPlane thickened(const GreyPlane& plane, double radius) {
  if (!(radius > 0)) return plane;
  const int reach = static_cast<int>(std::ceil(radius));
  GreyPlane thick = plane;
  for (int y = 0; y < plane.height; ++y) {
    for (int x = 0; x < plane.width; ++x) {
      const double ink = plane.values[plane.index(x, y)];
      if (ink == 0) continue;
      for (int ny = std::max(0, y - reach); ny <= std::min(plane.height - 1, y + reach); ++ny) {
        for (int nx = std::max(0, x - reach); nx <= std::min(plane.width - 1, x + reach); ++nx) {
          const double cover = std::clamp(radius + 1 - std::hypot(nx - x, ny - y), 0.0, 1.0);
          float& value = thick.values[thick.index(nx, ny)];
          value = std::max(value, static_cast<float>(ink * cover));
        }
      }
    }
  }
  return thick;
}

Image black_on_white(const GreyPlane& ink) {
  Image image(ink.width, ink.height);
  for (std::size_t i = 0; i < ink.values.size(); ++i) {
    const auto grey = static_cast<std::uint8_t>(std::nearbyint(255.0 * (1.0 - ink.values[i])));
    std::fill_n(image.pixels.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, grey);
  }
  return image;
}

}  // namespace

Image find_ink(const Image& picture) {
  const GreyPlane grey = dark_on_light(shrunk(picture));
  const GreyPlane darkness = relative_darkness(grey);
  const Split split = otsu_split(darkness.values);
  const double contrast = split.high_mean - split.low_mean;
  if (contrast < kMinContrast || contrast * median(grey.values) < kMinDifference) throw no_ink();
  const Pixels kept = without_dust(parts_above(darkness, split.threshold));
  if (kept.empty()) throw no_ink();
  const FoundBox box = box_of(kept, darkness.width);
  // How large the ink stands in its picture is kept, as far as Omniglot's images go.
  const double longer = std::max(darkness.width, darkness.height);
  const double step =
      box.extent / std::clamp(box.extent * kInkSide / longer, kMinExtent, kMaxExtent);
  const GreyPlane square = framed(softened(darkness, split, kept), box, step);
  return black_on_white(thickened(square, (kPen - stroke_width(kept, darkness) / step) / 2));
}

}  // namespace visavis
