#include "native/effects/face_canvas.h"

#include <cmath>

#include "core/base/error.h"
#include "core/model/preprocess.h"
#include "native/system/random_source.h"

namespace visavis {
namespace {

/// From the middle of the pupils to that of the mouth's corners, in pupil distances: of the
/// template that embedders are trained with.
constexpr float kEyesToMouth = 1.15F;

struct Axes {
  Point origin, u, v;
};

Axes axes_of(const AlignmentPoints& points) {
  const Point eyes = middle_of(points[kLeftPupil], points[kRightPupil]);
  const Point mouth = middle_of(points[kLeftMouthCorner], points[kRightMouthCorner]);
  return {eyes, points[kRightPupil] - points[kLeftPupil], (mouth - eyes) / kEyesToMouth};
}

}  // namespace

bool FaceFrame::is_face(const AlignmentPoints& points) {
  const auto [origin, u, v] = axes_of(points);
  const float across = length_of(u), down = length_of(v);
  const float area = std::abs(cross(u, v));
  return std::isfinite(area + origin.x + origin.y) && across > 1e-3F && down > 1e-3F &&
         area > 0.1F * across * down;
}

FaceFrame::FaceFrame(const AlignmentPoints& points) {
  if (!is_face(points)) {
    throw Error(ErrorCode::kInvalidArgument,
                "occlusion: the five points coincide or lie in one line, so they are no face's");
  }
  const Axes axes = axes_of(points);
  origin_ = axes.origin, u_ = axes.u, v_ = axes.v;
  const float across = length_of(u_), down = length_of(v_);
  // A turned head brings the pupils together; its width shrinks by less, as does its height when
  // it nods.
  u_ = u_ * std::max(1.0F, 0.8F * down / across);
  v_ = v_ * std::max(1.0F, 0.75F * across / down);
  const float determinant = cross(u_, v_);
  inverse_ = {v_.y / determinant, -v_.x / determinant, -u_.y / determinant, u_.x / determinant};
  unit_ = std::sqrt(std::abs(determinant));
}

float value_noise(float x, float y, std::uint32_t seed) {
  const float left = std::floor(x), top = std::floor(y);
  const auto column = static_cast<std::uint32_t>(static_cast<std::int32_t>(left));
  const auto row = static_cast<std::uint32_t>(static_cast<std::int32_t>(top));
  const auto corner = [&](std::uint32_t i, std::uint32_t j) {
    const std::uint32_t h = hash32((column + i) * 0x9e3779b1U ^ hash32((row + j) ^ seed));
    return static_cast<float>(h >> 8U) * 0x1p-23F - 1;
  };
  const auto smooth = [](float t) { return t * t * (3 - 2 * t); };
  const float h = smooth(x - left), v = smooth(y - top);
  const float upper = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * h;
  const float lower = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * h;
  return upper + (lower - upper) * v;
}

FaceCanvas::FaceCanvas(FineImage& image, const AlignmentPoints& points)
    : image_(image), frame_(points) {
  const Colour face = mean_colour({0, 0.5F}, 0.9F);
  const std::array<float, 3> rgb = {face.r, face.g, face.b};
  light_ = std::clamp(0.25F + luma(rgb.data()) / 150, 0.35F, 1.15F);
}

Colour FaceCanvas::mean_colour(Point centre, float radius) const {
  Colour sum;
  int count = 0;
  constexpr int kSteps = 5;
  for (int i = -kSteps; i <= kSteps; ++i) {
    for (int j = -kSteps; j <= kSteps; ++j) {
      if (i * i + j * j > kSteps * kSteps) continue;
      const Point at = frame_.to_pixel(centre.x + radius * static_cast<float>(i) / kSteps,
                                       centre.y + radius * static_cast<float>(j) / kSteps);
      if (!is_inside(at, image_.width, image_.height)) continue;
      const float* pixel = image_.pixel(static_cast<int>(at.x), static_cast<int>(at.y));
      sum = {sum.r + pixel[0], sum.g + pixel[1], sum.b + pixel[2]};
      ++count;
    }
  }
  return count == 0 ? Colour{128, 128, 128} : sum * (1 / static_cast<float>(count));
}

Coverage FaceCanvas::cover(const std::vector<Outline>& face_outlines) const {
  std::vector<Outline> outlines = face_outlines;
  for (Outline& outline : outlines) {
    for (Point& p : outline) p = frame_.to_pixel(p);
  }
  return rasterise(outlines, image_.width, image_.height);
}

Coverage FaceCanvas::soften(const Coverage& coverage, float sigma) const {
  return softened(coverage, sigma * frame_.unit(), image_.width, image_.height);
}

void FaceCanvas::cast_shadow(const std::vector<Outline>& face_outlines, Point shift, float sigma,
                             float strength) {
  std::vector<Outline> moved = face_outlines;
  for (Outline& outline : moved) {
    for (Point& p : outline) p = p + shift;
  }
  paint(soften(cover(moved), sigma), strength, [](Point, Colour below) { return below * 0.25F; });
}

}  // namespace visavis
