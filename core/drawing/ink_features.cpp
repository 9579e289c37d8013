#include "core/drawing/ink_features.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/image/resample.h"
#include "core/model/preprocess.h"

namespace visavis {
namespace {

constexpr int kSide = 56;
constexpr int kInkCells = 12;
constexpr int kSlopeCells = 7;
constexpr int kSlopes = 8;
/// Room round the ink, in pixels of the square, so that gradients at its edge are whole.
constexpr double kRoom = 3;
/// Less than this share of the largest difference from the paper is no ink but noise or JPEG.
constexpr float kInkShare = 0.35F;
constexpr float kMinToneContrast = 16;

float luma_at(const FineImage& image, int x, int y) { return luma(image.pixel(x, y)); }

float border_luma(const FineImage& image) {
  std::vector<float> values;
  for (int x = 0; x < image.width; ++x) {
    values.push_back(luma_at(image, x, 0));
    values.push_back(luma_at(image, x, image.height - 1));
  }
  for (int y = 0; y < image.height; ++y) {
    values.push_back(luma_at(image, 0, y));
    values.push_back(luma_at(image, image.width - 1, y));
  }
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Paper and the strongest ink, in luma.
struct Tones {
  float paper = 0;
  float contrast = 0;
};

struct InkBox {
  int left = 0, top = 0, right = -1, bottom = -1;
};

Tones tones_of(const FineImage& image, const std::string& source) {
  Tones tones{border_luma(image), 0};
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      tones.contrast = std::max(tones.contrast, std::abs(luma_at(image, x, y) - tones.paper));
    }
  }
  if (tones.contrast >= kMinToneContrast) return tones;
  throw Error(
      ErrorCode::kUnreadableImage,
      source + ": no ink found: the whole image is of one tone; use a drawing on plain paper");
}

InkBox ink_box(const FineImage& image, const Tones& tones) {
  InkBox box{image.width, image.height, -1, -1};
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      if (std::abs(luma_at(image, x, y) - tones.paper) < kInkShare * tones.contrast) continue;
      box = {std::min(box.left, x), std::min(box.top, y), std::max(box.right, x),
             std::max(box.bottom, y)};
    }
  }
  return box;
}

using Plane = std::vector<float>;

float& at(Plane& plane, int x, int y) { return plane[static_cast<std::size_t>(y * kSide + x)]; }
float at(const Plane& plane, int x, int y) {
  x = std::clamp(x, 0, kSide - 1);
  y = std::clamp(y, 0, kSide - 1);
  return plane[static_cast<std::size_t>(y * kSide + x)];
}

/// Ink of 0..1 on the square.
Plane ink_plane(const Image& image, const std::string& source) {
  const FineImage fine(image);
  const Tones tones = tones_of(fine, source);
  const InkBox box = ink_box(fine, tones);
  const double longer = std::max(box.right - box.left, box.bottom - box.top) + 1;
  const double scale = (kSide - 2 * kRoom) / longer;
  const double middle_x = (box.left + box.right + 1) / 2.0;
  const double middle_y = (box.top + box.bottom + 1) / 2.0;
  const SimilarityTransform to_square{scale, 0, kSide / 2.0 - scale * middle_x,
                                      kSide / 2.0 - scale * middle_y};
  const FineImage square = resample(image, to_square, kSide, kSide, Border::kNearest);
  Plane plane(static_cast<std::size_t>(kSide) * kSide);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const float difference = std::abs(luma_at(square, x, y) - tones.paper) / tones.contrast;
      at(plane, x, y) = std::clamp(difference, 0.0F, 1.0F);
    }
  }
  return plane;
}

/// 1 4 6 4 1 along both axes: gradients of a pen's line are then as wide as its cells need.
Plane blurred(const Plane& plane) {
  constexpr float kWeights[] = {1 / 16.0F, 4 / 16.0F, 6 / 16.0F, 4 / 16.0F, 1 / 16.0F};
  Plane rows(plane.size());
  Plane both(plane.size());
  for (int pass = 0; pass < 2; ++pass) {
    const Plane& from = pass == 0 ? plane : rows;
    Plane& to = pass == 0 ? rows : both;
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        float sum = 0;
        for (int k = -2; k <= 2; ++k) {
          sum += kWeights[k + 2] * (pass == 0 ? at(from, x + k, y) : at(from, x, y + k));
        }
        at(to, x, y) = sum;
      }
    }
  }
  return both;
}

/// Adds `value` at a pixel to the cells round it (bilinearly) of a grid over the square, `step`
/// apart in `grid`.
void add_to_cells(float* grid, int cells, int step, int x, int y, float value) {
  const auto place = [&](int pixel) {
    return std::clamp((static_cast<float>(pixel) + 0.5F) * static_cast<float>(cells) / kSide - 0.5F,
                      0.0F, static_cast<float>(cells - 1));
  };
  const float row = place(y);
  const float column = place(x);
  const int r = std::min(static_cast<int>(row), cells - 2);
  const int c = std::min(static_cast<int>(column), cells - 2);
  const float down = row - static_cast<float>(r);
  const float right = column - static_cast<float>(c);
  const auto cell = [&](int i, int j) -> float& { return grid[(i * cells + j) * step]; };
  cell(r, c) += value * (1 - down) * (1 - right);
  cell(r, c + 1) += value * (1 - down) * right;
  cell(r + 1, c) += value * down * (1 - right);
  cell(r + 1, c + 1) += value * down * right;
}

void add_slopes(const Plane& plane, float* grid) {
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const float dx = at(plane, x + 1, y) - at(plane, x - 1, y);
      const float dy = at(plane, x, y + 1) - at(plane, x, y - 1);
      const float strength = std::hypot(dx, dy);
      if (strength <= 0) continue;
      const double half_turns = std::atan2(dy, dx) / std::numbers::pi + 1;
      const double place = (half_turns - std::floor(half_turns)) * kSlopes;
      const int bin = static_cast<int>(place) % kSlopes;
      const auto rest = static_cast<float>(place - std::floor(place));
      add_to_cells(grid + bin, kSlopeCells, kSlopes, x, y, strength * (1 - rest));
      add_to_cells(grid + (bin + 1) % kSlopes, kSlopeCells, kSlopes, x, y, strength * rest);
    }
  }
}

/// Square roots, then length sqrt(1/2).
void balance(float* values, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += values[i];
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<float>(std::sqrt(values[i] / (2 * sum)));
  }
}

}  // namespace

Embedding ink_features(const Image& image, const std::string& source) {
  if (image.width < 1 || image.height < 1) {
    throw Error(ErrorCode::kInvalidArgument, source + ": an empty image");
  }
  const Plane ink = ink_plane(image, source);
  const Plane soft = blurred(ink);
  Embedding features(kInkFeatures, 0);
  constexpr std::size_t kInk = static_cast<std::size_t>(kInkCells) * kInkCells;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      add_to_cells(features.data(), kInkCells, 1, x, y, at(soft, x, y));
    }
  }
  add_slopes(soft, features.data() + kInk);
  balance(features.data(), kInk);
  balance(features.data() + kInk, kInkFeatures - kInk);
  return features;
}

}  // namespace visavis
