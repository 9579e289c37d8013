#include "native/preparation/augmentation.h"

#include <gmock/gmock.h>

#include "core/base/error.h"
#include "core/image/resample.h"
#include "tests/native/preparation/drawn_face.h"

namespace visavis::augmentation_test {
namespace {

FineImage augmented_crop(const PreparedImage& prepared, const AugmentationOptions& options,
                         int width, int height, std::mt19937_64& random) {
  return planned_crop(prepared, draw_augmentation(options, random), width, height);
}

std::string refusal(const std::string& text) {
  try {
    parse_augmentation(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "accepted";
}

/// What the shipped aligner would cut from the prepared image: core's resampling by the least
/// squares fit of its points.
FineImage aligner_crop(const PreparedImage& prepared, int size) {
  AlignmentPoints target = kTemplatePoints;
  const float scale = static_cast<float>(size) / 112;
  for (Point& p : target) p = {p.x * scale, p.y * scale};
  return resample(prepared.image, fit_similarity(*prepared.points, target), size, size,
                  Border::kBlack);
}

TEST(AugmentationTest, PlainCropIsTheAligners) {
  for (const int side : {144, 187, 360}) {
    for (const int size : {112, 80, 160}) {
      const PreparedImage face = drawn_face(side);
      // Rounding only: coordinates in float against double, over edges of up to 200 per pixel.
      EXPECT_LT(largest_difference(plain_crop(face, size, size), aligner_crop(face, size)), 0.02F)
          << "prepared at " << side << ", crop of " << size;
    }
  }
}

TEST(AugmentationTest, PlainCropOfAWholeImageIsTheImage) {
  const PreparedImage image = drawn_character(40);
  EXPECT_EQ(plain_crop(image, 40, 40).pixels, FineImage(image.image).pixels);
}

TEST(AugmentationTest, CropNeedNotBeSquare) {
  const PreparedImage face = drawn_face();
  const FineImage wide = plain_crop(face, 112, 56), square = plain_crop(face, 112, 112);
  // Row y of the wide crop lies between rows 2y and 2y + 1 of the square one.
  float largest = 0;
  for (int y = 0; y < 56; ++y) {
    for (int i = 0; i < 112 * 3; ++i) {
      const float mean = (square.pixel(0, 2 * y)[i] + square.pixel(0, 2 * y + 1)[i]) / 2;
      largest = std::max(largest, std::abs(mean - wide.pixel(0, y)[i]));
    }
  }
  EXPECT_LT(largest, 0.01F);
}

TEST(AugmentationTest, QuarterTurnsAreClockwiseAndExact) {
  const PreparedImage image = drawn_character(32);
  const FineImage plain = plain_crop(image, 32, 32);
  const FineImage turned = plain_crop(image, 32, 32, 1);
  const FineImage half = plain_crop(image, 32, 32, 2);
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 32; ++x) {
      ASSERT_EQ(turned.pixel(31 - y, x)[0], plain.pixel(x, y)[0]) << x << ", " << y;
      ASSERT_EQ(half.pixel(31 - x, 31 - y)[0], plain.pixel(x, y)[0]) << x << ", " << y;
    }
  }
}

TEST(AugmentationTest, WhatLiesBeyondTheEdge) {
  AugmentationPlan small;
  small.scale = 0.5;
  PreparedImage face = drawn_face();
  std::fill(face.image.pixels.begin(), face.image.pixels.end(), std::uint8_t{200});
  EXPECT_EQ(planned_crop(face, small, 112, 112).pixel(0, 0)[0], 0) << "faces: black";
  face.points.reset();
  EXPECT_EQ(planned_crop(face, small, 112, 112).pixel(0, 0)[0], 200) << "images: continued";
}

TEST(AugmentationTest, NoneIsThePlainCropBitForBit) {
  std::mt19937_64 random(1);
  for (const PreparedImage& image : {drawn_face(), drawn_character()}) {
    const FineImage crop = augmented_crop(image, parse_augmentation("none"), 112, 112, random);
    EXPECT_EQ(crop.pixels, plain_crop(image, 112, 112).pixels);
  }
}

/// A key alone, what it may change, and how much at least.
struct Single {
  const char* text;
  double least_change;  ///< Mean absolute difference, where it is certain.
};

class SingleAugmentation : public testing::TestWithParam<Single> {};

TEST_P(SingleAugmentation, ChangesThePhotoAndStaysInRange) {
  const AugmentationOptions options = parse_augmentation(std::string("none:") + GetParam().text);
  const PreparedImage face = drawn_face();
  const FineImage plain = plain_crop(face, 112, 112);
  double change = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::mt19937_64 random(seed);
    const FineImage crop = augmented_crop(face, options, 112, 112, random);
    const auto [least, most] = std::minmax_element(crop.pixels.begin(), crop.pixels.end());
    ASSERT_GE(*least, 0) << "seed " << seed;
    ASSERT_LE(*most, 255) << "seed " << seed;
    change += mean_difference(plain, crop) / 20;
  }
  EXPECT_GT(change, GetParam().least_change);
}

INSTANTIATE_TEST_SUITE_P(
    AugmentationTest, SingleAugmentation,
    testing::Values(Single{"flip=1", 1}, Single{"shift=0.1", 1}, Single{"scale=0.3", 1},
                    Single{"rotate=20", 1}, Single{"shear=0.3", 1}, Single{"colour=0.4", 5},
                    Single{"gamma=0.5", 5}, Single{"grey=1", 5}, Single{"blur=1", 0.5},
                    Single{"noise=1", 2}, Single{"jpeg=1", 0.5}, Single{"low_resolution=1", 0.5},
                    Single{"occlude=1", 5}, Single{"erase=1", 1}, Single{"thickness=1", 0.3}),
    [](const auto& test) {
      return std::string(test.param.text, std::string_view(test.param.text).find('='));
    });

TEST(AugmentationTest, ProbabilityIsTheShareOfChangedPhotos) {
  const PreparedImage face = drawn_face();
  const FineImage plain = plain_crop(face, 56, 56);
  for (const char* key : {"flip", "grey", "blur", "noise", "jpeg", "low_resolution", "occlude",
                          "erase", "thickness"}) {
    const AugmentationOptions options = parse_augmentation(std::string("none:") + key + "=0.3");
    int changed = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      std::mt19937_64 random(seed * 7919);
      changed += augmented_crop(face, options, 56, 56, random).pixels != plain.pixels ? 1 : 0;
    }
    // 90 expected, deviation 8: four deviations each way.
    EXPECT_NEAR(changed, 90, 32) << key;
  }
}

TEST(AugmentationTest, EverythingTogetherStaysInRangeAndIsRepeatable) {
  for (const char* preset : {"face", "face-strong", "character"}) {
    const AugmentationOptions options = parse_augmentation(preset);
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      const PreparedImage image = seed % 2 == 0 ? drawn_face() : drawn_character();
      std::mt19937_64 random(seed), again(seed);
      const FineImage crop = augmented_crop(image, options, 64, 64, random);
      for (const float sample : crop.pixels) ASSERT_TRUE(sample >= 0 && sample <= 255) << sample;
      EXPECT_EQ(crop.pixels, augmented_crop(image, options, 64, 64, again).pixels)
          << preset << ", seed " << seed;
    }
  }
}

TEST(AugmentationTest, DrawsDoNotDependOnOtherOptions) {
  std::mt19937_64 random(3), other(3);
  const AugmentationPlan a = draw_augmentation(parse_augmentation("none:rotate=10"), random);
  const AugmentationPlan b = draw_augmentation(parse_augmentation("face-strong:rotate=10"), other);
  EXPECT_EQ(a.degrees, b.degrees);
  EXPECT_EQ(random(), other()) << "as many values drawn";
}

TEST(AugmentationTest, FlipMirrorsTheCrop) {
  AugmentationPlan plan;
  plan.is_flipped = true;
  const PreparedImage face = drawn_face();
  const FineImage plain = plain_crop(face, 112, 112), flipped = planned_crop(face, plan, 112, 112);
  for (int x = 0; x < 112; ++x) {
    ASSERT_NEAR(plain.pixel(x, 60)[1], flipped.pixel(111 - x, 60)[1], 0.01) << "column " << x;
  }
}

TEST(AugmentationTest, ThicknessDarkensOrLightensStrokes) {
  AugmentationPlan thicker, thinner;
  thicker.thickness = 0.8;
  thinner.thickness = -0.5;
  const PreparedImage character = drawn_character();
  const double plain = mean_luma(plain_crop(character, 64, 64));
  EXPECT_LT(mean_luma(planned_crop(character, thicker, 64, 64)), plain - 2);
  EXPECT_GT(mean_luma(planned_crop(character, thinner, 64, 64)), plain + 1);
}

TEST(AugmentationTest, CleanKeepsTheGeometryAlone) {
  std::mt19937_64 random(5);
  const PreparedImage face = drawn_face();
  const AugmentationPlan plan =
      draw_augmentation(parse_augmentation("face-strong:occlude=1,erase=1,noise=1"), random);
  std::mt19937_64 again(5);
  const AugmentationPlan geometry =
      draw_augmentation(parse_augmentation("none:flip=0.5,shift=0.06,scale=0.14,rotate=14"), again);
  EXPECT_EQ(planned_crop(face, plan.clean(), 112, 112).pixels,
            planned_crop(face, geometry, 112, 112).pixels);
}

TEST(AugmentationTest, WrongLandmarksDoNotStopTraining) {
  PreparedImage face = drawn_face();
  face.points->fill({70, 70});
  AugmentationPlan plan;
  plan.occlusion = Occlusion::kHat;
  EXPECT_EQ(planned_crop(face, plan, 112, 112).pixels, plain_crop(face, 112, 112).pixels);
}

TEST(AugmentationTest, SpecChangesAPreset) {
  const AugmentationOptions options = parse_augmentation("face:occlude=0.35,blur=0");
  EXPECT_EQ(options.occlude, 0.35);
  EXPECT_EQ(options.blur, 0);
  EXPECT_EQ(options.flip, parse_augmentation("face").flip);
}

TEST(AugmentationTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(refusal("strong"),
            "augmentation 'strong': no preset 'strong'; there are none, face, face-strong, "
            "character");
  EXPECT_THAT(refusal("face:zoom=1"), testing::HasSubstr("no key 'zoom'; there are flip, shift"));
  EXPECT_EQ(refusal("face:flip=1.5"),
            "augmentation 'face:flip=1.5': flip is '1.5' but must be a number from 0 to 1");
  EXPECT_THAT(refusal("face:shift=-0.1"), testing::HasSubstr("must be a number from 0 to 0.5"));
  EXPECT_THAT(refusal("face:rotate=10deg"), testing::HasSubstr("rotate is '10deg'"));
  EXPECT_THAT(refusal("face:rotate"), testing::HasSubstr("'rotate' is not KEY=VALUE"));
  EXPECT_THAT(refusal("face:rotate=nan"), testing::HasSubstr("from 0 to 180"));
  EXPECT_THAT(refusal("face:"), testing::HasSubstr("'' is not KEY=VALUE"));
}

TEST(AugmentationTest, HelpNamesEveryPresetAndKey) {
  const std::string help = augmentation_help();
  for (const char* name : {"none", "face-strong", "character", "low_resolution", "thickness"}) {
    EXPECT_THAT(help, testing::HasSubstr(name));
  }
}

}  // namespace
}  // namespace visavis::augmentation_test
