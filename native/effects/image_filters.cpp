#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "native/effects/pixel_operations.h"

namespace visavis {
namespace {

/// Where a filter reads, relative to the pixel it writes.
struct Tap {
  int x = 0;
  int y = 0;
  float weight = 0;
};

std::size_t offset_of(int x, int y, int width) {
  return (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
          static_cast<std::size_t>(x)) *
         3;
}

/// The image with its edge pixels continued by `margin` on each side.
std::vector<float> padded(const FineImage& image, int margin) {
  const int width = image.width + 2 * margin, height = image.height + 2 * margin;
  std::vector<float> out(offset_of(0, height, width));
  for (int y = 0; y < height; ++y) {
    const float* row = image.pixel(0, std::clamp(y - margin, 0, image.height - 1));
    const float* last = row + offset_of(image.width - 1, 0, 0);
    float* to = out.data() + offset_of(0, y, width);
    for (int x = 0; x < margin; ++x, to += 3) std::copy_n(row, 3, to);
    to = std::copy_n(row, offset_of(image.width, 0, 0), to);
    for (int x = 0; x < margin; ++x, to += 3) std::copy_n(last, 3, to);
  }
  return out;
}

/// Weighted sums of shifted rows; the weights must be positive and sum to 1, so that samples stay
/// in range but for rounding, which is cut.
void convolve(FineImage& image, const std::vector<Tap>& taps) {
  int margin = 0;
  for (const Tap& tap : taps) margin = std::max({margin, std::abs(tap.x), std::abs(tap.y)});
  const std::vector<float> in = padded(image, margin);
  const int stride = image.width + 2 * margin;
  const std::size_t length = offset_of(image.width, 0, 0);
  std::vector<float> sum(length);
  for (int y = 0; y < image.height; ++y) {
    std::fill(sum.begin(), sum.end(), 0.0F);
    for (const Tap& tap : taps) {
      const float* row = in.data() + offset_of(tap.x + margin, y + tap.y + margin, stride);
      for (std::size_t i = 0; i < length; ++i) sum[i] += tap.weight * row[i];
    }
    float* out = image.pixels.data() + offset_of(0, y, image.width);
    for (std::size_t i = 0; i < length; ++i) out[i] = std::min(sum[i], 255.0F);
  }
}

void normalise(std::vector<Tap>& taps) {
  double sum = 0;
  for (const Tap& tap : taps) sum += tap.weight;
  for (Tap& tap : taps) tap.weight = static_cast<float>(tap.weight / sum);
}

/// What one output row or column reads of the input.
struct Span {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Span> resizing_spans(int from, int to) {
  std::vector<Span> spans(static_cast<std::size_t>(to));
  const double step = static_cast<double>(from) / to;
  const double reach = std::max(step, 1.0);
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * step - 0.5;
    const int begin = std::max(static_cast<int>(std::floor(centre - reach)) + 1, 0);
    const int end = std::min(static_cast<int>(std::ceil(centre + reach)), from);
    Span& span = spans[static_cast<std::size_t>(i)];
    span.first = std::min(begin, from - 1);
    double sum = 0;
    std::vector<double> weights;
    for (int at = span.first; at < std::max(end, span.first + 1); ++at) {
      weights.push_back(std::max(1 - std::abs(at - centre) / reach, 1e-9));
      sum += weights.back();
    }
    for (const double weight : weights) span.weights.push_back(static_cast<float>(weight / sum));
  }
  return spans;
}

FineImage resized_rows(const FineImage& image, int height) {
  FineImage out(image.width, height);
  const std::vector<Span> spans = resizing_spans(image.height, height);
  const std::size_t length = offset_of(image.width, 0, 0);
  for (int y = 0; y < height; ++y) {
    const Span& span = spans[static_cast<std::size_t>(y)];
    float* to = out.pixels.data() + offset_of(0, y, image.width);
    for (std::size_t k = 0; k < span.weights.size(); ++k) {
      const float* row = image.pixel(0, span.first + static_cast<int>(k));
      const float weight = span.weights[k];
      for (std::size_t i = 0; i < length; ++i) to[i] += weight * row[i];
    }
    for (std::size_t i = 0; i < length; ++i) to[i] = std::min(to[i], 255.0F);
  }
  return out;
}

FineImage resized_columns(const FineImage& image, int width) {
  FineImage out(width, image.height);
  const std::vector<Span> spans = resizing_spans(image.width, width);
  for (int y = 0; y < image.height; ++y) {
    float* to = out.pixels.data() + offset_of(0, y, width);
    for (const Span& span : spans) {
      const float* from = image.pixel(span.first, y);
      float r = 0, g = 0, b = 0;
      for (const float weight : span.weights) {
        r += weight * from[0], g += weight * from[1], b += weight * from[2];
        from += 3;
      }
      to[0] = std::min(r, 255.0F), to[1] = std::min(g, 255.0F), to[2] = std::min(b, 255.0F);
      to += 3;
    }
  }
  return out;
}

}  // namespace

void gaussian_blur(FineImage& image, double sigma) {
  const int radius = std::max(1, static_cast<int>(std::ceil(2.5 * sigma)));
  std::vector<Tap> across, down;
  for (int i = -radius; i <= radius; ++i) {
    const auto weight = static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma)));
    across.push_back({i, 0, weight});
    down.push_back({0, i, weight});
  }
  normalise(across);
  normalise(down);
  convolve(image, across);
  convolve(image, down);
}

void motion_blur(FineImage& image, double length, double degrees) {
  // The line is sampled at steps of half a pixel, each sample spread bilinearly over four taps.
  const double angle = degrees * std::numbers::pi / 180;
  const int reach = static_cast<int>(std::ceil(length / 2)) + 1;
  const int side = 2 * reach + 1;
  std::vector<float> kernel(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  const int steps = std::max(2, static_cast<int>(std::ceil(length * 2)));
  for (int i = 0; i <= steps; ++i) {
    const double along = length * (static_cast<double>(i) / steps - 0.5);
    const double x = reach + along * std::cos(angle), y = reach + along * std::sin(angle);
    const int left = static_cast<int>(x), top = static_cast<int>(y);
    for (const int corner : {0, 1, 2, 3}) {
      const int cx = left + (corner & 1), cy = top + (corner >> 1);
      const double weight = (1 - std::abs(x - cx)) * (1 - std::abs(y - cy));
      if (cx < side && cy < side && weight > 0) {
        kernel[static_cast<std::size_t>(cy * side + cx)] += static_cast<float>(weight);
      }
    }
  }
  std::vector<Tap> taps;
  for (int i = 0; i < side * side; ++i) {
    const float weight = kernel[static_cast<std::size_t>(i)];
    if (weight > 0) taps.push_back({i % side - reach, i / side - reach, weight});
  }
  normalise(taps);
  convolve(image, taps);
}

FineImage resized(const FineImage& image, int width, int height) {
  // The direction that leaves less work for the other comes first.
  if (height < image.height) return resized_columns(resized_rows(image, height), width);
  return resized_rows(resized_columns(image, width), height);
}

}  // namespace visavis
