#pragma once

#include "core/model/preprocess.h"
#include "native/effects/face_canvas.h"
#include "native/effects/outlines.h"
#include "native/preparation/prepared_image.h"

namespace visavis {

/// The template that faces are aligned by, in pixels of 112.
inline constexpr AlignmentPoints kTemplatePoints = {Point{38.29F, 51.70F}, Point{73.53F, 51.50F},
                                                    Point{56.03F, 71.74F}, Point{41.55F, 92.37F},
                                                    Point{70.73F, 92.20F}};

/// A face drawn from ellipses as the image cache would hold it: `side` pixels of kFaceCropSide.
inline PreparedImage drawn_face(int side = static_cast<int>(kFaceCropSide)) {
  FineImage image(side, side);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = 110.0F + 20.0F * static_cast<float>(i % 3);
  }
  const float scale = static_cast<float>(side) / static_cast<float>(kFaceCropSide);
  AlignmentPoints points = kTemplatePoints;
  for (Point& p : points) {
    p = {(p.x - 56) * scale + static_cast<float>(side) / 2,
         (p.y - 56) * scale + static_cast<float>(side) / 2};
  }
  FaceCanvas canvas(image, points);
  const auto fill = [&canvas](const Outline& outline, Colour colour) {
    canvas.paint(canvas.cover(outline), 1, [colour](Point at, Colour /*below*/) {
      return colour * (1.05F - 0.2F * at.x * at.x + 0.05F * at.x);  // Not its own mirror image.
    });
  };
  fill(superellipse({0, 0.1F}, 1.25F, 1.75F), {60, 40, 30});
  fill(superellipse({0, 0.4F}, 1.0F, 1.45F), {215, 170, 145});
  for (const float eye : {-0.5F, 0.5F}) {
    fill(superellipse({eye, 0}, 0.22F, 0.1F), {240, 240, 240});
    fill(superellipse({eye, 0}, 0.09F, 0.09F), {50, 35, 30});
  }
  fill(superellipse({0, 0.4F}, 0.12F, 0.25F), {195, 145, 120});
  fill(superellipse({0, 1.15F}, 0.42F, 0.1F), {170, 80, 80});
  PreparedImage prepared;
  prepared.image = rounded(image);
  prepared.points = points;
  return prepared;
}

/// A whole image without points: a dark stroke on white, unlike any of its mirrored or turned ones.
inline PreparedImage drawn_character(int side = 64) {
  FineImage image(side, side);
  std::fill(image.pixels.begin(), image.pixels.end(), 255.0F);
  const auto s = static_cast<float>(side);
  const Outline line =
      stroke(smooth_open({{0.2F * s, 0.2F * s}, {0.75F * s, 0.25F * s}, {0.4F * s, 0.85F * s}}),
             0.06F * s);
  const Coverage covered = rasterise({line}, side, side);
  for (int y = 0; y < covered.height; ++y) {
    for (int x = 0; x < covered.width; ++x) {
      float* pixel = image.pixels.data() + ((covered.top + y) * side + covered.left + x) * 3;
      const float value = covered.values[static_cast<std::size_t>(y * covered.width + x)];
      for (int c = 0; c < 3; ++c) pixel[c] = 255 * (1 - value);
    }
  }
  PreparedImage prepared;
  prepared.image = rounded(image);
  return prepared;
}

inline float largest_difference(const FineImage& a, const FineImage& b) {
  if (a.width != b.width || a.height != b.height) return 256;
  float largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  }
  return largest;
}

inline double mean_difference(const FineImage& a, const FineImage& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

/// Mean absolute difference within a disc of the image.
inline double difference_near(const FineImage& a, const FineImage& b, Point centre, float radius) {
  double sum = 0;
  int count = 0;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) {
      const float dx = static_cast<float>(x) + 0.5F - centre.x;
      const float dy = static_cast<float>(y) + 0.5F - centre.y;
      if (dx * dx + dy * dy > radius * radius) continue;
      for (int c = 0; c < 3; ++c) sum += std::abs(a.pixel(x, y)[c] - b.pixel(x, y)[c]);
      count += 3;
    }
  }
  return count == 0 ? 0 : sum / count;
}

inline double mean_luma(const FineImage& image) {
  double sum = 0;
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) sum += luma(image.pixels.data() + i);
  return 3 * sum / static_cast<double>(image.pixels.size());
}

}  // namespace visavis
