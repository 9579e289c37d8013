#include "core/face/quality.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/error.h"
#include "core/model/preprocess.h"

namespace visavis {
namespace {

/// Of face_part, in shares of the crop's sides.
constexpr double kFaceLeft = 0.2, kFaceRight = 0.8, kFaceTop = 0.3, kFaceBottom = 0.95;

/// How far the nose's tip stands before the plane of eyes and mouth, over the distance between the
/// pupils: turning by an angle moves it sideways by this times the tangent of the angle.
constexpr double kNoseProtrusion = 0.5;

/// Degrees the head is turned, from where the nose lies beside the line from between the eyes to
/// the middle of the mouth. Independent of the head's tilt and size.
double yaw_of(const AlignmentPoints& p) {
  const double eyes = distance_between(p[kLeftPupil], p[kRightPupil]);
  if (!(eyes > 0)) return 0;
  const Point line_of_eyes = p[kRightPupil] - p[kLeftPupil];
  const double ux = line_of_eyes.x / eyes, uy = line_of_eyes.y / eyes;
  // Coordinates along (x) and across (y) the line of the eyes, from the point between them.
  const Point middle = middle_of(p[kLeftPupil], p[kRightPupil]);
  const Point mouth = middle_of(p[kLeftMouthCorner], p[kRightMouthCorner]);
  const double mouth_x = double{mouth.x} - middle.x, mouth_y = double{mouth.y} - middle.y;
  const double nose_x = double{p[kNose].x} - middle.x, nose_y = double{p[kNose].y} - middle.y;
  const double mouth_across = mouth_y * ux - mouth_x * uy;
  const double nose_across = nose_y * ux - nose_x * uy;
  const double share = mouth_across > 0 ? nose_across / mouth_across : 0;
  const double line = share * (mouth_x * ux + mouth_y * uy);
  const double sideways = (nose_x * ux + nose_y * uy - line) / eyes;
  constexpr double kDegreesPerRadian = 57.29577951308232;
  return std::atan(sideways / kNoseProtrusion) * kDegreesPerRadian;
}

/// Share of the crop's pixels (every fourth of every fourth row) that lie inside the photo.
double visible_share(const AlignedFace& aligned, int photo_width, int photo_height) {
  const SimilarityTransform crop_to_photo = aligned.photo_to_crop.inverse();
  int inside = 0, total = 0;
  for (int y = 2; y < aligned.crop.height; y += 4) {
    for (int x = 2; x < aligned.crop.width; x += 4, ++total) {
      const Point p = crop_to_photo.apply({static_cast<float>(x), static_cast<float>(y)});
      inside += is_inside(p, photo_width, photo_height) ? 1 : 0;
    }
  }
  return total > 0 ? static_cast<double>(inside) / total : 0;
}

/// Fills brightness, contrast and sharpness from the luma of the crop's face.
void assess_light_and_focus(const FineImage& crop, Quality& quality) {
  const auto at = [&](int x, int y) { return double{luma(crop.pixel(x, y))}; };
  const PixelRectangle part = face_part(crop);
  double count = 0, sum = 0, squares = 0, edges = 0, edge_squares = 0;
  for (int y = part.top; y < part.bottom; ++y) {
    for (int x = part.left; x < part.right; ++x, ++count) {
      const double value = at(x, y);
      const double edge = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * value;
      sum += value;
      squares += value * value;
      edges += edge;
      edge_squares += edge * edge;
    }
  }
  if (count == 0) return;
  quality.brightness = sum / count;
  const double variance = squares / count - quality.brightness * quality.brightness;
  quality.contrast = std::sqrt(std::max(0.0, variance));
  const double edge_variance = edge_squares / count - (edges / count) * (edges / count);
  // Of a picture that is smooth from pixel to pixel, as a blurred one is, the Laplacian grows with
  // the square of the pixel's size: embedders with another input must not move the limit.
  const double pixel = static_cast<double>(kSharpnessSide) / crop.width;
  quality.sharpness = variance > 0 ? edge_variance / variance / std::pow(pixel, 4) : 0;
}

std::vector<QualityIssue> issues_of(const Quality& q) {
  std::vector<QualityIssue> issues;
  if (q.eye_distance < kLowEyeDistance) {
    issues.push_back(QualityIssue::kLowResolution);
  } else if (q.sharpness < kMinSharpness) {
    // A face with few pixels is soft for that reason alone: one issue is enough.
    issues.push_back(QualityIssue::kBlurred);
  }
  // Likewise, darkness and glare take the contrast with them.
  if (q.brightness < kMinBrightness) {
    issues.push_back(QualityIssue::kTooDark);
  } else if (q.brightness > kMaxBrightness) {
    issues.push_back(QualityIssue::kTooBright);
  } else if (q.contrast < kMinContrast) {
    issues.push_back(QualityIssue::kLowContrast);
  }
  if (std::abs(q.yaw) > kMaxYaw) issues.push_back(QualityIssue::kHeadTurned);
  if (q.visible < kMinVisible) issues.push_back(QualityIssue::kCutOff);
  return issues;
}

}  // namespace

const char* code_of(QualityIssue issue) {
  switch (issue) {
    case QualityIssue::kLowResolution:
      return "low-resolution";
    case QualityIssue::kBlurred:
      return "blurred";
    case QualityIssue::kTooDark:
      return "too-dark";
    case QualityIssue::kTooBright:
      return "too-bright";
    case QualityIssue::kLowContrast:
      return "low-contrast";
    case QualityIssue::kHeadTurned:
      return "head-turned";
    case QualityIssue::kCutOff:
      return "cut-off";
  }
  return "unknown";
}

const char* message_of(QualityIssue issue) {
  switch (issue) {
    case QualityIssue::kLowResolution:
      return "The face has few pixels: move closer or use a larger photo.";
    case QualityIssue::kBlurred:
      return "The face is blurred: hold the camera still and let it focus.";
    case QualityIssue::kTooDark:
      return "The face is too dark: turn towards the light.";
    case QualityIssue::kTooBright:
      return "The face is too bright: avoid flash and direct sun.";
    case QualityIssue::kLowContrast:
      return "The face has little contrast: avoid haze, glare and strong backlight.";
    case QualityIssue::kHeadTurned:
      return "The head is turned to the side: look straight into the camera.";
    case QualityIssue::kCutOff:
      return "The face is cut off by the photo's edge: keep the whole head in the picture.";
  }
  return "";
}

void require_enough_pixels(double eye_distance) {
  if (eye_distance >= kMinEyeDistance) return;
  throw Error(ErrorCode::kFaceTooSmall,
              "face too small: " + std::to_string(std::lround(std::floor(eye_distance))) +
                  " pixels between the eyes, at least " +
                  std::to_string(std::lround(std::ceil(kMinEyeDistance))) +
                  " are needed; use a larger photo or move closer");
}

PixelRectangle face_part(const FineImage& crop) {
  return {std::max(1, static_cast<int>(kFaceLeft * crop.width)),
          std::max(1, static_cast<int>(kFaceTop * crop.height)),
          std::min(crop.width - 1, static_cast<int>(kFaceRight * crop.width)),
          std::min(crop.height - 1, static_cast<int>(kFaceBottom * crop.height))};
}

Quality assess_quality(const AlignedFace& aligned, int photo_width, int photo_height) {
  Quality quality;
  quality.eye_distance = distance_between(aligned.points[kLeftPupil], aligned.points[kRightPupil]);
  quality.yaw = yaw_of(aligned.points);
  quality.visible = visible_share(aligned, photo_width, photo_height);
  assess_light_and_focus(aligned.crop, quality);
  quality.issues = issues_of(quality);
  return quality;
}

}  // namespace visavis
