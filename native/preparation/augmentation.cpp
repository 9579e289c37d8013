#include "native/preparation/augmentation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.h"
#include "native/effects/affine_crop.h"
#include "native/effects/pixel_operations.h"
#include "native/system/random_source.h"

namespace visavis {
namespace {

/// Lengths of the options are in pixels of a crop of this side.
constexpr double kNominalSide = 112;

/// Zhong et al. 2020, section 3: area 2 to 40% there; here at most 20%, since a face that is gone
/// teaches nothing.
std::array<double, 4> draw_rectangle(std::mt19937_64& random) {
  const double area = uniform(random, 0.02, 0.2);
  const double aspect = std::exp(uniform(random, -1.2, 1.2));
  const double width = std::min(std::sqrt(area * aspect), 0.9);
  const double height = std::min(std::sqrt(area / aspect), 0.9);
  const double left = uniform(random, 0, 1 - width);
  const double top = uniform(random, 0, 1 - height);
  return {left, top, width, height};
}

void draw_geometry(const AugmentationOptions& options, std::mt19937_64& random,
                   AugmentationPlan& plan) {
  plan.is_flipped = uniform(random) < options.flip;
  plan.shift_x = uniform(random, -options.shift, options.shift);
  plan.shift_y = uniform(random, -options.shift, options.shift);
  plan.scale = std::exp(uniform(random, -options.scale, options.scale));
  plan.degrees = uniform(random, -options.rotate, options.rotate);
  plan.shear = uniform(random, -options.shear, options.shear);
}

void draw_colour(const AugmentationOptions& options, std::mt19937_64& random,
                 AugmentationPlan& plan) {
  const double most = options.colour;
  plan.brightness = 1 + uniform(random, -most, most);
  plan.contrast = 1 + uniform(random, -most, most);
  plan.saturation = std::max(0.0, 1 + 1.5 * uniform(random, -most, most));
  // White balance: a third of the others, or everybody turns green.
  for (double& factor : plan.cast) factor = 1 + uniform(random, -most, most) / 3;
  plan.gamma = std::exp(uniform(random, -options.gamma, options.gamma));
  if (uniform(random) < options.grey) plan.saturation = 0;
}

void draw_camera(const AugmentationOptions& options, std::mt19937_64& random,
                 AugmentationPlan& plan) {
  const bool is_blurred = uniform(random) < options.blur;
  const bool is_moved = uniform(random) < 0.5;
  const double sigma = uniform(random, 0.4, 2);
  plan.blur_degrees = uniform(random, 0, 180);
  if (is_blurred && !is_moved) plan.blur_sigma = sigma;
  // A line has the same deviation as a Gaussian of sigma at sqrt(12) times its length.
  if (is_blurred && is_moved) plan.blur_length = sigma * std::sqrt(12.0);

  const bool has_noise = uniform(random) < options.noise;
  const double noise = uniform(random, 1, 12);
  plan.noise_seed = static_cast<std::uint32_t>(random() >> 32U);
  if (has_noise) plan.noise_sigma = noise;

  const bool is_jpeg = uniform(random) < options.jpeg;
  const int quality = 20 + choice(random, 61);
  if (is_jpeg) plan.jpeg_quality = quality;

  const bool is_low = uniform(random) < options.low_resolution;
  const double resolution = uniform(random, 0.2, 0.8);
  if (is_low) plan.resolution = resolution;
}

/// Prepared image to crop: into the square of side 1 round the origin, varied there, onto the crop.
AffineTransform prepared_to_crop(const PreparedImage& prepared, const AugmentationPlan& plan,
                                 int width, int height, int quarter_turns) {
  const double part = prepared.points ? kNominalSide / kFaceCropSide : 1;
  const double side_x = part * prepared.image.width, side_y = part * prepared.image.height;
  const AffineTransform into_square{1 / side_x, 0,          -0.5 * prepared.image.width / side_x,
                                    0,          1 / side_y, -0.5 * prepared.image.height / side_y};
  constexpr std::array<int, 5> kSine = {0, 1, 0, -1, 0};
  const auto turn = static_cast<std::size_t>(quarter_turns);
  const double sine = kSine[turn], cosine = kSine[turn + 1];
  const AffineTransform turned{cosine, -sine, 0, sine, cosine, 0};
  const AffineTransform flipped{plan.is_flipped ? -1.0 : 1.0, plan.shear, 0, 0, 1, 0};
  const double angle = plan.degrees * std::numbers::pi / 180;
  const double a = plan.scale * std::cos(angle), b = plan.scale * std::sin(angle);
  const AffineTransform placed{a, -b, plan.shift_x, b, a, plan.shift_y};
  const AffineTransform onto_crop{1.0 * width, 0, 0.5 * width, 0, 1.0 * height, 0.5 * height};
  return compose(onto_crop, compose(placed, compose(flipped, compose(turned, into_square))));
}

/// A mirrored left eye is a right one.
AlignmentPoints points_in_crop(const AlignmentPoints& points, const AffineTransform& transform,
                               bool is_flipped) {
  AlignmentPoints moved;
  for (std::size_t i = 0; i < points.size(); ++i) moved[i] = transform.apply(points[i]);
  if (is_flipped) {
    std::swap(moved[kLeftPupil], moved[kRightPupil]);
    std::swap(moved[kLeftMouthCorner], moved[kRightMouthCorner]);
  }
  return moved;
}

/// Light and colour: what the scene and the camera's processing do.
void vary_colour(FineImage& crop, const AugmentationPlan& plan) {
  if (plan.gamma != 1) apply_gamma(crop, plan.gamma);
  std::array<double, 3> gain = plan.cast;
  bool has_gain = false;
  for (double& factor : gain) {
    factor *= plan.brightness;
    has_gain = has_gain || factor != 1;
  }
  if (has_gain || plan.contrast != 1 || plan.saturation != 1) {
    apply_colour(crop, gain, plan.contrast, plan.saturation);
  }
}

/// Lens, sensor and file, in the order in which a camera has them: what it saves is as small as
/// its sensor, and enlarged only when it is looked at.
void vary_camera(FineImage& crop, const AugmentationPlan& plan, double pixels) {
  if (plan.blur_sigma > 0) gaussian_blur(crop, plan.blur_sigma * pixels);
  if (plan.blur_length > 0) motion_blur(crop, plan.blur_length * pixels, plan.blur_degrees);
  const int width = crop.width, height = crop.height;
  if (plan.resolution < 1) {
    const auto shrunk = [&](int side) {
      return std::max(2, static_cast<int>(std::lround(side * plan.resolution)));
    };
    crop = resized(crop, shrunk(width), shrunk(height));
  }
  if (plan.noise_sigma > 0) add_noise(crop, plan.noise_sigma, plan.noise_seed);
  if (plan.jpeg_quality > 0) apply_jpeg(crop, plan.jpeg_quality);
  if (plan.resolution < 1) crop = resized(crop, width, height);
}

}  // namespace

AugmentationPlan AugmentationPlan::clean() const {
  AugmentationPlan geometry;
  geometry.is_flipped = is_flipped;
  geometry.shear = shear;
  geometry.scale = scale;
  geometry.degrees = degrees;
  geometry.shift_x = shift_x;
  geometry.shift_y = shift_y;
  return geometry;
}

AugmentationPlan draw_augmentation(const AugmentationOptions& options, std::mt19937_64& random) {
  AugmentationPlan plan;
  draw_geometry(options, random, plan);
  draw_colour(options, random, plan);
  draw_camera(options, random, plan);
  const bool is_occluded = uniform(random) < options.occlude;
  const int occlusion = choice(random, static_cast<int>(occlusion_names().size()));
  plan.occlusion_seed = random();
  if (is_occluded) plan.occlusion = static_cast<Occlusion>(occlusion);
  const bool is_erased = uniform(random) < options.erase;
  const std::array<double, 4> rectangle = draw_rectangle(random);
  plan.erases_with_noise = uniform(random) < 0.5;
  if (is_erased) plan.erased = rectangle;
  const bool has_other_strokes = uniform(random) < options.thickness;
  // Thin strokes are gone sooner than thick ones close up.
  const double thickness = uniform(random, -0.5, 0.8);
  if (has_other_strokes) plan.thickness = thickness;
  return plan;
}

FineImage planned_crop(const PreparedImage& prepared, const AugmentationPlan& plan, int width,
                       int height, int quarter_turns) {
  if (prepared.image.width < 1 || prepared.image.height < 1 || width < 1 || height < 1 ||
      quarter_turns < 0 || quarter_turns > 3) {
    throw Error(ErrorCode::kInvalidArgument,
                "crop of " + std::to_string(width) + "x" + std::to_string(height) + " pixels and " +
                    std::to_string(quarter_turns) +
                    " quarter turns: image and crop need pixels, and turns are 0 to 3");
  }
  const AffineTransform transform = prepared_to_crop(prepared, plan, width, height, quarter_turns);
  FineImage crop = affine_crop(prepared.image, transform, width, height,
                               prepared.points ? Border::kBlack : Border::kNearest);
  const double pixels = 0.5 * (width + height) / kNominalSide;
  // Landmarks may be so wrong that nothing can be drawn from them: no reason to stop training.
  if (plan.occlusion && prepared.points && can_draw_occlusion(*prepared.points)) {
    std::mt19937_64 random(plan.occlusion_seed);
    draw_occlusion(crop, points_in_crop(*prepared.points, transform, plan.is_flipped),
                   *plan.occlusion, random);
  }
  if (plan.thickness != 0) change_thickness(crop, plan.thickness * pixels);
  vary_colour(crop, plan);
  vary_camera(crop, plan, pixels);
  if (plan.erased[2] > 0) {
    erase_rectangle(crop, plan.erased, plan.erases_with_noise, ~plan.noise_seed);
  }
  return crop;
}

FineImage plain_crop(const PreparedImage& prepared, int width, int height, int quarter_turns) {
  return planned_crop(prepared, {}, width, height, quarter_turns);
}

}  // namespace visavis
