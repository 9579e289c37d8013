#include "core/image/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/error.h"
#include "core/image/load_pixel.h"

namespace visavis {
namespace {

/// A crop of a smaller share of the photo has its own part halved, where the whole is not yet.
constexpr double kPartOfPhoto = 0.5;

/// Part of an image, in whole pixels.
struct Region {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
};

#ifdef __wasm_simd128__
using Bytes16 = std::uint8_t __attribute__((vector_size(16)));
using Bytes8 = std::uint8_t __attribute__((vector_size(8)));
using Sums8 = std::uint16_t __attribute__((vector_size(16)));

/// Eight bytes of two pixels' means from their four neighbours each.
Bytes8 mean_of_four(Bytes8 a, Bytes8 b, Bytes8 c, Bytes8 d) {
  const Sums8 sum = __builtin_convertvector(a, Sums8) + __builtin_convertvector(b, Sums8) +
                    __builtin_convertvector(c, Sums8) + __builtin_convertvector(d, Sums8);
  return __builtin_convertvector((sum + 2) >> 2, Bytes8);
}

/// Every other pixel of the eight that begin at `row`, four in all: 12 bytes and 4 of no meaning.
/// Reads 28 bytes.
template <int first>
Bytes16 every_other(const std::uint8_t* row) {
  Bytes16 a, b;
  std::memcpy(&a, row, sizeof(a));
  std::memcpy(&b, row + 12, sizeof(b));
  constexpr int f = first;
  return __builtin_shufflevector(a, b, f, f + 1, f + 2, f + 6, f + 7, f + 8, f + 16, f + 17, f + 18,
                                 f + 22, f + 23, f + 24, 0, 0, 0, 0);
}

/// Halves two rows, four pixels at a time, as long as 16 bytes may be written. Returns how many
/// pixels are done.
int halve_by_fours(const std::uint8_t* a, const std::uint8_t* b, int whole, std::uint8_t* out) {
  int x = 0;
  for (; x + 6 <= whole; x += 4, a += 24, b += 24, out += 12) {
    const Bytes16 la = every_other<0>(a), ra = every_other<3>(a);
    const Bytes16 lb = every_other<0>(b), rb = every_other<3>(b);
    const auto low = [](Bytes16 v) {
      return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
    };
    const auto high = [](Bytes16 v) {
      return __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
    };
    const Bytes8 first = mean_of_four(low(la), low(ra), low(lb), low(rb));
    const Bytes8 last = mean_of_four(high(la), high(ra), high(lb), high(rb));
    std::memcpy(out, &first, sizeof(first));
    std::memcpy(out + sizeof(first), &last, sizeof(last));
  }
  return x;
}
#else
/// Without a shuffle of bytes (plain x86-64 has none) vectors are slower than the loop.
int halve_by_fours(const std::uint8_t*, const std::uint8_t*, int, std::uint8_t*) { return 0; }
#endif

/// Halves a region; the last row or column of an odd one counts twice.
Image halve_region(const Image& image, const Region& region) {
  Image half((region.width + 1) / 2, (region.height + 1) / 2);
  const int whole = region.width / 2;
  for (int y = 0; y < half.height; ++y) {
    const int lower = region.top + std::min(2 * y + 1, region.height - 1);
    const std::uint8_t* a = image.pixel(region.left, region.top + 2 * y);
    const std::uint8_t* b = image.pixel(region.left, lower);
    std::uint8_t* out = half.pixel(0, y);
    int x = halve_by_fours(a, b, whole, out);
    for (a += 6 * x, b += 6 * x, out += 3 * x; x < whole; ++x, a += 6, b += 6, out += 3) {
      out[0] = static_cast<std::uint8_t>((a[0] + a[3] + b[0] + b[3] + 2) >> 2);
      out[1] = static_cast<std::uint8_t>((a[1] + a[4] + b[1] + b[4] + 2) >> 2);
      out[2] = static_cast<std::uint8_t>((a[2] + a[5] + b[2] + b[5] + 2) >> 2);
    }
    if (whole < half.width) {
      for (int c = 0; c < 3; ++c) out[c] = static_cast<std::uint8_t>((a[c] + b[c] + 1) >> 1);
    }
  }
  return half;
}

/// The pixels that sampling will touch, on multiples of `step` so that halving pairs the same
/// pixels whatever the crop; clipped to the photo, never empty.
Region needed_region(const Image& photo, const SimilarityTransform& crop_to_photo, int width,
                     int height, int step) {
  double left = 1e30, top = 1e30, right = -1e30, bottom = -1e30;
  for (const int corner : {0, 1, 2, 3}) {
    const double x = (corner & 1) != 0 ? width : 0, y = (corner & 2) != 0 ? height : 0;
    const double px = crop_to_photo.a * x - crop_to_photo.b * y + crop_to_photo.shift_x;
    const double py = crop_to_photo.b * x + crop_to_photo.a * y + crop_to_photo.shift_y;
    left = std::min(left, px), right = std::max(right, px);
    top = std::min(top, py), bottom = std::max(bottom, py);
  }
  const auto down = [step](double v, int limit) {
    return static_cast<int>(
               std::clamp(std::floor(v / step) - 1, 0.0, std::floor((limit - 1.0) / step))) *
           step;
  };
  const auto up = [step](double v, int low, int limit) {
    const double edge = std::clamp((std::ceil(v / step) + 1) * step, 0.0, 1.0 * limit);
    return std::max(low + std::min(step, limit - low), static_cast<int>(edge));
  };
  Region region{down(left, photo.width), down(top, photo.height), 0, 0};
  region.width = up(right, region.left, photo.width) - region.left;
  region.height = up(bottom, region.top, photo.height) - region.top;
  return region;
}

/// Index and weight of the left (or upper) of the two pixels around a continuous coordinate.
struct Tap {
  int index = 0;
  float weight = 0;  ///< of the next pixel, 0..1
};

Tap tap_at(double coordinate) {
  // Far outside the photo every value is the same: clamping keeps the conversion defined.
  const double position = std::clamp(coordinate - 0.5, -1e6, 1e6);
  const double index = std::floor(position);
  return {static_cast<int>(index), static_cast<float>(position - index)};
}

void sample(const Image& image, double x, double y, Border border, float* out) {
  const Tap h = tap_at(x), v = tap_at(y);
  const std::uint8_t* p00 = pixel_or_border(image, h.index, v.index, border);
  const std::uint8_t* p01 = pixel_or_border(image, h.index + 1, v.index, border);
  const std::uint8_t* p10 = pixel_or_border(image, h.index, v.index + 1, border);
  const std::uint8_t* p11 = pixel_or_border(image, h.index + 1, v.index + 1, border);
  for (int c = 0; c < 3; ++c) {
    const auto left_upper = static_cast<float>(p00[c]), right_upper = static_cast<float>(p01[c]);
    const auto left_lower = static_cast<float>(p10[c]), right_lower = static_cast<float>(p11[c]);
    const float upper = left_upper + (right_upper - left_upper) * h.weight;
    const float lower = left_lower + (right_lower - left_lower) * h.weight;
    out[c] = upper + (lower - upper) * v.weight;
  }
}

/// As sample, where all four pixels and the byte after each lie in the image; writes one float more.
void sample_inside(const Image& image, double x, double y, float* out) {
  const double left = std::floor(x - 0.5), top = std::floor(y - 0.5);
  const auto h = static_cast<float>(x - 0.5 - left), v = static_cast<float>(y - 0.5 - top);
  const std::uint8_t* p = image.pixel(static_cast<int>(left), static_cast<int>(top));
  const std::size_t stride = static_cast<std::size_t>(image.width) * 3;
  const Floats4 left_upper = load_pixel(p), left_lower = load_pixel(p + stride);
  const Floats4 upper = left_upper + (load_pixel(p + 3) - left_upper) * h;
  const Floats4 lower = left_lower + (load_pixel(p + stride + 3) - left_lower) * h;
  const Floats4 value = upper + (lower - upper) * v;
  std::memcpy(out, &value, sizeof(value));
}

FineImage sample_all(const Image& image, const SimilarityTransform& crop_to_image, int width,
                     int height, Border border) {
  FineImage crop(width, height);
  float* out = crop.pixels.data();
  const float* const last = out + crop.pixels.size() - 3;
  // Where a coordinate's pixel and the next ones lie inside, with the byte that `load` reads too
  // many.
  const double right = image.width - 2.5, bottom = image.height - 1.5;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x, out += 3) {
      const double cx = x + 0.5, cy = y + 0.5;
      const double px = crop_to_image.a * cx - crop_to_image.b * cy + crop_to_image.shift_x;
      const double py = crop_to_image.b * cx + crop_to_image.a * cy + crop_to_image.shift_y;
      if (px >= 0.5 && py >= 0.5 && px < right && py < bottom && out < last) {
        sample_inside(image, px, py, out);
      } else {
        sample(image, px, py, border, out);
      }
    }
  }
  return crop;
}

/// How often the photo is halved before it is sampled.
int halvings_for(const SimilarityTransform& crop_to_photo) {
  int halvings = 0;
  while (halvings < 16 && crop_to_photo.scale() >= 2.0 * (1 << halvings)) ++halvings;
  return halvings;
}

/// From the crop to the region of the photo, halved.
SimilarityTransform onto_level(const SimilarityTransform& crop_to_photo, int halvings,
                               const Region& region) {
  const double factor = 1.0 / (1 << halvings);
  return {crop_to_photo.a * factor, crop_to_photo.b * factor,
          (crop_to_photo.shift_x - region.left) * factor,
          (crop_to_photo.shift_y - region.top) * factor};
}

void check(const Image& photo, const SimilarityTransform& t) {
  if (photo.width < 1 || photo.height < 1) {
    throw Error(ErrorCode::kInvalidArgument, "resample: the photo has no pixels");
  }
  if (!std::isfinite(t.a + t.b + t.shift_x + t.shift_y)) {
    throw Error(ErrorCode::kInvalidArgument, "resample: the transform is not finite");
  }
}

}  // namespace

Image halve(const Image& image) { return halve_region(image, {0, 0, image.width, image.height}); }

FineImage resample(const Image& photo, const SimilarityTransform& photo_to_crop, int width,
                   int height, Border border) {
  check(photo, photo_to_crop);
  const SimilarityTransform crop_to_photo = photo_to_crop.inverse();
  const int halvings = halvings_for(crop_to_photo);
  if (halvings == 0) return sample_all(photo, crop_to_photo, width, height, border);

  const Region region = needed_region(photo, crop_to_photo, width, height, 1 << halvings);
  Image level = halve_region(photo, region);
  for (int i = 1; i < halvings; ++i) level = halve(level);
  return sample_all(level, onto_level(crop_to_photo, halvings, region), width, height, border);
}

const Image& ImagePyramid::level(int halvings) {
  if (halvings == 0) return *photo_;
  while (levels() < halvings) halved_.push_back(halve(halved_.empty() ? *photo_ : halved_.back()));
  return halved_[static_cast<std::size_t>(halvings - 1)];
}

FineImage resample(ImagePyramid& photo, const SimilarityTransform& photo_to_crop, int width,
                   int height, Border border) {
  check(photo.photo(), photo_to_crop);
  const SimilarityTransform crop_to_photo = photo_to_crop.inverse();
  const int halvings = halvings_for(crop_to_photo);
  if (halvings > photo.levels()) {
    const Region part = needed_region(photo.photo(), crop_to_photo, width, height, 1);
    const double share = static_cast<double>(part.width) * part.height /
                         (static_cast<double>(photo.photo().width) * photo.photo().height);
    if (share < kPartOfPhoto) {
      return resample(photo.photo(), photo_to_crop, width, height, border);
    }
  }
  return sample_all(photo.level(halvings), onto_level(crop_to_photo, halvings, {}), width, height,
                    border);
}

}  // namespace visavis
