#include <cmath>
#include <numbers>

#include "native/effects/occlusion_shapes.h"
#include "native/effects/outlines.h"
#include "native/system/random_source.h"

namespace visavis {
namespace {

/// Hand coordinates to face coordinates: the wrist lies at (0, 0), the fingers point to -y; one
/// unit is a pupil distance (63 mm) times the hand's size.
struct HandFrame {
  Point wrist;
  float angle = 0;  ///< Radians, clockwise; 0: fingers up.
  float size = 1;
  float side = 1;  ///< -1: the other hand.

  [[nodiscard]] Point to_face(Point p) const {
    const float c = std::cos(angle) * size, s = std::sin(angle) * size, x = p.x * side;
    return {wrist.x + c * x - s * p.y, wrist.y + s * x + c * p.y};
  }
  [[nodiscard]] Outline to_face(Outline outline) const {
    for (Point& p : outline) p = to_face(p);
    return outline;
  }
};

struct Finger {
  Point base, tip;
  float base_radius = 0.14F;
  float tip_radius = 0.1F;
};

/// An adult's proportions: the palm 85 mm wide and 100 mm long, fingers 60 to 80 mm.
std::vector<Finger> make_fingers(std::mt19937_64& random) {
  const float spread = draw(random, 0.02, 0.2);
  const float bend = draw(random, 0.8, 1.05);  // Bent fingers look shorter.
  std::vector<Finger> fingers;
  const std::array<float, 4> lengths = {0.95F, 1.2F, 1.3F, 1.15F};
  for (int i = 0; i < 4; ++i) {
    const float across = (static_cast<float>(i) - 1.5F);
    const float length = lengths[static_cast<std::size_t>(i)] * bend * draw(random, 0.92, 1.05);
    const float lean = across * spread + draw(random, -0.03, 0.03);
    const Point base = {across * 0.32F, -1.45F + 0.05F * across * across};
    const float radius = i == 0 ? 0.135F : 0.155F;
    fingers.push_back({base,
                       {base.x + length * std::sin(lean), base.y - length * std::cos(lean)},
                       radius,
                       radius * 0.78F});
  }
  return fingers;
}

Finger make_thumb(std::mt19937_64& random) {
  const float lean = draw(random, 0.35, 0.85);
  return {{0.5F, -0.75F}, {0.55F + std::sin(lean), -0.8F - std::cos(lean)}, 0.2F, 0.13F};
}

/// Distance from the finger's axis over its radius (signed), and how far along it is (0..1).
Point along_finger(const Finger& finger, const HandFrame& hand, Point p) {
  const Point a = hand.to_face(finger.base), b = hand.to_face(finger.tip);
  const Point axis = b - a;
  const float length = length_of(axis);
  const float t = dot(p - a, axis) / (length * length);
  const float across = cross(axis, p - a) / length;
  const float radius =
      (finger.base_radius + (finger.tip_radius - finger.base_radius) * std::clamp(t, 0.0F, 1.0F)) *
      hand.size;
  return {across / radius, t};
}

struct Skin {
  Colour colour;
  Point light;  ///< Where from, in face coordinates; length at most 1.
  std::uint32_t seed = 0;

  [[nodiscard]] Colour at(Point p, float shade) const {
    const float texture = 1 + 0.05F * value_noise(p.x * 7, p.y * 7, seed);
    // Shaded skin is redder: light passes through it.
    const float dark = shade * texture;
    return {colour.r * std::pow(dark, 0.85F), colour.g * dark, colour.b * dark};
  }
};

void paint_finger(FaceCanvas& canvas, const Finger& finger, const HandFrame& hand,
                  const Skin& skin) {
  const Outline outline =
      hand.to_face(capsule(finger.base, finger.tip, finger.base_radius, finger.tip_radius));
  canvas.cast_shadow({outline}, {-0.03F * skin.light.x, 0.05F}, 0.04F, 0.45F);
  const Point axis = hand.to_face(finger.tip) - hand.to_face(finger.base);
  const float lit = cross(axis, skin.light) / length_of(axis);
  canvas.paint(canvas.cover(outline), 1, [&](Point p, Colour) {
    const Point at = along_finger(finger, hand, p);
    const float across = std::clamp(at.x, -1.0F, 1.0F);
    float shade = 0.72F + 0.3F * std::sqrt(1 - across * across) + 0.18F * across * lit;
    for (const float joint : {0.38F, 0.7F}) {
      const float from = (at.y - joint) / 0.025F;
      shade -= 0.07F * std::exp(-from * from);
    }
    return skin.at(p, shade);
  });
  const auto on_axis = [&](float t) { return finger.base + (finger.tip - finger.base) * t; };
  const float nail = finger.tip_radius * 0.6F;
  const Coverage nails =
      canvas.cover(hand.to_face(capsule(on_axis(0.93F), on_axis(1.02F), nail, nail * 0.9F)));
  canvas.paint(nails, 0.5F, mix(skin.colour, {245, 215, 210}, 0.5F) * 1.05F);
}

void paint_palm(FaceCanvas& canvas, const HandFrame& hand, const Skin& skin) {
  // The wrist goes on past the picture's edge.
  const Outline palm = hand.to_face(smooth_closed({{-0.66F, -1.5F},
                                                   {-0.2F, -1.66F},
                                                   {0.3F, -1.66F},
                                                   {0.64F, -1.45F},
                                                   {0.68F, -0.8F},
                                                   {0.5F, -0.2F},
                                                   {0.45F, 0.6F},
                                                   {0.45F, 2.5F},
                                                   {-0.45F, 2.5F},
                                                   {-0.45F, 0.6F},
                                                   {-0.5F, -0.2F},
                                                   {-0.68F, -0.8F}}));
  canvas.cast_shadow({palm}, {-0.04F * skin.light.x, 0.07F}, 0.07F, 0.5F);
  const Point middle = hand.to_face(Point{0, -0.9F});
  canvas.paint(canvas.cover(palm), 1, [&](Point p, Colour) {
    const Point from = p - middle;
    const float towards = dot(from, skin.light);
    return skin.at(p, std::clamp(0.94F + 0.1F * towards - 0.08F * dot(from, from), 0.5F, 1.1F));
  });
}

/// Where the middle finger's base comes to lie, and from where the hand reaches in.
HandFrame place_hand(std::mt19937_64& random) {
  HandFrame hand;
  hand.size = draw(random, 0.85, 1.1);
  hand.side = choice(random, 2) == 0 ? 1.0F : -1.0F;
  const float from = choice(random, 2) == 0 ? 1.0F : -1.0F;
  Point target;
  switch (choice(random, 3)) {
    case 0:  // From below, over mouth and chin.
      target = {draw(random, -0.6, 0.6), draw(random, 1.3, 1.9)};
      hand.angle = draw(random, -0.6, 0.6);
      break;
    case 1:  // From a side, over mouth or cheek.
      target = {from * draw(random, 0.7, 1.2), draw(random, 0.7, 1.4)};
      hand.angle = -from * draw(random, 0.7, 1.5);
      break;
    default:  // From a side, over an eye or the brow.
      target = {from * draw(random, 0.8, 1.3), draw(random, -0.4, 0.6)};
      hand.angle = -from * draw(random, 0.6, 1.4);
      break;
  }
  const Point reach = hand.to_face(Point{0, -1.4F});
  hand.wrist = target - reach;
  return hand;
}

}  // namespace

void draw_hand(FaceCanvas& canvas, std::mt19937_64& random) {
  const HandFrame hand = place_hand(random);
  Skin skin;
  // Cheeks and nose: the same person's skin in the same light.
  skin.colour =
      mix(canvas.mean_colour({0, 0.45F}, 0.2F), canvas.mean_colour({0, 0.8F}, 0.6F), 0.4F);
  skin.colour = skin.colour * draw(random, 0.85, 1.12);
  const float direction = draw(random, 0, 2 * std::numbers::pi);
  skin.light = {0.8F * std::cos(direction), -0.6F + 0.4F * std::sin(direction)};
  skin.seed = static_cast<std::uint32_t>(random() >> 32U);

  const bool has_thumb = choice(random, 3) != 0;
  const Finger thumb = make_thumb(random);
  const std::vector<Finger> fingers = make_fingers(random);
  if (has_thumb) paint_finger(canvas, thumb, hand, skin);
  for (const Finger& finger : fingers) paint_finger(canvas, finger, hand, skin);
  paint_palm(canvas, hand, skin);
}

}  // namespace visavis
