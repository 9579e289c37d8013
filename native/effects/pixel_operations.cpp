#include "native/effects/pixel_operations.h"

#include <algorithm>
#include <cmath>

#include "native/system/random_source.h"

namespace visavis {
namespace {

float clamped(float value) { return std::min(std::max(value, 0.0F), 255.0F); }

}  // namespace

void apply_gamma(FineImage& image, double gamma) {
  std::array<float, 257> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double value = std::min(static_cast<double>(i), 255.0) / 255;
    table[i] = static_cast<float>(255 * std::pow(value, gamma));
  }
  for (float& sample : image.pixels) {
    const int i = static_cast<int>(sample);
    const float low = table[static_cast<std::size_t>(i)];
    const float high = table[static_cast<std::size_t>(i) + 1];
    sample = low + (high - low) * (sample - static_cast<float>(i));
  }
}

void apply_colour(FineImage& image, const std::array<double, 3>& gain, double contrast,
                  double saturation) {
  // All three are linear: one matrix and one offset (luma's weights sum to 1, so the offset is
  // the same for every channel and is left alone by the saturation).
  const std::array<double, 3> weights = {0.299, 0.587, 0.114};
  std::array<std::array<float, 3>, 3> m{};
  for (std::size_t out = 0; out < 3; ++out) {
    for (std::size_t in = 0; in < 3; ++in) {
      const double mixed = (1 - saturation) * weights[in] + (out == in ? saturation : 0);
      m[out][in] = static_cast<float>(mixed * contrast * gain[in]);
    }
  }
  const auto offset = static_cast<float>(127.5 * (1 - contrast));
  float* pixels = image.pixels.data();
  const std::size_t count = image.pixels.size();
  for (std::size_t i = 0; i < count; i += 3) {
    const float r = pixels[i], g = pixels[i + 1], b = pixels[i + 2];
    pixels[i] = clamped(m[0][0] * r + m[0][1] * g + m[0][2] * b + offset);
    pixels[i + 1] = clamped(m[1][0] * r + m[1][1] * g + m[1][2] * b + offset);
    pixels[i + 2] = clamped(m[2][0] * r + m[2][1] * g + m[2][2] * b + offset);
  }
}

void add_noise(FineImage& image, double sigma, std::uint32_t seed) {
  // Four bytes of one hash, summed: deviation sqrt(4 (256^2 - 1) / 12), mean 510.
  const auto factor = static_cast<float>(sigma / std::sqrt((65536.0 - 1) / 3));
  float* samples = image.pixels.data();
  const auto count = static_cast<std::uint32_t>(image.pixels.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t h = hash32(i + seed);
    const std::uint32_t pairs = (h & 0xff00ffU) + ((h >> 8U) & 0xff00ffU);
    const int sum = static_cast<int>((pairs & 0xffffU) + (pairs >> 16U));
    samples[i] = clamped(samples[i] + static_cast<float>(sum - 510) * factor);
  }
}

void erase_rectangle(FineImage& image, const std::array<double, 4>& rectangle, bool with_noise,
                     std::uint32_t seed) {
  std::array<double, 3> sum{};
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    for (std::size_t c = 0; c < 3; ++c) sum[c] += image.pixels[i + c];
  }
  const double pixels = static_cast<double>(image.pixels.size()) / 3;
  const auto edge = [](double fraction, int side) {
    return std::clamp(static_cast<int>(std::lround(fraction * side)), 0, side);
  };
  const int left = edge(rectangle[0], image.width);
  const int right = edge(rectangle[0] + rectangle[2], image.width);
  const int bottom = edge(rectangle[1] + rectangle[3], image.height);
  for (int y = edge(rectangle[1], image.height); y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const std::size_t i = (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                             static_cast<std::size_t>(x)) *
                            3;
      for (std::size_t c = 0; c < 3; ++c) {
        const auto noise =
            static_cast<float>(hash32(static_cast<std::uint32_t>(i + c) + seed) >> 24U);
        image.pixels[i + c] = with_noise ? noise : clamped(static_cast<float>(sum[c] / pixels));
      }
    }
  }
}

void change_thickness(FineImage& image, double amount) {
  const bool is_thicker = amount > 0;
  const auto weight = static_cast<float>(std::min(std::abs(amount), 1.0));
  const auto extreme = [is_thicker](float a, float b) {
    return is_thicker ? std::min(a, b) : std::max(a, b);
  };
  const auto row_length = static_cast<std::size_t>(image.width) * 3;
  std::vector<float> horizontal(image.pixels);
  for (int y = 0; y < image.height; ++y) {
    const float* in = image.pixels.data() + static_cast<std::size_t>(y) * row_length;
    float* out = horizontal.data() + static_cast<std::size_t>(y) * row_length;
    for (std::size_t i = 3; i < row_length; ++i) out[i] = extreme(in[i], in[i - 3]);
    for (std::size_t i = 0; i + 3 < row_length; ++i) out[i] = extreme(out[i], in[i + 3]);
  }
  for (int y = 0; y < image.height; ++y) {
    const auto row = [&](int at) {
      return horizontal.data() +
             static_cast<std::size_t>(std::clamp(at, 0, image.height - 1)) * row_length;
    };
    const float *above = row(y - 1), *middle = row(y), *below = row(y + 1);
    float* out = image.pixels.data() + static_cast<std::size_t>(y) * row_length;
    for (std::size_t i = 0; i < row_length; ++i) {
      const float value = extreme(extreme(above[i], middle[i]), below[i]);
      out[i] += (value - out[i]) * weight;
    }
  }
}

}  // namespace visavis
