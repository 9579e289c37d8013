#include <cmath>

#include "native/effects/occlusion_shapes.h"
#include "native/effects/outlines.h"
#include "native/system/random_source.h"

namespace visavis {
namespace {

struct Glasses {
  std::vector<Outline> lenses;   ///< Left and right, or one of a wrap.
  std::vector<Outline> rims;     ///< The same and the frame's width more.
  std::vector<Outline> bridges;  ///< And temples.
  float top = 0;                 ///< v of the lenses' upper edge, for the gradients.
  float bottom = 0;
};

/// Moved outwards from its centre by `width`.
Outline grown(const Outline& outline, float width) {
  Point centre;
  for (const Point& p : outline) centre = centre + p / static_cast<float>(outline.size());
  Outline result = outline;
  for (Point& p : result) {
    const Point outwards = p - centre;
    p = centre + outwards * (1 + width / std::max(length_of(outwards), 1e-3F));
  }
  return result;
}

Outline right_lens(int style, std::mt19937_64& random) {
  const float size = draw(random, 0.92, 1.12);
  const float u = draw(random, 0.5, 0.54), v = draw(random, 0.02, 0.1);
  switch (style) {
    case 0:  // Round.
      return superellipse({u, v}, 0.36F * size, 0.36F * size, 2);
    case 1: {  // Wayfarer: wider above, rising outwards.
      const float lift = draw(random, 0.02, 0.1);
      return smooth_closed({{u - 0.36F * size, v - 0.24F},
                            {u, v - 0.27F - lift / 2},
                            {u + 0.4F * size, v - 0.27F - lift},
                            {u + 0.37F * size, v},
                            {u + 0.25F * size, v + 0.25F * size},
                            {u - 0.1F, v + 0.29F * size},
                            {u - 0.32F * size, v + 0.12F}});
    }
    default:  // Aviator: a drop that hangs towards the cheek.
      return smooth_closed({{u - 0.36F * size, v - 0.22F},
                            {u + 0.02F, v - 0.28F},
                            {u + 0.4F * size, v - 0.2F},
                            {u + 0.4F * size, v + 0.12F},
                            {u + 0.16F, v + 0.42F * size},
                            {u - 0.12F, v + 0.38F * size},
                            {u - 0.34F * size, v + 0.08F}});
  }
}

Outline wrap_lens(std::mt19937_64& random) {
  const float width = draw(random, 0.96, 1.06), height = draw(random, 0.25, 0.33);
  const Outline right = {{0, -height + 0.02F},   {0.5F, -height - 0.02F}, {width, -height * 0.75F},
                         {width, height * 0.3F}, {0.62F, height + 0.08F}, {0.3F, height}};
  Outline all = right;
  all.push_back({0, height * 0.35F});
  const Outline left = mirrored(Outline(right.begin() + 1, right.end()));
  all.insert(all.end(), left.begin(), left.end());
  return smooth_closed(all);
}

Glasses make_glasses(std::mt19937_64& random) {
  Glasses glasses;
  const int style = choice(random, 4);
  const float rim = style == 2 ? draw(random, 0.012, 0.03) : draw(random, 0.025, 0.075);
  if (style == 3) {
    glasses.lenses = {wrap_lens(random)};
  } else {
    const Outline lens = right_lens(style, random);
    glasses.lenses = {mirrored(lens), lens};
    const float v = draw(random, -0.16, -0.04);
    glasses.bridges.push_back(
        stroke(smooth_open({{-0.2F, v + 0.03F}, {0, v - 0.03F}, {0.2F, v + 0.03F}}), rim + 0.02F));
    // Aviators have a second bar.
    if (style == 2) glasses.bridges.push_back(stroke({{-0.3F, v - 0.1F}, {0.3F, v - 0.1F}}, rim));
  }
  for (const Outline& lens : glasses.lenses) {
    glasses.rims.push_back(grown(lens, rim));
    for (const Point& p : lens) {
      glasses.top = std::min(glasses.top, p.y);
      glasses.bottom = std::max(glasses.bottom, p.y);
    }
  }
  for (const float side : {-1.0F, 1.0F}) {
    glasses.bridges.push_back(stroke(
        {{side * 0.85F, -0.14F}, {side * 1.12F, -0.12F}, {side * 1.3F, -0.04F}}, rim + 0.03F));
  }
  return glasses;
}

/// The bright band that a window or the sky leaves on a lens, slanted.
void paint_reflections(FaceCanvas& canvas, const Coverage& lenses, std::mt19937_64& random) {
  const float slant = draw(random, -0.9, 0.9), width = draw(random, 0.06, 0.2);
  const float place = draw(random, -0.3, 0.3), strength = draw(random, 0.1, 0.4);
  canvas.paint(lenses, 1, [=](Point p, Colour below) {
    // Each lens has its own: the same place on both.
    const float u = p.x < 0 ? p.x + 0.5F : p.x - 0.5F;
    const float across = (u + slant * p.y - place) / width;
    const float fade = std::exp(-across * across * across * across) * strength;
    return mix(below, {235, 240, 245}, fade * std::clamp(0.6F - p.y, 0.0F, 1.0F));
  });
}

}  // namespace

void draw_sunglasses(FaceCanvas& canvas, std::mt19937_64& random) {
  const Glasses glasses = make_glasses(random);
  canvas.cast_shadow(glasses.rims, {0, 0.05F}, 0.04F, draw(random, 0.15, 0.4));

  static const std::vector<Colour> kTints = {{18, 18, 20}, {45, 30, 20}, {20, 38, 28},
                                             {25, 32, 60}, {60, 25, 25}, {90, 70, 30}};
  const Colour tint =
      kTints[static_cast<std::size_t>(choice(random, static_cast<int>(kTints.size())))];
  const float light = canvas.light();
  const float opacity = draw(random, 0.75, 0.98), fading = draw(random, 0, 0.35);
  const float top = glasses.top, height = glasses.bottom - glasses.top;
  const Coverage lenses = canvas.cover(glasses.lenses);
  canvas.paint(lenses, 1, [=](Point p, Colour below) {
    const float down = std::clamp((p.y - top) / height, 0.0F, 1.0F);
    const Colour through = {below.r * (0.2F + tint.r / 160), below.g * (0.2F + tint.g / 160),
                            below.b * (0.2F + tint.b / 160)};
    return mix(through, tint * (light * (0.8F + 0.5F * down)), opacity - fading * down);
  });
  paint_reflections(canvas, lenses, random);

  const bool is_metal = choice(random, 3) == 0;
  const Colour frame = is_metal ? Colour{170, 150, 110} : cloth_colour(random) * 0.6F;
  // Rims are rings: what is inside turns the other way, a hole.
  std::vector<Outline> rings = glasses.rims;
  for (const Outline& lens : glasses.lenses) rings.emplace_back(lens.rbegin(), lens.rend());
  const auto shine = [=](Point p, Colour) {
    return frame * (light * (1 + 0.25F * std::sin(9 * p.x + 14 * p.y)));
  };
  canvas.paint(canvas.cover(glasses.bridges), 1, shine);
  canvas.paint(canvas.cover(rings), 1, shine);
}

}  // namespace visavis
