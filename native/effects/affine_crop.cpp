#include "native/effects/affine_crop.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/error.h"
#include "core/image/load_pixel.h"

namespace visavis {
namespace {

/// One sample anywhere; `x` and `y` are positions of pixel centres (coordinates less a half).
void sample_anywhere(const Image& image, double x, double y, Border border, float* out) {
  // Far outside every value is the same: clamping keeps the conversion defined.
  x = std::clamp(x, -1e6, 1e6), y = std::clamp(y, -1e6, 1e6);
  const double left = std::floor(x), top = std::floor(y);
  const auto h = static_cast<float>(x - left), v = static_cast<float>(y - top);
  const int column = static_cast<int>(left), row = static_cast<int>(top);
  const std::uint8_t* p00 = pixel_or_border(image, column, row, border);
  const std::uint8_t* p01 = pixel_or_border(image, column + 1, row, border);
  const std::uint8_t* p10 = pixel_or_border(image, column, row + 1, border);
  const std::uint8_t* p11 = pixel_or_border(image, column + 1, row + 1, border);
  for (int c = 0; c < 3; ++c) {
    const float upper = static_cast<float>(p00[c]) + static_cast<float>(p01[c] - p00[c]) * h;
    const float lower = static_cast<float>(p10[c]) + static_cast<float>(p11[c] - p10[c]) * h;
    out[c] = upper + (lower - upper) * v;
  }
}

/// Narrows [begin, end) to the whole numbers t for which low <= slope t + offset <= high.
void narrow(double slope, double offset, double low, double high, double& begin, double& end) {
  if (low > high) {  // An image too small to have an inside.
    end = begin;
    return;
  }
  if (std::abs(slope) < 1e-12) {
    if (offset < low || offset > high) end = begin;
    return;
  }
  double first = (low - offset) / slope, last = (high - offset) / slope;
  if (first > last) std::swap(first, last);
  begin = std::max(begin, std::ceil(first + 1e-6));
  end = std::min(end, std::floor(last - 1e-6) + 1);
}

/// Samples of one row that need no look at the border. `stride` is in bytes.
void sample_inside(const Image& image, double x, double y, double step_x, double step_y, int count,
                   float* out) {
  const auto stride = static_cast<std::size_t>(image.width) * 3;
  const std::uint8_t* pixels = image.pixels.data();
  for (int i = 0; i < count; ++i, out += 3) {
    const double px = x + i * step_x, py = y + i * step_y;
    const int column = static_cast<int>(px), row = static_cast<int>(py);
    const auto h = static_cast<float>(px - column), v = static_cast<float>(py - row);
    const std::uint8_t* p =
        pixels + static_cast<std::size_t>(row) * stride + static_cast<std::size_t>(column) * 3;
    const Floats4 p00 = load_pixel(p), p10 = load_pixel(p + stride);
    const Floats4 upper = p00 + (load_pixel(p + 3) - p00) * h;
    const Floats4 lower = p10 + (load_pixel(p + stride + 3) - p10) * h;
    const Floats4 value = upper + (lower - upper) * v;
    std::memcpy(out, &value, 3 * sizeof(float));
  }
}

FineImage sample_all(const Image& image, const AffineTransform& t, int width, int height,
                     Border border) {
  FineImage crop(width, height);
  for (int y = 0; y < height; ++y) {
    // Position of the row's first sample among the image's pixel centres.
    const double x0 = t.xx * 0.5 + t.xy * (y + 0.5) + t.x0 - 0.5;
    const double y0 = t.yx * 0.5 + t.yy * (y + 0.5) + t.y0 - 0.5;
    double begin = 0, end = width;
    // Two columns are kept clear on the right: a pixel is loaded with the byte after it.
    narrow(t.xx, x0, 0, image.width - 2.01, begin, end);
    narrow(t.yx, y0, 0, image.height - 1.01, begin, end);
    const int first = static_cast<int>(std::clamp(begin, 0.0, 1.0 * width));
    const int last = std::max(first, static_cast<int>(std::clamp(end, 0.0, 1.0 * width)));
    float* row =
        crop.pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 3;
    const auto anywhere = [&](int from, int to) {
      for (int x = from; x < to; ++x) {
        sample_anywhere(image, x0 + x * t.xx, y0 + x * t.yx, border, row + x * 3);
      }
    };
    anywhere(0, first);
    sample_inside(image, x0 + first * t.xx, y0 + first * t.yx, t.xx, t.yx, last - first,
                  row + first * 3);
    anywhere(last, width);
  }
  return crop;
}

}  // namespace

Point AffineTransform::apply(Point p) const {
  return {static_cast<float>(xx * p.x + xy * p.y + x0),
          static_cast<float>(yx * p.x + yy * p.y + y0)};
}

AffineTransform AffineTransform::inverse() const {
  const double d = determinant();
  if (!std::isfinite(d + x0 + y0) || d == 0) {
    throw Error(ErrorCode::kInvalidArgument,
                "affine transform: determinant " + std::to_string(d) + " has no inverse");
  }
  AffineTransform inverse{yy / d, -xy / d, 0, -yx / d, xx / d, 0};
  inverse.x0 = -(inverse.xx * x0 + inverse.xy * y0);
  inverse.y0 = -(inverse.yx * x0 + inverse.yy * y0);
  return inverse;
}

AffineTransform compose(const AffineTransform& second, const AffineTransform& first) {
  return {second.xx * first.xx + second.xy * first.yx,
          second.xx * first.xy + second.xy * first.yy,
          second.xx * first.x0 + second.xy * first.y0 + second.x0,
          second.yx * first.xx + second.yy * first.yx,
          second.yx * first.xy + second.yy * first.yy,
          second.yx * first.x0 + second.yy * first.y0 + second.y0};
}

FineImage affine_crop(const Image& photo, const AffineTransform& photo_to_crop, int width,
                      int height, Border border) {
  if (photo.width < 1 || photo.height < 1 || width < 1 || height < 1) {
    throw Error(ErrorCode::kInvalidArgument, "affine crop: photo or crop has no pixels");
  }
  const AffineTransform crop_to_photo = photo_to_crop.inverse();
  const double shrinking = std::sqrt(std::abs(crop_to_photo.determinant()));
  if (shrinking < 2) return sample_all(photo, crop_to_photo, width, height, border);
  double factor = 0.5;
  Image level = halve(photo);
  for (; shrinking * factor >= 2 && std::min(level.width, level.height) > 1; factor /= 2) {
    level = halve(level);
  }
  return sample_all(level, compose({factor, 0, 0, 0, factor, 0}, crop_to_photo), width, height,
                    border);
}

}  // namespace visavis
