#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "core/face/face_aligner.h"
#include "core/image/image.h"
#include "native/effects/coverage.h"

namespace visavis {

/// 0..255, or factors.
struct Colour {
  float r = 0;
  float g = 0;
  float b = 0;
};
inline Colour operator*(Colour c, float factor) {
  return {c.r * factor, c.g * factor, c.b * factor};
}
inline Colour mix(Colour a, Colour b, float share) {
  return {a.r + (b.r - a.r) * share, a.g + (b.g - a.g) * share, a.b + (b.b - a.b) * share};
}

/// Face coordinates to pixels: (0, 0) lies between the pupils, which lie at about (-0.5, 0) and
/// (0.5, 0); the mouth's middle is (0, 1.15). The brows are then near v = -0.35, the chin near
/// 1.8, the hairline near -1, the cheeks' edges near u = -+1.05. The v axis runs from the eyes to
/// the mouth: it follows turned and nodding heads, not only tilted ones.
class FaceFrame {
 public:
  /// Finite, neither in one place nor in one line.
  [[nodiscard]] static bool is_face(const AlignmentPoints& points);
  /// Throws kInvalidArgument where is_face says no.
  explicit FaceFrame(const AlignmentPoints& points);

  [[nodiscard]] Point to_pixel(float u, float v) const { return origin_ + u_ * u + v_ * v; }
  [[nodiscard]] Point to_pixel(Point p) const { return to_pixel(p.x, p.y); }
  [[nodiscard]] Point to_face(float x, float y) const {
    const float dx = x - origin_.x, dy = y - origin_.y;
    return {dx * inverse_[0] + dy * inverse_[1], dx * inverse_[2] + dy * inverse_[3]};
  }
  /// Pixels per unit (pupil distance).
  [[nodiscard]] float unit() const { return unit_; }

 private:
  Point origin_, u_, v_;
  std::array<float, 4> inverse_{};
  float unit_ = 0;
};

/// Smooth texture in -1..1 with details of about 1 unit.
float value_noise(float x, float y, std::uint32_t seed);

/// Draws shapes given in face coordinates.
class FaceCanvas {
 public:
  FaceCanvas(FineImage& image, const AlignmentPoints& points);

  [[nodiscard]] const FaceFrame& frame() const { return frame_; }
  /// Mean colour of the image in a disc, face coordinates; grey where it lies outside.
  [[nodiscard]] Colour mean_colour(Point centre, float radius) const;
  /// Brightness of the photo relative to a well-lit one, 0.35 to 1.15. What is drawn gets the same
  /// light.
  [[nodiscard]] float light() const { return light_; }

  [[nodiscard]] Coverage cover(const std::vector<Outline>& face_outlines) const;
  [[nodiscard]] Coverage cover(const Outline& face_outline) const {
    return cover(std::vector<Outline>{face_outline});
  }
  /// `sigma` in face units.
  [[nodiscard]] Coverage soften(const Coverage& coverage, float sigma) const;

  /// shade(Point in face coordinates, Colour beneath) gives the colour; `opacity` 0..1.
  template <class Shade>
  void paint(const Coverage& coverage, float opacity, const Shade& shade) {
    for (int y = 0; y < coverage.height; ++y) {
      const float* value = coverage.values.data() + static_cast<std::size_t>(y * coverage.width);
      float* out = pixel(coverage.left, coverage.top + y);
      for (int x = 0; x < coverage.width; ++x, ++value, out += 3) {
        const float share = *value * opacity;
        if (share <= 0) continue;
        const Point at = frame_.to_face(static_cast<float>(coverage.left + x) + 0.5F,
                                        static_cast<float>(coverage.top + y) + 0.5F);
        const Colour colour =
            mix({out[0], out[1], out[2]}, shade(at, {out[0], out[1], out[2]}), share);
        out[0] = std::clamp(colour.r, 0.0F, 255.0F);
        out[1] = std::clamp(colour.g, 0.0F, 255.0F);
        out[2] = std::clamp(colour.b, 0.0F, 255.0F);
      }
    }
  }
  void paint(const Coverage& coverage, float opacity, Colour colour) {
    paint(coverage, opacity, [colour](Point, Colour) { return colour; });
  }
  /// Darkens below and round a shape; `shift` and `sigma` in face units.
  void cast_shadow(const std::vector<Outline>& face_outlines, Point shift, float sigma,
                   float strength);

 private:
  [[nodiscard]] float* pixel(int x, int y) {
    return image_.pixels.data() +
           (static_cast<std::size_t>(y) * static_cast<std::size_t>(image_.width) +
            static_cast<std::size_t>(x)) *
               3;
  }
  FineImage& image_;
  FaceFrame frame_;
  float light_ = 1;
};

}  // namespace visavis
