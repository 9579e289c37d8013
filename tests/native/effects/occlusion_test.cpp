#include "native/effects/occlusion.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "native/preparation/augmentation.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/preparation/drawn_face.h"

namespace visavis::occlusion_test {
namespace {

constexpr std::uint64_t kSeeds = 25;

struct Drawn {
  FineImage before, after;
  AlignmentPoints points;
};

/// On the face as prepared, turned by `degrees` first: the drawing must follow.
Drawn draw(Occlusion occlusion, std::uint64_t seed, double degrees) {
  const PreparedImage face = drawn_face();
  AugmentationPlan plan;
  plan.degrees = degrees;
  plan.scale = 0.8;
  Drawn drawn;
  drawn.before = planned_crop(face, plan, 144, 144);
  const double angle = degrees * 3.14159265358979 / 180;
  const double a = 0.8 * 144 / 112 * std::cos(angle), b = 0.8 * 144 / 112 * std::sin(angle);
  for (std::size_t i = 0; i < drawn.points.size(); ++i) {
    const double x = (*face.points)[i].x - 72, y = (*face.points)[i].y - 72;
    drawn.points[i] = {static_cast<float>(72 + a * x - b * y),
                       static_cast<float>(72 + b * x + a * y)};
  }
  drawn.after = drawn.before;
  std::mt19937_64 random(seed);
  draw_occlusion(drawn.after, drawn.points, occlusion, random);
  return drawn;
}

double change_at(const Drawn& drawn, AlignmentPoint point, float radius = 3) {
  return difference_near(drawn.before, drawn.after, drawn.points[point], radius);
}

TEST(OcclusionTest, SunglassesHideTheEyesAndLeaveTheMouth) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Drawn drawn = draw(Occlusion::kSunglasses, seed, 12.0 * static_cast<double>(seed % 3));
    // Of the eye (dark pupil, white round it) little is left to see.
    EXPECT_GT(change_at(drawn, kLeftPupil, 6), 15) << "seed " << seed;
    EXPECT_GT(change_at(drawn, kRightPupil, 6), 15) << "seed " << seed;
    EXPECT_EQ(change_at(drawn, kLeftMouthCorner), 0) << "seed " << seed;
    EXPECT_EQ(change_at(drawn, kRightMouthCorner), 0) << "seed " << seed;
  }
}

TEST(OcclusionTest, MaskHidesTheMouthAndLeavesTheEyes) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Drawn drawn = draw(Occlusion::kMask, seed, -15.0 * static_cast<double>(seed % 3));
    EXPECT_GT(change_at(drawn, kLeftMouthCorner), 8) << "seed " << seed;
    EXPECT_GT(change_at(drawn, kRightMouthCorner), 8) << "seed " << seed;
    EXPECT_EQ(change_at(drawn, kLeftPupil), 0) << "seed " << seed;
    EXPECT_EQ(change_at(drawn, kRightPupil), 0) << "seed " << seed;
  }
}

TEST(OcclusionTest, HatHidesTheForeheadAndLeavesTheMouth) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Drawn drawn = draw(Occlusion::kHat, seed, 10.0 * static_cast<double>(seed % 3));
    const FaceFrame frame(drawn.points);
    EXPECT_GT(difference_near(drawn.before, drawn.after, frame.to_pixel(0, -0.95F), 4), 8)
        << "seed " << seed;
    EXPECT_EQ(change_at(drawn, kLeftMouthCorner), 0) << "seed " << seed;
    EXPECT_EQ(change_at(drawn, kRightMouthCorner), 0) << "seed " << seed;
  }
}

TEST(OcclusionTest, ScarfHidesTheChinAndLeavesTheEyes) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Drawn drawn = draw(Occlusion::kScarf, seed, 10.0 * static_cast<double>(seed % 3));
    const FaceFrame frame(drawn.points);
    EXPECT_GT(difference_near(drawn.before, drawn.after, frame.to_pixel(0, 1.75F), 4), 8)
        << "seed " << seed;
    EXPECT_EQ(change_at(drawn, kLeftPupil), 0) << "seed " << seed;
    EXPECT_EQ(change_at(drawn, kRightPupil), 0) << "seed " << seed;
  }
}

TEST(OcclusionTest, HandHidesAPartInTheColourOfTheFace) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Drawn drawn = draw(Occlusion::kHand, seed, 0);
    int changed = 0, reddish = 0;
    for (std::size_t i = 0; i < drawn.after.pixels.size(); i += 3) {
      if (drawn.after.pixels[i] == drawn.before.pixels[i]) continue;
      ++changed;
      reddish += drawn.after.pixels[i] > drawn.after.pixels[i + 2] ? 1 : 0;
    }
    EXPECT_GT(changed, 144 * 144 / 25) << "seed " << seed;
    EXPECT_LT(changed, 144 * 144 * 3 / 4) << "seed " << seed;
    EXPECT_GT(reddish, changed / 2) << "seed " << seed;
  }
}

TEST(OcclusionTest, SizeFollowsTheFace) {
  // The same face at three times the size: the drawing covers nine times the pixels.
  for (std::size_t kind = 0; kind < occlusion_names().size(); ++kind) {
    std::array<double, 2> changed{};
    for (const std::size_t big : {0U, 1U}) {
      const PreparedImage face = drawn_face(big == 1 ? 432 : 144);
      FineImage image(face.image);
      std::mt19937_64 random(4);
      draw_occlusion(image, *face.points, static_cast<Occlusion>(kind), random);
      const FineImage before(face.image);
      for (std::size_t i = 0; i < image.pixels.size(); ++i) {
        changed[big] += std::abs(image.pixels[i] - before.pixels[i]) > 1 ? 1 : 0;
      }
    }
    // Soft edges count in one size and not in the other.
    EXPECT_NEAR(changed[1] / changed[0], 9, 1.2) << occlusion_names()[kind];
  }
}

TEST(OcclusionTest, AnythingBeyondTheEdgeIsCut) {
  for (std::size_t kind = 0; kind < occlusion_names().size(); ++kind) {
    for (const float shift : {-300.0F, -60.0F, 50.0F, 300.0F}) {
      FineImage image(drawn_face().image);
      AlignmentPoints points = *drawn_face().points;
      for (Point& p : points) p = {p.x + shift, p.y + shift / 2};
      std::mt19937_64 random(2);
      draw_occlusion(image, points, static_cast<Occlusion>(kind), random);
      for (const float sample : image.pixels) ASSERT_TRUE(sample >= 0 && sample <= 255);
    }
  }
}

TEST(OcclusionTest, SameSeedSameDrawing) {
  for (std::size_t kind = 0; kind < occlusion_names().size(); ++kind) {
    const auto occlusion = static_cast<Occlusion>(kind);
    EXPECT_EQ(draw(occlusion, 7, 5).after.pixels, draw(occlusion, 7, 5).after.pixels);
    EXPECT_NE(draw(occlusion, 7, 5).after.pixels, draw(occlusion, 8, 5).after.pixels);
  }
}

TEST(OcclusionTest, RefusesPointsOfNoFace) {
  FineImage image(40, 40);
  std::mt19937_64 random(1);
  AlignmentPoints points{};
  EXPECT_FALSE(can_draw_occlusion(points));
  expect_error(ErrorCode::kInvalidArgument, "the five points coincide",
               [&] { draw_occlusion(image, points, Occlusion::kHat, random); });
  points = kTemplatePoints;
  EXPECT_TRUE(can_draw_occlusion(points));
  points[kLeftPupil].x = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(can_draw_occlusion(points));
}

TEST(OcclusionTest, NamesAreThereAndBack) {
  EXPECT_EQ(parse_occlusion("scarf"), Occlusion::kScarf);
  for (std::size_t i = 0; i < occlusion_names().size(); ++i) {
    EXPECT_EQ(parse_occlusion(occlusion_names()[i]), static_cast<Occlusion>(i));
  }
  try {
    parse_occlusion("beard");
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "occlusion 'beard': there are sunglasses, hat, mask, scarf, hand");
  }
}

}  // namespace
}  // namespace visavis::occlusion_test
