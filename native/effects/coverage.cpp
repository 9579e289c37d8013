#include "native/effects/coverage.h"

#include <algorithm>
#include <cmath>

namespace visavis {
namespace {

/// The pixels that the outlines touch, within the image; no values yet.
Coverage bounding_box(const std::vector<Outline>& outlines, int image_width, int image_height) {
  float left = 1e9F, top = 1e9F, right = -1e9F, bottom = -1e9F;
  for (const Outline& outline : outlines) {
    for (const Point& p : outline) {
      left = std::min(left, p.x), right = std::max(right, p.x);
      top = std::min(top, p.y), bottom = std::max(bottom, p.y);
    }
  }
  const auto clip = [](float v, int limit) {
    return static_cast<int>(std::clamp(v, 0.0F, static_cast<float>(limit)));
  };
  Coverage box;
  box.left = clip(std::floor(left), image_width);
  box.top = clip(std::floor(top), image_height);
  box.width = clip(std::ceil(right), image_width) - box.left;
  box.height = clip(std::ceil(bottom), image_height) - box.top;
  if (box.width <= 0 || box.height <= 0) box.width = box.height = 0;
  return box;
}

/// The part of an edge within one row: from x0 to x1 (both within 0..width), `rise` of the row's
/// height, signed.
void accumulate(float* row, float x0, float x1, float rise) {
  if (x0 > x1) std::swap(x0, x1);
  const int first = static_cast<int>(x0);
  const int last = static_cast<int>(std::ceil(x1));
  if (last <= first + 1) {
    // Within one pixel: what lies right of the edge there, and all of the next pixels.
    const float middle = 0.5F * (x0 + x1) - static_cast<float>(first);
    row[first] += rise * (1 - middle);
    row[first + 1] += rise * middle;
    return;
  }
  // The edge passes several pixels: the covered area grows quadratically in the first and the last
  // of them, linearly between.
  const float slope = rise / (x1 - x0);
  const float start = static_cast<float>(first + 1) - x0;
  float before = 0.5F * slope * start * start;
  row[first] += before;
  for (int i = first + 1; i < last - 1; ++i) {
    const float area = slope * (static_cast<float>(i) + 0.5F - x0);
    row[i] += area - before;
    before = area;
  }
  // In the last pixel: the whole rise but for the triangle that lies left of the edge's end.
  const float rest = x1 - static_cast<float>(last - 1);
  const float covered = rise - 0.5F * slope * rest * rest;
  row[last - 1] += covered - before;
  row[last] += rise - covered;
}

void add_edge(Point a, Point b, Coverage& box, std::vector<float>& sums) {
  a.x -= static_cast<float>(box.left), b.x -= static_cast<float>(box.left);
  a.y -= static_cast<float>(box.top), b.y -= static_cast<float>(box.top);
  if (a.y == b.y) return;
  const float direction = a.y < b.y ? 1.0F : -1.0F;
  if (a.y > b.y) std::swap(a, b);
  const float slope = (b.x - a.x) / (b.y - a.y);
  const auto width = static_cast<float>(box.width);
  const float begin = std::max(a.y, 0.0F), end = std::min(b.y, static_cast<float>(box.height));
  const auto stride = static_cast<std::size_t>(box.width) + 2;
  for (int y = static_cast<int>(begin); static_cast<float>(y) < end; ++y) {
    const float from = std::max(begin, static_cast<float>(y));
    const float to = std::min(end, static_cast<float>(y + 1));
    if (to <= from) continue;
    const float x0 = std::clamp(a.x + (from - a.y) * slope, 0.0F, width);
    const float x1 = std::clamp(a.x + (to - a.y) * slope, 0.0F, width);
    accumulate(sums.data() + static_cast<std::size_t>(y) * stride, x0, x1, direction * (to - from));
  }
}

/// Sums leave rounding's dust where nothing is covered.
float without_dust(float value) { return value < 1e-3F ? 0.0F : value; }

/// A running mean of 2 radius + 1 values, zero outside, along `count` values `step` apart.
void box_filter(const float* in, float* out, int count, std::size_t step, int radius) {
  const auto at = [&](int i) {
    return i < 0 || i >= count ? 0.0F : in[static_cast<std::size_t>(i) * step];
  };
  const float factor = 1.0F / static_cast<float>(2 * radius + 1);
  float sum = 0;
  for (int i = -radius; i <= radius; ++i) sum += at(i);
  for (int i = 0; i < count; ++i) {
    out[static_cast<std::size_t>(i) * step] = std::max(sum, 0.0F) * factor;
    sum += at(i + radius + 1) - at(i - radius);
  }
}

}  // namespace

Coverage rasterise(const std::vector<Outline>& outlines, int image_width, int image_height) {
  Coverage box = bounding_box(outlines, image_width, image_height);
  if (box.width == 0) return box;
  const std::size_t width = static_cast<std::size_t>(box.width), stride = width + 2;
  std::vector<float> sums(stride * static_cast<std::size_t>(box.height));
  for (const Outline& outline : outlines) {
    for (std::size_t i = 0; i < outline.size(); ++i) {
      add_edge(outline[i], outline[(i + 1) % outline.size()], box, sums);
    }
  }
  box.values.resize(width * static_cast<std::size_t>(box.height));
  for (std::size_t y = 0; y < static_cast<std::size_t>(box.height); ++y) {
    float winding = 0;
    for (std::size_t x = 0; x < width; ++x) {
      winding += sums[y * stride + x];
      const float area = std::min(std::abs(winding), 1.0F);
      box.values[y * width + x] = without_dust(area);
    }
  }
  return box;
}

Coverage softened(const Coverage& coverage, double sigma, int image_width, int image_height) {
  // Three boxes of radius r have the variance r (r + 1).
  const int radius =
      std::max(1, static_cast<int>(std::lround(std::sqrt(sigma * sigma + 0.25) - 0.5)));
  if (coverage.width == 0) return coverage;
  Coverage out;
  out.left = std::max(0, coverage.left - 3 * radius);
  out.top = std::max(0, coverage.top - 3 * radius);
  out.width = std::min(image_width, coverage.left + coverage.width + 3 * radius) - out.left;
  out.height = std::min(image_height, coverage.top + coverage.height + 3 * radius) - out.top;
  const std::size_t width = static_cast<std::size_t>(out.width);
  out.values.resize(width * static_cast<std::size_t>(out.height));
  for (int y = 0; y < coverage.height; ++y) {
    std::copy_n(coverage.values.data() + static_cast<std::size_t>(y * coverage.width),
                coverage.width,
                out.values.data() + static_cast<std::size_t>(y + coverage.top - out.top) * width +
                    (coverage.left - out.left));
  }
  std::vector<float> other(out.values.size());
  for (int pass = 0; pass < 3; ++pass) {
    for (int y = 0; y < out.height; ++y) {
      const std::size_t row = static_cast<std::size_t>(y) * width;
      box_filter(out.values.data() + row, other.data() + row, out.width, 1, radius);
    }
    for (std::size_t x = 0; x < width; ++x) {
      box_filter(other.data() + x, out.values.data() + x, out.height, width, radius);
    }
  }
  for (float& value : out.values) value = without_dust(value);
  return out;
}

}  // namespace visavis
