#include "core/face/capture_quality.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>

#include "tests/core/face/fake_models.h"

namespace visavis::capture_quality_test {
namespace {

using Colour = std::array<float, 3>;
constexpr double kRadiansPerDegree = 0.017453292519943295;
/// Pixels between the pupils, and where the middle between them is.
constexpr double kEyes = 60;
constexpr Point kMiddle{200, 180};

/// A place in the head: to the right, downwards and forwards from between the pupils, in distances
/// of the pupils.
struct HeadPoint {
  double x, y, z;
};

/// As a distant camera sees it of a head that looks up and to the photo's right by these degrees.
Point seen(const HeadPoint& p, double pitch, double yaw) {
  const double up = pitch * kRadiansPerDegree, side = yaw * kRadiansPerDegree;
  const double x = p.x * std::cos(side) + p.z * std::sin(side);
  const double z = p.z * std::cos(side) - p.x * std::sin(side);
  const double y = p.y * std::cos(up) - z * std::sin(up);
  return {static_cast<float>(kMiddle.x + x * kEyes), static_cast<float>(kMiddle.y + y * kEyes)};
}

/// Aligned, over a crop of which every pixel is told by `colour_at`.
AlignedFace face_of(const Landmarks& landmarks, const std::function<Colour(int, int)>& colour_at) {
  AlignedFace aligned;
  aligned.landmarks = landmarks;
  aligned.points = alignment_points(landmarks);
  aligned.photo_to_crop = fit_similarity(aligned.points, fake_embedder().alignment.points);
  aligned.crop = FineImage(112, 112);
  for (int y = 0; y < 112; ++y) {
    for (int x = 0; x < 112; ++x) {
      const Colour colour = colour_at(x, y);
      for (std::size_t c = 0; c < 3; ++c) {
        aligned.crop.pixels[static_cast<std::size_t>(y * 112 + x) * 3 + c] = colour[c];
      }
    }
  }
  return aligned;
}

/// A head of mean proportions: eyes 0.3 as open as wide, inner lips open by 0.1 of their width.
Landmarks head(double pitch = 0, double yaw = 0) {
  Landmarks points;
  points.fill(kMiddle);
  const auto place = [&](std::size_t i, HeadPoint p) { points[i] = seen(p, pitch, yaw); };
  const auto place_eye = [&](std::size_t first, double x) {
    place(first, {x - 0.2, 0, 0}), place(first + 3, {x + 0.2, 0, 0});
    place(first + 1, {x - 0.1, -0.06, 0}), place(first + 5, {x - 0.1, 0.06, 0});
    place(first + 2, {x + 0.1, -0.06, 0}), place(first + 4, {x + 0.1, 0.06, 0});
  };
  place_eye(36, -0.5), place_eye(42, 0.5);
  place(30, {0, 0.52, 0.5});
  place(0, {-1.1, 0.03, -0.62}), place(16, {1.1, 0.03, -0.62});
  place(8, {0, 1.85, 0});
  place(48, {-0.4, 1.08, 0}), place(54, {0.4, 1.08, 0});
  place(60, {-0.3, 1.08, 0}), place(64, {0.3, 1.08, 0});
  for (const std::size_t i : {61U, 62U, 63U}) place(i, {0, 1.05, 0});
  for (const std::size_t i : {65U, 66U, 67U}) place(i, {0, 1.11, 0});
  return points;
}

CaptureQuality quality_of(const std::function<Colour(int, int)>& colour_at,
                          const Landmarks& landmarks = head(), double yaw = 0) {
  return assess_capture(face_of(landmarks, colour_at), yaw, 400, 400);
}

Colour grey(float value) { return {value, value, value}; }

CaptureQuality plain(const Colour& colour) {
  return quality_of([&](int, int) { return colour; });
}

TEST(CaptureQualityTest, PitchIsTheAngleTheHeadIsRaisedBy) {
  for (const double pitch : {-25.0, -10.0, 0.0, 10.0, 25.0}) {
    const CaptureQuality quality = quality_of([](int, int) { return grey(128); }, head(pitch));
    EXPECT_NEAR(quality.pitch, pitch, 0.1) << pitch;
    // In a turned head the line of the eyes tilts a little, too.
    const CaptureQuality turned =
        quality_of([](int, int) { return grey(128); }, head(pitch, 20), 20);
    EXPECT_NEAR(turned.pitch, pitch, 3) << pitch;
  }
}

TEST(CaptureQualityTest, RollIsTheAngleOfTheEyesAndMovesNothingElse) {
  Landmarks leaning = head(10);
  const double angle = 30 * kRadiansPerDegree;
  for (Point& p : leaning) {
    const double x = p.x - kMiddle.x, y = p.y - kMiddle.y;
    p = {static_cast<float>(kMiddle.x + x * std::cos(angle) - y * std::sin(angle)),
         static_cast<float>(kMiddle.y + x * std::sin(angle) + y * std::cos(angle))};
  }
  const CaptureQuality quality = quality_of([](int, int) { return grey(128); }, leaning);
  EXPECT_NEAR(quality.roll, 30, 0.01);
  EXPECT_NEAR(quality.pitch, 10, 0.1);
  EXPECT_NEAR(quality.eyes_open, 0.3 * std::cos(10 * kRadiansPerDegree), 1e-3);
}

TEST(CaptureQualityTest, OpeningsAreSharesOfTheWidths) {
  Landmarks landmarks = head();
  EXPECT_NEAR(plain(grey(128)).eyes_open, 0.3, 1e-3);
  EXPECT_NEAR(plain(grey(128)).mouth_open, 0.1, 1e-3);
  landmarks[37] = landmarks[41], landmarks[38] = landmarks[40];  // One eye shut: a wink.
  landmarks[66].y += 0.24F * static_cast<float>(kEyes);
  const CaptureQuality quality = quality_of([](int, int) { return grey(128); }, landmarks);
  EXPECT_NEAR(quality.eyes_open, 0, 1e-6);
  EXPECT_NEAR(quality.mouth_open, 0.5, 1e-3);
}

TEST(CaptureQualityTest, TellsWhereTheFaceIs) {
  const CaptureQuality quality = plain(grey(128));
  EXPECT_NEAR(quality.inter_eye_distance, kEyes, 1e-3);
  EXPECT_NEAR(quality.head_size, 1.85 * kEyes / 400, 1e-4);
  EXPECT_NEAR(quality.margin_left, 170 / kEyes, 1e-3);
  EXPECT_NEAR(quality.margin_right, 170 / kEyes, 1e-3);
  EXPECT_NEAR(quality.margin_above, 180 / (1.85 * kEyes), 1e-3);
  EXPECT_NEAR(quality.margin_below, 220 / (1.85 * kEyes), 1e-3);
  const auto flat = [](int, int) { return grey(128); };
  EXPECT_NEAR(quality_of(flat, head(0, 40), 40).inter_eye_distance, kEyes, 1e-3);
}

TEST(CaptureQualityTest, LuminanceIsOfLinearLight) {
  const CaptureQuality quality = plain(grey(188));  // Half the light of 255 in sRGB.
  EXPECT_NEAR(quality.luminance_mean, 0.5, 0.005);
  EXPECT_NEAR(quality.luminance_variance, 0, 1e-9);
  EXPECT_EQ(quality.dynamic_range, 0);
  EXPECT_NEAR(quality.illumination_uniformity, 1, 1e-9);
  EXPECT_NEAR(quality.light_balance, 0, 1e-6);
}

TEST(CaptureQualityTest, CountsWhatIsTooBrightAndTooDark) {
  const auto stripes = [](float dark, float light) {
    return quality_of([=](int x, int) { return grey(x % 2 == 0 ? dark : light); });
  };
  const CaptureQuality clipped = stripes(0, 255);
  EXPECT_NEAR(clipped.over_exposed, 0.5, 0.02);  // The face part may hold one stripe more.
  EXPECT_NEAR(clipped.under_exposed, 0.5, 0.02);
  EXPECT_NEAR(clipped.glare, 0.5, 0.02);
  EXPECT_NEAR(clipped.dynamic_range, 1, 1e-3);  // Two values, as often: one bit.
  EXPECT_NEAR(clipped.luminance_variance, 0.25, 1e-3);
  const CaptureQuality soft = stripes(100, 240);
  EXPECT_EQ(soft.over_exposed + soft.under_exposed + soft.glare, 0);
  EXPECT_EQ(plain({255, 255, 180}).glare, 0);  // Bright, but not white.
}

TEST(CaptureQualityTest, SeesLightFromOneSide) {
  const auto lit = [](float left, float right) {
    return quality_of([=](int x, int) { return grey(x < 56 ? left : right); });
  };
  EXPECT_NEAR(lit(80, 180).light_balance, 100, 5);  // The middle lies within a pixel of 56.
  EXPECT_NEAR(lit(180, 80).light_balance, -100, 5);
  EXPECT_EQ(lit(80, 180).illumination_uniformity, 0);
}

TEST(CaptureQualityTest, SkinIsNaturalInAnyShade) {
  for (const Colour& skin : {Colour{224, 172, 145}, Colour{160, 110, 85}, Colour{85, 58, 45}}) {
    EXPECT_EQ(plain(skin).natural_colour, 0) << skin[0];
  }
  EXPECT_EQ(plain({120, 160, 220}).natural_colour, 100);  // Blue: b* is negative.
  EXPECT_EQ(plain({90, 170, 90}).natural_colour, 100);    // Green: a* is negative.
  // Pale: a* is 4.32 and b* 3.38, each below 5.
  EXPECT_NEAR(plain({138, 126, 123}).natural_colour, std::hypot(0.68, 1.62), 0.02);
  EXPECT_GT(plain({255, 90, 40}).natural_colour, 20);  // Red light.
}

TEST(CaptureQualityTest, PointsThatCoincideGiveFiniteNumbers) {
  AlignedFace aligned = face_of(head(), [](int, int) { return grey(128); });
  aligned.landmarks.fill({0, 0});
  aligned.points.fill({0, 0});
  const CaptureQuality quality = assess_capture(aligned, 0, 400, 400);
  EXPECT_EQ(quality.pitch, 0);
  EXPECT_EQ(quality.eyes_open, 0);
  EXPECT_EQ(quality.margin_left, 0);
}

}  // namespace
}  // namespace visavis::capture_quality_test
