#include "core/face/quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/core/face/fake_models.h"

namespace visavis::quality_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A level frontal face with 60 pixels between the pupils in a 400x400 photo, evenly lit, in focus:
/// nothing to complain of. The crop holds waves of the given mean, height and length in pixels.
AlignedFace good_face(double mean = 128, double amplitude = 60, double wavelength = 12,
                      int side = 112) {
  AlignedFace aligned;
  aligned.points = {{{170, 180}, {230, 180}, {200, 210}, {178, 245}, {222, 245}}};
  aligned.photo_to_crop = fit_similarity(aligned.points, fake_embedder().alignment.points);
  aligned.crop = FineImage(side, side);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double wave = std::sin(6.2832 * x / wavelength) * std::sin(6.2832 * y / wavelength);
      for (int c = 0; c < 3; ++c) {
        aligned.crop.pixels[static_cast<std::size_t>((y * side + x) * 3 + c)] =
            static_cast<float>(mean + amplitude * wave);
      }
    }
  }
  return aligned;
}

std::vector<QualityIssue> issues_of(const AlignedFace& aligned) {
  return assess_quality(aligned, 400, 400).issues;
}

/// The same face with its pupils `eyes` pixels apart.
AlignedFace small_face(float eyes) {
  AlignedFace aligned = good_face();
  for (Point& p : aligned.points) p = {p.x * eyes / 60, p.y * eyes / 60};
  aligned.photo_to_crop = fit_similarity(aligned.points, fake_embedder().alignment.points);
  return aligned;
}

TEST(QualityTest, AGoodFaceHasNoIssues) {
  const Quality quality = assess_quality(good_face(), 400, 400);
  EXPECT_THAT(quality.issues, IsEmpty());
  EXPECT_NEAR(quality.eye_distance, 60, 1e-6);
  EXPECT_NEAR(quality.brightness, 128, 2);  // the face's part holds no whole number of waves
  EXPECT_NEAR(quality.contrast, 30, 2);     // a product of sines of height 60: 60 / 2
  // The Laplacian scales such a wave by 4 (cos(2 pi / 12) - 1) = -0.536; its square is the ratio.
  EXPECT_NEAR(quality.sharpness, 0.287, 0.01);
  EXPECT_NEAR(quality.yaw, 0, 1e-3);
  EXPECT_EQ(quality.visible, 1);
}

TEST(QualityTest, SharpnessIsThatOfTheFaceWhateverTheEmbeddersInput) {
  const double at112 = assess_quality(good_face(128, 60, 40), 400, 400).sharpness;
  const double at84 = assess_quality(good_face(128, 60, 30, 84), 400, 400).sharpness;
  // Waves of 30 pixels bend the Laplacian by another (2 pi / 30)^2 / 12 = 0.4% than those of 40;
  // the face's part of the crop begins and ends at other places of a wave.
  EXPECT_NEAR(at84 / at112, 1, 0.05);
}

TEST(QualityTest, NamesEachIssueByItself) {
  EXPECT_THAT(issues_of(good_face(128, 60, 40)), ElementsAre(QualityIssue::kBlurred));
  EXPECT_THAT(issues_of(good_face(30, 20)), ElementsAre(QualityIssue::kTooDark));
  EXPECT_THAT(issues_of(good_face(225, 28)), ElementsAre(QualityIssue::kTooBright));
  EXPECT_THAT(issues_of(good_face(128, 10)), ElementsAre(QualityIssue::kLowContrast));
  EXPECT_THAT(issues_of(small_face(14)), ElementsAre(QualityIssue::kLowResolution));
  EXPECT_THAT(issues_of(small_face(17)), IsEmpty());
}

TEST(QualityTest, TellsWhereTheHeadIsTurned) {
  AlignedFace aligned = good_face();
  aligned.points[kNose].x += 30;  // half the distance of the pupils: 45 degrees
  const Quality right = assess_quality(aligned, 400, 400);
  EXPECT_NEAR(right.yaw, 45, 0.1);
  EXPECT_THAT(right.issues, ElementsAre(QualityIssue::kHeadTurned));
  aligned.points[kNose].x -= 40;
  EXPECT_LT(assess_quality(aligned, 400, 400).yaw, -10);
}

TEST(QualityTest, TiltIsNotTurning) {
  AlignedFace aligned = good_face();
  aligned.points[kNose].x += 12;
  const double yaw = assess_quality(aligned, 400, 400).yaw;
  const SimilarityTransform tilt = square_crop({200, 200}, 400, {0.8F, 0.6F}, 400);
  for (Point& p : aligned.points) p = tilt.apply(p);
  EXPECT_NEAR(assess_quality(aligned, 400, 400).yaw, yaw, 0.01);
}

TEST(QualityTest, TellsHowMuchOfTheFaceLiesInThePhoto) {
  // The crop spans 190 pixels round (200, 213): a photo that ends at x = 200 shows half of it.
  const Quality half = assess_quality(good_face(), 200, 400);
  EXPECT_NEAR(half.visible, 0.5, 0.05);
  EXPECT_THAT(half.issues, ElementsAre(QualityIssue::kCutOff));
}

TEST(QualityTest, AFlatCropHasNoSharpnessToDivideBy) {
  const Quality flat = assess_quality(good_face(128, 0), 400, 400);
  EXPECT_EQ(flat.sharpness, 0);
  EXPECT_EQ(flat.contrast, 0);
}

TEST(QualityTest, EveryIssueHasACodeAndASentence) {
  for (int i = 0; i <= static_cast<int>(QualityIssue::kCutOff); ++i) {
    const auto issue = static_cast<QualityIssue>(i);
    EXPECT_STRNE(code_of(issue), "unknown");
    const std::string message = message_of(issue);
    ASSERT_FALSE(message.empty()) << code_of(issue);
    EXPECT_EQ(message.back(), '.');
  }
}

}  // namespace
}  // namespace visavis::quality_test
