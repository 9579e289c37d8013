#include "core/image/similarity_transform.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::similarity_transform_test {
namespace {

constexpr std::uint32_t kSeed = 20240607;

std::vector<Point> random_points(std::mt19937& random, std::size_t count) {
  std::uniform_real_distribution<float> uniform(-100, 100);
  std::vector<Point> points(count);
  for (Point& p : points) p = {uniform(random), uniform(random)};
  return points;
}

SimilarityTransform random_transform(std::mt19937& random) {
  std::uniform_real_distribution<double> angle(-3.1, 3.1), scale(0.2, 3), shift(-50, 50);
  const double turn = angle(random), size = scale(random);
  return {size * std::cos(turn), size * std::sin(turn), shift(random), shift(random)};
}

double squared_error(const SimilarityTransform& t, const std::vector<Point>& from,
                     const std::vector<Point>& to) {
  double sum = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const double x = t.a * from[i].x - t.b * from[i].y + t.shift_x - to[i].x;
    const double y = t.b * from[i].x + t.a * from[i].y + t.shift_y - to[i].y;
    sum += x * x + y * y;
  }
  return sum;
}

TEST(SimilarityTransformTest, RecoversAKnownTransform) {
  std::mt19937 random(kSeed);
  for (int round = 0; round < 50; ++round) {
    const SimilarityTransform expected = random_transform(random);
    const std::vector<Point> from = random_points(random, 2 + round % 7);
    std::vector<Point> to;
    for (const Point p : from) to.push_back(expected.apply(p));
    const SimilarityTransform found = fit_similarity(from, to);
    // Points are floats of up to a few hundred: half a unit in the last place is 1.5e-5 of a pixel.
    EXPECT_NEAR(found.a, expected.a, 1e-5) << "seed " << kSeed << " round " << round;
    EXPECT_NEAR(found.b, expected.b, 1e-5) << "seed " << kSeed << " round " << round;
    EXPECT_NEAR(found.shift_x, expected.shift_x, 1e-4) << "seed " << kSeed << " round " << round;
    EXPECT_NEAR(found.shift_y, expected.shift_y, 1e-4) << "seed " << kSeed << " round " << round;
  }
}

TEST(SimilarityTransformTest, IsTheLeastSquaresOptimum) {
  std::mt19937 random(kSeed);
  const std::vector<Point> from = random_points(random, 5), to = random_points(random, 5);
  const SimilarityTransform best = fit_similarity(from, to);
  const double least = squared_error(best, from, to);
  for (int parameter = 0; parameter < 4; ++parameter) {
    for (const double step : {-1e-3, 1e-3}) {
      SimilarityTransform other = best;
      (parameter == 0   ? other.a
       : parameter == 1 ? other.b
       : parameter == 2 ? other.shift_x
                        : other.shift_y) += step;
      EXPECT_GT(squared_error(other, from, to), least) << "seed " << kSeed;
    }
  }
}

TEST(SimilarityTransformTest, NeverMirrors) {
  const std::vector<Point> from{{0, 0}, {1, 0}, {0, 1}}, mirrored{{0, 0}, {-1, 0}, {0, 1}};
  const SimilarityTransform t = fit_similarity(from, mirrored);
  EXPECT_GE(t.a * t.a + t.b * t.b, 0);  // the determinant: its sign cannot be negative
  EXPECT_LT(t.scale(), 1);              // a compromise, not the mirror image
}

TEST(SimilarityTransformTest, InverseAndCompositionUndoEachOther) {
  std::mt19937 random(kSeed);
  const SimilarityTransform t = random_transform(random);
  const SimilarityTransform identity = compose(t.inverse(), t);
  EXPECT_NEAR(identity.a, 1, 1e-12);
  EXPECT_NEAR(identity.b, 0, 1e-12);
  EXPECT_NEAR(identity.shift_x, 0, 1e-10);
  EXPECT_NEAR(identity.shift_y, 0, 1e-10);
}

TEST(SimilarityTransformTest, RefusesWhatHasNoAnswer) {
  const std::vector<Point> one{{1, 2}}, same{{1, 2}, {1, 2}}, two{{0, 0}, {1, 1}};
  const std::vector<Point> bad{{0, 0}, {std::numeric_limits<float>::quiet_NaN(), 1}};
  expect_error(ErrorCode::kInvalidArgument, "needs two or more pairs",
               [&] { fit_similarity(one, one); });
  expect_error(ErrorCode::kInvalidArgument, "needs two or more pairs",
               [&] { fit_similarity(two, one); });
  expect_error(ErrorCode::kInvalidArgument, "coincide or are not finite",
               [&] { fit_similarity(same, two); });
  expect_error(ErrorCode::kInvalidArgument, "coincide or are not finite",
               [&] { fit_similarity(bad, two); });
  expect_error(ErrorCode::kInvalidArgument, "coincide or are not finite",
               [&] { fit_similarity(two, bad); });
  expect_error(ErrorCode::kInvalidArgument, "scale zero has no inverse", [&] {
    (void)SimilarityTransform({0, 0, 1, 1}).inverse();
  });
  expect_error(ErrorCode::kInvalidArgument, "side and direction must not be zero", [&] {
    square_crop({0, 0}, 0, {1, 0}, 10);
  });
  expect_error(ErrorCode::kInvalidArgument, "side and direction must not be zero", [&] {
    square_crop({0, 0}, 5, {0, 0}, 10);
  });
}

TEST(SimilarityTransformTest, SquareCropPutsCentreAndCornersWhereTheyBelong) {
  // A square of side 20 round (50, 40) whose upper edge points down the photo: turned by 90
  // degrees.
  const SimilarityTransform t = square_crop({50, 40}, 20, {0, 3}, 100);
  const Point centre = t.apply({50, 40}), start = t.apply({60, 30}), end = t.apply({60, 50});
  EXPECT_NEAR(centre.x, 50, 1e-5);
  EXPECT_NEAR(centre.y, 50, 1e-5);
  EXPECT_NEAR(start.x, 0, 1e-5);
  EXPECT_NEAR(start.y, 0, 1e-5);
  EXPECT_NEAR(end.x, 100, 1e-5);
  EXPECT_NEAR(end.y, 0, 1e-5);
}

TEST(SimilarityTransformTest, LetterboxCentresThePhotoAndInverts) {
  const SimilarityTransform t = letterbox(400, 300, 128);
  const Point top_left = t.apply({0, 0}), bottom_right = t.apply({400, 300});
  EXPECT_NEAR(top_left.x, 0, 1e-5);
  EXPECT_NEAR(top_left.y, 16, 1e-5);
  EXPECT_NEAR(bottom_right.x, 128, 1e-5);
  EXPECT_NEAR(bottom_right.y, 112, 1e-5);
  const Point back = t.inverse().apply(t.apply({123.25F, 45.5F}));
  EXPECT_NEAR(back.x, 123.25, 1e-4);  // a float of 128 has steps of 1.5e-5, times the scale of 3
  EXPECT_NEAR(back.y, 45.5, 1e-4);
}

}  // namespace
}  // namespace visavis::similarity_transform_test
