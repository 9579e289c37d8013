#include <cmath>

#include "native/effects/occlusion_shapes.h"
#include "native/effects/outlines.h"
#include "native/system/random_source.h"

namespace visavis {
namespace {

std::uint32_t draw_seed(std::mt19937_64& random) {
  return static_cast<std::uint32_t>(random() >> 32U);
}

/// Straps from the mask's corners to behind the ears.
void paint_straps(FaceCanvas& canvas, float top, float width, Colour colour) {
  std::vector<Outline> straps;
  for (const float side : {-1.0F, 1.0F}) {
    straps.push_back(stroke(
        smooth_open({{side * width, top + 0.15F}, {side * 1.08F, 0.3F}, {side * 1.22F, 0.02F}}),
        0.05F));
    straps.push_back(stroke(
        smooth_open({{side * width * 0.94F, 1.15F}, {side * 1.06F, 0.85F}, {side * 1.24F, 0.45F}}),
        0.05F));
  }
  canvas.cast_shadow(straps, {0, 0.03F}, 0.02F, 0.3F);
  canvas.paint(canvas.cover(straps), 1, colour);
}

Colour mask_colour(std::mt19937_64& random) {
  switch (choice(random, 4)) {
    case 0:
      return {145, 190, 215};  // Surgical.
    case 1:
      return {232, 232, 230};
    case 2:
      return {35, 35, 38};
    default:
      return cloth_colour(random);
  }
}

/// Pleats: curved lines with a dark lower side and a bright upper one.
float pleats(Point p, float depth) {
  const float v = p.y + 0.12F * p.x * p.x;
  float shade = 1;
  for (const float line : {0.78F, 1.02F, 1.26F}) {
    const float from = (v - line) / 0.04F;
    shade -= depth * std::exp(-from * from) - 0.5F * depth * std::exp(-(from + 2) * (from + 2));
  }
  return shade;
}

struct Scarf {
  Colour colour, stripe;
  float light = 1;
  float period = 0;  ///< Of the stripes; 0: none.
  float slope = 0;
  float folds = 4;  ///< Per unit.
  float knit = 0;
  std::uint32_t seed = 0;

  Colour operator()(Point p, Colour /*below*/) const {
    // Folds run along the band, which hangs in the middle; noise bends them.
    const float along = p.y + slope * p.x - 0.16F * p.x * p.x;
    const float bent = along + 0.1F * value_noise(p.x * 1.5F, p.y * 1.5F, seed);
    const float fold = 0.84F + 0.2F * std::sin(bent * folds * 6.28F);
    const float texture = 1 + knit * value_noise(p.x * 24, along * 24, seed + 1);
    const bool is_stripe = period > 0 && std::fmod(bent + 20, period) < period * 0.4F;
    return (is_stripe ? stripe : colour) * (light * fold * texture);
  }
};

}  // namespace

void draw_mask(FaceCanvas& canvas, std::mt19937_64& random) {
  const float top = draw(random, 0.3, 0.5), width = draw(random, 0.86, 1.0);
  const float chin = draw(random, 1.8, 2.0);
  const Outline right = {{0, top},
                         {0.22F, top + 0.06F},
                         {width * 0.6F, top + 0.2F},
                         {width, top + 0.12F},
                         {width * 0.98F, 0.9F},
                         {width * 0.86F, 1.35F},
                         {width * 0.5F, chin - 0.1F}};
  Outline all = right;
  all.push_back({0, chin});
  const Outline left = mirrored(Outline(right.begin() + 1, right.end()));
  all.insert(all.end(), left.begin(), left.end());
  const Outline outline = smooth_closed(all);

  const Colour colour = mask_colour(random);
  const float light = canvas.light();
  paint_straps(canvas, top, width, mix(colour, {230, 230, 230}, 0.5F) * (0.9F * light));
  // Downwards only: its shadow must not climb into the eyes.
  canvas.cast_shadow({outline}, {0, 0.06F}, 0.04F, draw(random, 0.2, 0.5));
  const float depth = choice(random, 3) == 0 ? 0.0F : draw(random, 0.08, 0.28);
  const float from = draw(random, -0.25, 0.25);
  const std::uint32_t seed = draw_seed(random);
  canvas.paint(canvas.cover(outline), 1, [=](Point p, Colour) {
    const float across = (p.x - from) / 1.1F, down = p.y - 0.9F;
    const float round = 1.06F - 0.4F * across * across - 0.14F * down * down;
    const float wrinkles = 1 + 0.05F * value_noise(p.x * 4, p.y * 7, seed);
    return colour * (light * round * wrinkles * pleats(p, depth));
  });
  // The wire over the nose.
  const Outline wire =
      stroke(smooth_open({{-0.35F, top + 0.17F}, {0, top + 0.07F}, {0.35F, top + 0.17F}}), 0.035F);
  canvas.paint(canvas.cover(wire), 0.3F, colour * (0.7F * light));
}

void draw_scarf(FaceCanvas& canvas, std::mt19937_64& random) {
  const float top = draw(random, 0.72, 1.5), sides = draw(random, 0.1, 0.45);
  const float width = draw(random, 1.5, 2.0), lean = draw(random, -0.12, 0.12);
  Scarf cloth;
  cloth.colour = cloth_colour(random);
  cloth.stripe = cloth_colour(random);
  cloth.light = canvas.light();
  cloth.period = choice(random, 2) == 0 ? draw(random, 0.25, 0.6) : 0.0F;
  cloth.slope = draw(random, -0.2, 0.2);
  cloth.folds = draw(random, 1.5, 4);
  cloth.knit = draw(random, 0.04, 0.16);
  cloth.seed = draw_seed(random);
  // Down past any picture's edge.
  const Outline body = smooth_closed({{0, top + 0.04F},
                                      {0.6F, top + lean},
                                      {1.05F, top - sides * 0.6F + lean},
                                      {width, top - sides + 0.2F + lean},
                                      {width + 0.3F, 3},
                                      {width, 5},
                                      {-width, 5},
                                      {-width - 0.3F, 3},
                                      {-width, top - sides + 0.2F - lean},
                                      {-1.05F, top - sides * 0.6F - lean},
                                      {-0.6F, top - lean}});
  canvas.cast_shadow({body}, {0, -0.05F}, 0.05F, draw(random, 0.25, 0.55));
  canvas.paint(canvas.cover(body), 1, cloth);
  // A second turn of the scarf lies over the first.
  const float second = top + draw(random, 0.4, 0.7), tilt = draw(random, -0.25, 0.25);
  const Outline turn = smooth_closed({{-width, second - tilt},
                                      {0, second + 0.12F},
                                      {width, second + tilt},
                                      {width, 5},
                                      {-width, 5}});
  canvas.cast_shadow({turn}, {0, -0.05F}, 0.05F, 0.45F);
  cloth.slope = -tilt / width;
  canvas.paint(canvas.cover(turn), 1, cloth);
}

}  // namespace visavis
