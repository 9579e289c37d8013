#include "native/effects/photo_alteration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/preparation/drawn_face.h"

namespace visavis::photo_alteration_test {
namespace {

TEST(PhotoAlterationTest, DegradesByTheSeedAndKeepsTheSize) {
  const Image photo = drawn_face(200).image;
  for (std::size_t i = 0; i < degradation_names().size(); ++i) {
    const auto degradation = static_cast<Degradation>(i);
    std::mt19937_64 random(1), again(1), other(2);
    const Image degraded = degrade_photo(photo, degradation, random);
    EXPECT_EQ(degraded.width, photo.width) << degradation_names()[i];
    EXPECT_EQ(degraded.height, photo.height) << degradation_names()[i];
    EXPECT_GT(mean_difference(degraded, photo), 0.5) << degradation_names()[i];
    EXPECT_EQ(degraded.pixels, degrade_photo(photo, degradation, again).pixels)
        << degradation_names()[i];
    EXPECT_NE(degraded.pixels, degrade_photo(photo, degradation, other).pixels)
        << degradation_names()[i];
  }
}

TEST(PhotoAlterationTest, DarkIsDarker) {
  const Image photo = drawn_face(100).image;
  std::mt19937_64 random(1);
  EXPECT_LT(mean_luma(degrade_photo(photo, Degradation::kDark, random)), 0.8 * mean_luma(photo));
}

TEST(PhotoAlterationTest, TinyPhotosAreNoTrouble) {
  const Image photo(1, 3);
  for (std::size_t i = 0; i < degradation_names().size(); ++i) {
    std::mt19937_64 random(1);
    EXPECT_EQ(degrade_photo(photo, static_cast<Degradation>(i), random).height, 3)
        << degradation_names()[i];
  }
}

TEST(PhotoAlterationTest, DrawsFollowThePhotosNameAndTheSeed) {
  PhotoAlteration alteration, other;
  other.seed = 2;
  EXPECT_EQ(alteration.random_of("a/1.jpg")(), alteration.random_of("a/1.jpg")());
  EXPECT_NE(alteration.random_of("a/1.jpg")(), alteration.random_of("a/2.jpg")());
  EXPECT_NE(alteration.random_of("a/1.jpg")(), other.random_of("a/1.jpg")());
}

TEST(PhotoAlterationTest, NamesAreThereAndBack) {
  for (std::size_t i = 0; i < degradation_names().size(); ++i) {
    EXPECT_EQ(parse_degradation(degradation_names()[i]), static_cast<Degradation>(i));
  }
  expect_error(ErrorCode::kInvalidArgument, "degradation 'sepia': there are",
               [&] { parse_degradation("sepia"); });
}

}  // namespace
}  // namespace visavis::photo_alteration_test
