#include "core/face/capture_quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "core/face/quality.h"
#include "core/model/preprocess.h"

namespace visavis {
namespace {

constexpr double kDegreesPerRadian = 57.29577951308232;

/// Luminance of one step of 255 and below, of the standard's exposure ranges.
constexpr int kOverExposedFrom = 247, kUnderExposedTo = 25;
constexpr float kGlareFrom = 250;
/// Side of a cheek's square over the distance of the eyes.
constexpr double kCheekSide = 0.3;
constexpr int kCheekSteps = 32;

/// Of two opposite sides, 0 where the second has no length.
double ratio_of(double part, double whole) { return whole > 0 ? part / whole : 0; }

/// Mean over the lids' pairs, upper and lower, over the distance of the corners.
double eye_opening(const Landmarks& p, std::size_t first) {
  const double lids =
      distance_between(p[first + 1], p[first + 5]) + distance_between(p[first + 2], p[first + 4]);
  return ratio_of(lids / 2, distance_between(p[first], p[first + 3]));
}

double mouth_opening(const Landmarks& p) {
  const double opening = std::max({distance_between(p[61], p[67]), distance_between(p[62], p[66]),
                                   distance_between(p[63], p[65])});
  return ratio_of(opening, distance_between(p[60], p[64]));
}

/// Degrees that the head looks up. The nose's tip lies before the eyes, the ends of the jaw's
/// outline, near the ears, behind them: in a raised head the first rises in the photo and the second
/// sink. Does not depend on the mouth. `yaw` narrows the distance of the pupils, which all lengths
/// are in.
double pitch_of(const Landmarks& p, const AlignmentPoints& points, double yaw) {
  // How much lower the ends of the jaw lie than the nose's tip in a level head, and how much further
  // back. The first is the mean of 607 frontal faces among the first 2,000 of FairFace's training
  // part, the second follows from the nose's 0.5 (quality.cpp): on LFW the ends of the jaw move 1.25
  // times as much as the tip.
  constexpr double kHeight = -0.49, kDepth = 1.12;
  const Point line = points[kRightPupil] - points[kLeftPupil];
  const double eyes = double{length_of(line)};
  if (!(eyes > 0)) return 0;
  const Point below = middle_of(p[0], p[16]) - p[30];
  const double height =
      double{cross(line, below)} / (eyes * eyes) * std::cos(yaw / kDegreesPerRadian);
  // Of a turn by an angle: height = kHeight cos(angle) + kDepth sin(angle).
  const double sine = std::clamp(height / std::hypot(kHeight, kDepth), -1.0, 1.0);
  return (std::asin(sine) - std::atan2(kHeight, kDepth)) * kDegreesPerRadian;
}

/// Linear light of an sRGB value of 0..255 (IEC 61966-2-1).
double linear_light(double srgb) {
  const double value = srgb / 255;
  return value > 0.04045 ? std::pow((value + 0.055) / 1.055, 2.4) : value / 12.92;
}

/// The same of the nearest whole value, from a table: this is asked thousands of times a frame.
double linear_light_of_nearest(float srgb) {
  static const std::array<double, 256> table = [] {
    std::array<double, 256> values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = linear_light(static_cast<double>(i));
    }
    return values;
  }();
  return table[static_cast<std::size_t>(std::clamp(srgb, 0.0F, 255.0F) + 0.5F)];
}

/// In steps of 1/255, to the nearest.
int luminance_of(const float* rgb) {
  const double luminance = 0.2126 * linear_light_of_nearest(rgb[0]) +
                           0.7152 * linear_light_of_nearest(rgb[1]) +
                           0.0722 * linear_light_of_nearest(rgb[2]);
  return static_cast<int>(luminance * 255 + 0.5);
}

/// Counts of the luminance in 256 steps, over a rectangle.
struct LuminanceHistogram {
  std::array<int, 256> counts{};
  int pixels = 0;

  void add(int luminance) {
    ++counts[static_cast<std::size_t>(luminance)];
    ++pixels;
  }
  [[nodiscard]] double share(int from, int to) const {
    int count = 0;
    for (int i = from; i <= to; ++i) count += counts[static_cast<std::size_t>(i)];
    return ratio_of(count, pixels);
  }
};

/// Mean and variance of the luminance, and its entropy.
void assess_histogram(const LuminanceHistogram& histogram, CaptureQuality& quality) {
  double sum = 0, squares = 0, entropy = 0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    const double share = ratio_of(histogram.counts[i], histogram.pixels);
    const double luminance = static_cast<double>(i) / 255;
    sum += share * luminance;
    squares += share * luminance * luminance;
    if (share > 0) entropy -= share * std::log2(share);
  }
  quality.luminance_mean = sum;
  quality.luminance_variance = std::max(0.0, squares - sum * sum);
  quality.dynamic_range = entropy;
  quality.over_exposed = histogram.share(kOverExposedFrom, 255);
  quality.under_exposed = histogram.share(0, kUnderExposedTo);
}

/// Fills what is told by all pixels of the crop's face. Its halves meet at the column `middle`.
void assess_face_part(const FineImage& crop, double middle, CaptureQuality& quality) {
  const PixelRectangle part = face_part(crop);
  LuminanceHistogram histogram;
  std::array<double, 2> sums{}, counts{};
  int glare = 0;
  for (int y = part.top; y < part.bottom; ++y) {
    for (int x = part.left; x < part.right; ++x) {
      const float* rgb = crop.pixel(x, y);
      histogram.add(luminance_of(rgb));
      if (std::min({rgb[0], rgb[1], rgb[2]}) >= kGlareFrom) ++glare;
      const std::size_t half = x + 0.5 < middle ? 0 : 1;
      sums[half] += double{luma(rgb)};
      counts[half] += 1;
    }
  }
  assess_histogram(histogram, quality);
  quality.glare = ratio_of(glare, histogram.pixels);
  if (counts[0] > 0 && counts[1] > 0) {
    quality.light_balance = sums[1] / counts[1] - sums[0] / counts[0];
  }
}

/// A cheek's pixels: their luminance's histogram and their mean colour.
struct Cheek {
  std::array<double, kCheekSteps> shares{};
  std::array<double, 3> colour{};
};

/// `corner` is the square's corner near the nose, above; it reaches to the left or the right.
Cheek look_at_cheek(const FineImage& crop, Point corner, double side, bool is_left) {
  const double left = is_left ? corner.x - side : corner.x;
  const auto bounded = [](double value, int limit) {
    return static_cast<int>(std::clamp(std::round(value), 0.0, static_cast<double>(limit)));
  };
  const int x0 = bounded(left, crop.width), x1 = bounded(left + side, crop.width);
  const int y0 = bounded(corner.y, crop.height), y1 = bounded(corner.y + side, crop.height);
  Cheek cheek;
  const double pixels = static_cast<double>(x1 - x0) * (y1 - y0);
  if (!(pixels > 0)) return cheek;
  for (int y = y0; y < y1; ++y) {
    for (int x = x0; x < x1; ++x) {
      const float* rgb = crop.pixel(x, y);
      cheek.shares[static_cast<std::size_t>(luminance_of(rgb) * kCheekSteps / 256)] += 1 / pixels;
      for (std::size_t c = 0; c < 3; ++c) cheek.colour[c] += double{rgb[c]} / pixels;
    }
  }
  return cheek;
}

/// a* and b* of CIELAB (CIE 15:2004) under D50, from sRGB by the Bradford transform's matrix.
std::pair<double, double> chromaticity_of(const std::array<double, 3>& rgb) {
  constexpr double kMatrix[3][3] = {
      {0.43605, 0.38508, 0.14309}, {0.22249, 0.71689, 0.06062}, {0.01393, 0.09710, 0.71419}};
  constexpr double kWhite[3] = {0.964221, 1, 0.825211};
  std::array<double, 3> f{};
  for (std::size_t i = 0; i < 3; ++i) {
    double value = 0;
    for (std::size_t c = 0; c < 3; ++c) value += kMatrix[i][c] * linear_light(rgb[c]);
    value /= kWhite[i];
    constexpr double kEpsilon = 216.0 / 24389, kKappa = 24389.0 / 27;
    f[i] = value > kEpsilon ? std::cbrt(value) : (kKappa * value + 16) / 116;
  }
  return {500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

double distance_to_skin(const std::array<double, 3>& rgb) {
  constexpr double kUnnatural = 100;
  const auto [a, b] = chromaticity_of(rgb);
  if (a < 0 || b < 0) return kUnnatural;
  const auto outside = [](double value, double least, double most) {
    return std::max({0.0, least - value, value - most});
  };
  return std::hypot(outside(a, 5, 25), outside(b, 5, 35));
}

void assess_cheeks(const FineImage& crop, const AlignmentPoints& p, CaptureQuality& quality) {
  const Point eyes = middle_of(p[kLeftPupil], p[kRightPupil]);
  const Point mouth = middle_of(p[kLeftMouthCorner], p[kRightMouthCorner]);
  const Point down{0, length_of(mouth - eyes) / 2};
  const double side = kCheekSide * distance_between(p[kLeftPupil], p[kRightPupil]);
  const Cheek left = look_at_cheek(crop, p[kLeftPupil] + down, side, true);
  const Cheek right = look_at_cheek(crop, p[kRightPupil] + down, side, false);
  for (std::size_t i = 0; i < left.shares.size(); ++i) {
    quality.illumination_uniformity += std::min(left.shares[i], right.shares[i]);
  }
  std::array<double, 3> colour{};
  for (std::size_t c = 0; c < 3; ++c) colour[c] = (left.colour[c] + right.colour[c]) / 2;
  quality.natural_colour = distance_to_skin(colour);
}

/// Fills size and margins.
void assess_place(const Landmarks& p, double yaw, int width, int height, CaptureQuality& quality) {
  const Point left = middle_of(p[36], p[39]), right = middle_of(p[42], p[45]);
  const Point middle = middle_of(left, right);
  const double eyes = distance_between(left, right), chin = distance_between(middle, p[8]);
  quality.inter_eye_distance = eyes / std::max(0.1, std::cos(yaw / kDegreesPerRadian));
  quality.head_size = ratio_of(chin, height);
  quality.margin_left = ratio_of(left.x, eyes);
  quality.margin_right = ratio_of(width - double{right.x}, eyes);
  quality.margin_above = ratio_of(middle.y, chin);
  quality.margin_below = ratio_of(height - double{middle.y}, chin);
  const Point line = right - left;
  quality.roll = std::atan2(double{line.y}, double{line.x}) * kDegreesPerRadian;
}

}  // namespace

CaptureQuality assess_capture(const AlignedFace& aligned, double yaw, int frame_width,
                              int frame_height) {
  CaptureQuality quality;
  quality.pitch = pitch_of(aligned.landmarks, aligned.points, yaw);
  quality.eyes_open =
      std::min(eye_opening(aligned.landmarks, 36), eye_opening(aligned.landmarks, 42));
  quality.mouth_open = mouth_opening(aligned.landmarks);
  assess_place(aligned.landmarks, yaw, frame_width, frame_height, quality);
  AlignmentPoints in_crop = aligned.points;
  for (Point& point : in_crop) point = aligned.photo_to_crop.apply(point);
  const Point eyes = middle_of(in_crop[kLeftPupil], in_crop[kRightPupil]);
  const Point mouth = middle_of(in_crop[kLeftMouthCorner], in_crop[kRightMouthCorner]);
  assess_face_part(aligned.crop, double{middle_of(eyes, mouth).x}, quality);
  assess_cheeks(aligned.crop, in_crop, quality);
  return quality;
}

}  // namespace visavis
