#include "native/effects/occlusion.h"

#include <array>

#include "core/base/error.h"
#include "native/effects/occlusion_shapes.h"
#include "native/system/random_source.h"

namespace visavis {

const std::vector<std::string>& occlusion_names() {
  static const std::vector<std::string> names = {"sunglasses", "hat", "mask", "scarf", "hand"};
  return names;
}

Occlusion parse_occlusion(const std::string& name) {
  std::string known;
  for (std::size_t i = 0; i < occlusion_names().size(); ++i) {
    if (occlusion_names()[i] == name) return static_cast<Occlusion>(i);
    known += (i == 0 ? "" : ", ") + occlusion_names()[i];
  }
  throw Error(ErrorCode::kInvalidArgument, "occlusion '" + name + "': there are " + known);
}

bool can_draw_occlusion(const AlignmentPoints& points) { return FaceFrame::is_face(points); }

void draw_occlusion(FineImage& image, const AlignmentPoints& points, Occlusion occlusion,
                    std::mt19937_64& random) {
  FaceCanvas canvas(image, points);
  switch (occlusion) {
    case Occlusion::kSunglasses:
      return draw_sunglasses(canvas, random);
    case Occlusion::kHat:
      return draw_hat(canvas, random);
    case Occlusion::kMask:
      return draw_mask(canvas, random);
    case Occlusion::kScarf:
      return draw_scarf(canvas, random);
    case Occlusion::kHand:
      return draw_hand(canvas, random);
  }
}

Colour cloth_colour(std::mt19937_64& random) {
  static const std::array<Colour, 12> families = {{{28, 28, 32},
                                                   {225, 222, 215},
                                                   {120, 120, 125},
                                                   {35, 45, 85},
                                                   {150, 35, 40},
                                                   {60, 90, 60},
                                                   {190, 165, 120},
                                                   {95, 65, 45},
                                                   {70, 120, 170},
                                                   {215, 170, 60},
                                                   {110, 60, 110},
                                                   {205, 120, 140}}};
  const Colour base =
      families[static_cast<std::size_t>(choice(random, static_cast<int>(families.size())))];
  const auto vary = [&random](float v) {
    return v * static_cast<float>(uniform(random, 0.8, 1.15)) +
           static_cast<float>(uniform(random, -8, 8));
  };
  const float r = vary(base.r), g = vary(base.g), b = vary(base.b);
  return {std::clamp(r, 8.0F, 240.0F), std::clamp(g, 8.0F, 240.0F), std::clamp(b, 8.0F, 240.0F)};
}

}  // namespace visavis
