#include <cmath>

#include "native/effects/occlusion_shapes.h"
#include "native/effects/outlines.h"
#include "native/system/random_source.h"

namespace visavis {
namespace {

/// Light from above, darker to the sides; `weave` is the depth of the cloth's texture.
struct Cloth {
  Colour colour;
  float light = 1;
  float weave = 0;
  float grain = 20;  ///< Details per unit.
  std::uint32_t seed = 0;

  Colour operator()(Point p, Colour /*below*/) const {
    const float round = 1 - 0.32F * std::min(p.x * p.x / 1.6F, 1.0F);
    const float texture = 1 + weave * value_noise(p.x * grain, p.y * grain, seed);
    return colour * (light * round * texture);
  }
};

Cloth make_cloth(FaceCanvas& canvas, std::mt19937_64& random) {
  return {cloth_colour(random), canvas.light(), draw(random, 0.03, 0.14), draw(random, 9, 26),
          static_cast<std::uint32_t>(random() >> 32U)};
}

/// The crown from the temples over the head; `base` is v of its lower edge in the middle, `sag` how
/// far that lies below the sides.
Outline crown(float half_width, float base, float sag, float height) {
  return smooth_closed({{-half_width, base - sag},
                        {-half_width * 0.6F, base - sag * 0.3F},
                        {0, base},
                        {half_width * 0.6F, base - sag * 0.3F},
                        {half_width, base - sag},
                        {half_width * 1.02F, base - sag - height * 0.5F},
                        {half_width * 0.7F, base - sag - height},
                        {0, base - sag - height * 1.1F},
                        {-half_width * 0.7F, base - sag - height},
                        {-half_width * 1.02F, base - sag - height * 0.5F}});
}

void draw_cap(FaceCanvas& canvas, std::mt19937_64& random) {
  const Cloth cloth = make_cloth(canvas, random);
  const float base = draw(random, -0.8, -0.55), brim = draw(random, 0.16, 0.3);
  const float width = draw(random, 1.12, 1.25), lean = draw(random, -0.15, 0.15);
  const Outline dome = crown(width, base, 0.12F, 1.3F);
  // The visor comes towards the viewer: a sickle below the crown.
  const Outline visor = smooth_closed({{-width * 0.85F + lean, base - 0.1F},
                                       {lean, base - 0.06F},
                                       {width * 0.85F + lean, base - 0.1F},
                                       {width * 0.8F + lean, base + brim * 0.6F},
                                       {width * 0.4F + lean, base + brim * 0.9F},
                                       {lean, base + brim},
                                       {-width * 0.4F + lean, base + brim * 0.9F},
                                       {-width * 0.8F + lean, base + brim * 0.6F}});
  canvas.cast_shadow({dome, visor}, {0, draw(random, 0.1, 0.35)}, 0.1F, draw(random, 0.3, 0.75));
  canvas.paint(canvas.cover(dome), 1, cloth);
  for (const float seam : {-0.55F, 0.0F, 0.55F}) {
    const Outline line = stroke({{seam * width, base - 0.1F}, {seam * 0.4F, base - 1.4F}}, 0.02F);
    canvas.paint(canvas.cover(line), 0.35F, cloth.colour * (0.5F * cloth.light));
  }
  Cloth other = cloth;
  if (choice(random, 3) == 0) other.colour = cloth_colour(random);
  canvas.paint(canvas.cover(visor), 1, [other, base, brim](Point p, Colour below) {
    const float down = std::clamp((p.y - base) / brim, 0.0F, 1.0F);
    return other(p, below) * (0.6F + 0.5F * down);
  });
}

void draw_beanie(FaceCanvas& canvas, std::mt19937_64& random) {
  const Cloth cloth = make_cloth(canvas, random);
  const float base = draw(random, -0.72, -0.42), fold = draw(random, 0.3, 0.5);
  const float width = draw(random, 1.12, 1.24), ribs = draw(random, 26, 44);
  const Outline dome = crown(width * 0.98F, base - fold * 0.8F, 0.08F, 1.1F);
  const Outline cuff = smooth_closed({{-width, base - 0.1F},
                                      {-width * 0.5F, base - 0.02F},
                                      {0, base},
                                      {width * 0.5F, base - 0.02F},
                                      {width, base - 0.1F},
                                      {width * 1.02F, base - fold - 0.1F},
                                      {0, base - fold},
                                      {-width * 1.02F, base - fold - 0.1F}});
  canvas.cast_shadow({cuff}, {0, 0.06F}, 0.06F, draw(random, 0.25, 0.6));
  const auto knit = [cloth, ribs](Point p, Colour below) {
    // Ribs look narrower towards the sides of a round head.
    const float angle = std::asin(std::clamp(p.x / 1.3F, -1.0F, 1.0F));
    return cloth(p, below) * (0.86F + 0.2F * std::sin(ribs * angle));
  };
  canvas.paint(canvas.cover(dome), 1, knit);
  canvas.cast_shadow({cuff}, {0, -0.05F}, 0.03F, 0.4F);
  Cloth edge = cloth;
  if (choice(random, 3) == 0) edge.colour = cloth_colour(random);
  canvas.paint(canvas.cover(cuff), 1, [edge, knit, cloth](Point p, Colour below) {
    const Colour shaded = knit(p, below);
    const Colour from = cloth.colour, to = edge.colour;
    return Colour{shaded.r * to.r / from.r, shaded.g * to.g / from.g, shaded.b * to.b / from.b};
  });
}

void draw_brimmed(FaceCanvas& canvas, std::mt19937_64& random) {
  const Cloth cloth = make_cloth(canvas, random);
  const float base = draw(random, -0.82, -0.52), dip = draw(random, 0.08, 0.22);
  const float width = draw(random, 1.05, 1.18), reach = draw(random, 1.7, 2.3);
  const Outline dome = crown(width, base, 0.05F, 1.2F);
  const Outline brim = smooth_closed({{-reach, base - 0.25F},
                                      {-reach * 0.55F, base + dip * 0.5F},
                                      {0, base + dip},
                                      {reach * 0.55F, base + dip * 0.5F},
                                      {reach, base - 0.25F},
                                      {reach * 0.6F, base - 0.2F},
                                      {0, base - 0.12F},
                                      {-reach * 0.6F, base - 0.2F}});
  canvas.cast_shadow({brim}, {draw(random, -0.15, 0.15), draw(random, 0.15, 0.45)}, 0.12F,
                     draw(random, 0.35, 0.8));
  canvas.paint(canvas.cover(dome), 1, cloth);
  const Outline band = smooth_closed({{-width * 1.02F, base - 0.1F},
                                      {0, base - 0.04F},
                                      {width * 1.02F, base - 0.1F},
                                      {width * 1.02F, base - 0.36F},
                                      {0, base - 0.3F},
                                      {-width * 1.02F, base - 0.36F}});
  Cloth ribbon = cloth;
  ribbon.colour = cloth_colour(random);
  canvas.paint(canvas.cover(band), 1, ribbon);
  canvas.paint(canvas.cover(brim), 1, [cloth, base, dip](Point p, Colour below) {
    const float down = std::clamp((p.y - base + 0.2F) / (dip + 0.2F), 0.0F, 1.0F);
    return cloth(p, below) * (0.75F + 0.35F * down);
  });
}

}  // namespace

void draw_hat(FaceCanvas& canvas, std::mt19937_64& random) {
  switch (choice(random, 3)) {
    case 0:
      return draw_cap(canvas, random);
    case 1:
      return draw_beanie(canvas, random);
    default:
      return draw_brimmed(canvas, random);
  }
}

}  // namespace visavis
