#include "core/drawing/ink_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/model/embedder.h"
#include "tests/core/base/expect_error.h"

namespace visavis::ink_features_test {
namespace {

/// A tee of lines 3 pixels wide, its corner at (left, top), 40 times `scale` pixels large.
Image tee(int side, int left, int top, int scale, std::uint8_t paper, std::uint8_t ink) {
  Image image(side, side);
  std::fill(image.pixels.begin(), image.pixels.end(), paper);
  for (int y = 0; y < 40 * scale; ++y) {
    for (int x = 0; x < 40 * scale; ++x) {
      const bool is_bar = y < 3 * scale;
      const bool is_stem = x >= 18 * scale && x < 21 * scale;
      if (!is_bar && !is_stem) continue;
      for (int c = 0; c < 3; ++c) image.pixel(left + x, top + y)[c] = ink;
    }
  }
  return image;
}

TEST(InkFeaturesTest, PlaceSizeAndColourDoNotMatter) {
  const Embedding features = ink_features(tee(105, 10, 20, 1, 255, 0), "a");
  ASSERT_EQ(features.size(), kInkFeatures);
  EXPECT_NEAR(distance(features, Embedding(kInkFeatures, 0)), 1, 1e-5);
  EXPECT_LT(distance(features, ink_features(tee(105, 50, 33, 1, 255, 0), "b")), 1e-5);
  EXPECT_LT(distance(features, ink_features(tee(105, 10, 20, 1, 0, 255), "c")), 1e-5);
  // Twice as large is sampled otherwise.
  EXPECT_LT(distance(features, ink_features(tee(105, 5, 5, 2, 255, 0), "d")), 0.15);
}

TEST(InkFeaturesTest, AnotherDrawingIsFarther) {
  const Image upright = tee(105, 10, 20, 1, 255, 0);
  Image turned(105, 105);
  for (int y = 0; y < 105; ++y) {
    for (int x = 0; x < 105; ++x) {
      for (int c = 0; c < 3; ++c) turned.pixel(y, x)[c] = upright.pixel(x, y)[c];
    }
  }
  EXPECT_GT(distance(ink_features(upright, "a"), ink_features(turned, "b")), 0.5);
}

TEST(InkFeaturesTest, RefusesPlainPaper) {
  expect_error(ErrorCode::kUnreadableImage, "a: no ink found",
               [] { ink_features(Image(30, 30), "a"); });
  expect_error(ErrorCode::kInvalidArgument, "an empty image", [] { ink_features({}, "a"); });
}

TEST(InkFeaturesTest, OneDotIsFinite) {
  Image image(30, 30);
  for (int c = 0; c < 3; ++c) image.pixel(12, 17)[c] = 255;
  for (const float value : ink_features(image, "a")) EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace visavis::ink_features_test
