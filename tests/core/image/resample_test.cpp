#include "core/image/resample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::resample_test {
namespace {

/// Grey image of f(x, y) at the pixels' centres, rounded.
Image painted(int width, int height, const std::function<double(double, double)>& value) {
  Image image(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        image.pixel(x, y)[c] = static_cast<std::uint8_t>(std::lround(value(x + 0.5, y + 0.5)));
      }
    }
  }
  return image;
}

/// Whole at pixel centres, and still so after any number of halvings.
double ramp(double x, double y) { return x + y; }

/// Largest difference between the crop and the ramp under the inverse transform, inside by 2.
double ramp_error(const Image& photo, const SimilarityTransform& photo_to_crop, int size) {
  const FineImage crop = resample(photo, photo_to_crop, size, size, Border::kBlack);
  const SimilarityTransform back = photo_to_crop.inverse();
  double error = 0;
  for (int y = 2; y < size - 2; ++y) {
    for (int x = 2; x < size - 2; ++x) {
      const Point p = back.apply({static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F});
      error = std::max(error, std::abs(crop.pixel(x, y)[1] - ramp(p.x, p.y)));
    }
  }
  return error;
}

TEST(ResampleTest, IdentityChangesNothing) {
  const Image photo =
      painted(17, 11, [](double x, double y) { return std::fmod(x * 37 + y * 91, 256); });
  EXPECT_EQ(resample(photo, {}, 17, 11, Border::kBlack).pixels, FineImage(photo).pixels);
}

TEST(ResampleTest, LinearRampStaysExactWhateverTheTransform) {
  const Image photo = painted(120, 120, ramp);
  // Floats of up to 240 are spaced by 1.5e-5; the points of this test are floats, too.
  const double tolerance = 2e-4;
  EXPECT_LE(ramp_error(photo, square_crop({60, 60}, 40, {1, 0}, 100), 100), tolerance);
  EXPECT_LE(ramp_error(photo, square_crop({61.3F, 58.7F}, 60, {1, 0.3F}, 50), 50), tolerance);
  EXPECT_LE(ramp_error(photo, square_crop({60, 60}, 110, {1, 0}, 20), 20), tolerance);
  EXPECT_LE(ramp_error(photo, square_crop({59, 62}, 70, {-0.5F, 1}, 15), 15), tolerance);
}

TEST(ResampleTest, APyramidGivesTheSameCropsAsThePhotoAlone) {
  const Image photo =
      painted(301, 203, [](double x, double y) { return std::fmod(x * x + y * 91 + x * y, 256); });
  ImagePyramid pyramid(photo);
  for (const double side : {20.0, 70.0, 150.0, 450.0, 900.0}) {
    for (const Border border : {Border::kBlack, Border::kNearest}) {
      // The last square lies half beyond the photo's odd edges.
      for (const Point centre : {Point{150, 100}, Point{33.3F, 60.1F}, Point{300, 203}}) {
        const SimilarityTransform crop = square_crop(centre, side, {1, 0.4F}, 24);
        EXPECT_EQ(resample(pyramid, crop, 24, 24, border).pixels,
                  resample(photo, crop, 24, 24, border).pixels)
            << side << " " << centre.x;
      }
    }
  }
}

TEST(ResampleTest, HalvingMovesNothing) {
  // A symmetric image stays symmetric: any half-pixel slip would tip the balance.
  const Image photo = painted(256, 256, [](double x, double y) {
    return 255 * std::exp(-((x - 128) * (x - 128) + (y - 128) * (y - 128)) / 3000);
  });
  for (const int size : {128, 100, 64, 40, 30}) {
    const FineImage crop = resample(photo, letterbox(256, 256, size), size, size, Border::kBlack);
    for (int y = 0; y < size; ++y) {
      for (int x = 0; x < size; ++x) {
        const float opposite = crop.pixel(size - 1 - x, size - 1 - y)[0];
        // Rounding half up at each of at most three halvings.
        ASSERT_LE(std::abs(crop.pixel(x, y)[0] - opposite), 1) << size << " " << x << " " << y;
      }
    }
  }
}

TEST(ResampleTest, ShrinkingDoesNotAlias) {
  // One-pixel checks and stripes hold nothing that a shrunken image can show: an even grey remains.
  const Image checks = painted(512, 512, [](double x, double y) {
    return (static_cast<int>(x) + static_cast<int>(y)) % 2 == 0 ? 255 : 0;
  });
  const Image stripes =
      painted(512, 512, [](double x, double) { return static_cast<int>(x) % 2 == 0 ? 255 : 0; });
  for (const int size : {200, 112, 64, 33}) {
    for (const Image* photo : {&checks, &stripes}) {
      const FineImage crop =
          resample(*photo, letterbox(512, 512, size), size, size, Border::kNearest);
      for (const float value : crop.pixels) ASSERT_NEAR(value, 128, 1) << size;
    }
  }
}

TEST(ResampleTest, KeepsTheMeanWhenShrinking) {
  const Image photo = painted(
      600, 600, [](double x, double y) { return 128 + 100 * std::sin(x / 9) * std::cos(y / 5); });
  const auto mean = [](const FineImage& image) {
    double sum = 0;
    for (const float value : image.pixels) sum += value;
    return sum / static_cast<double>(image.pixels.size());
  };
  const FineImage crop = resample(photo, letterbox(600, 600, 70), 70, 70, Border::kNearest);
  EXPECT_NEAR(mean(crop), mean(photo), 1);  // rounding half up adds at most 1/4 per halving
}

TEST(ResampleTest, CropDoesNotDependOnWhatLiesAround) {
  // The same content cut out beforehand (on even multiples) gives the same pixels.
  const Image photo =
      painted(400, 400, [](double x, double y) { return std::fmod(x * x / 50 + y * 3, 256); });
  Image part(160, 160);
  for (int y = 0; y < 160; ++y) {
    for (int x = 0; x < 160; ++x) {
      for (int c = 0; c < 3; ++c) part.pixel(x, y)[c] = photo.pixel(x + 80, y + 120)[c];
    }
  }
  const FineImage whole =
      resample(photo, square_crop({160, 200}, 90, {1, 0.2F}, 30), 30, 30, Border::kBlack);
  const FineImage cut =
      resample(part, square_crop({80, 80}, 90, {1, 0.2F}, 30), 30, 30, Border::kBlack);
  for (std::size_t i = 0; i < cut.pixels.size(); ++i) {
    ASSERT_NEAR(whole.pixels[i], cut.pixels[i], 1e-3) << i;  // Positions further out are coarser.
  }
}

TEST(ResampleTest, BeyondThePhotoIsBlackOrTheNearestPixel) {
  const Image white = painted(64, 64, [](double, double) { return 255; });
  for (const int size : {200, 40, 10}) {  // enlarged, shrunk, shrunk by halvings
    const SimilarityTransform far_out = square_crop({64, 64}, 128, {1, 0}, size);
    const FineImage black = resample(white, far_out, size, size, Border::kBlack);
    const FineImage nearest = resample(white, far_out, size, size, Border::kNearest);
    EXPECT_EQ(black.pixel(size / 4, size / 4)[0], 255) << size;
    EXPECT_EQ(black.pixel(size - 1, size - 1)[0], 0) << size;
    EXPECT_EQ(nearest.pixel(size - 1, size - 1)[0], 255) << size;
  }
  const SimilarityTransform elsewhere = square_crop({1e6F, -1e6F}, 100, {1, 0}, 10);
  EXPECT_EQ(resample(white, elsewhere, 10, 10, Border::kBlack).pixel(5, 5)[0], 0);
  EXPECT_EQ(resample(white, elsewhere, 10, 10, Border::kNearest).pixel(5, 5)[0], 255);
}

TEST(ResampleTest, HalveCountsTheLastOddRowAndColumnTwice) {
  Image odd(3, 3);
  for (int i = 0; i < 9; ++i) odd.pixel(i % 3, i / 3)[0] = static_cast<std::uint8_t>(i * 10);
  const Image half = halve(odd);
  ASSERT_EQ(half.width, 2);
  ASSERT_EQ(half.height, 2);
  EXPECT_EQ(half.pixel(0, 0)[0], 20);  // (0 + 10 + 30 + 40) / 4
  EXPECT_EQ(half.pixel(1, 0)[0], 35);  // (20 + 50) / 2
  EXPECT_EQ(half.pixel(0, 1)[0], 65);  // (60 + 70) / 2
  EXPECT_EQ(half.pixel(1, 1)[0], 80);
}

TEST(ResampleTest, HalvingIsTheRoundedMeanAtEveryWidth) {
  // Several pixels at a time where the processor can: every remainder, and no byte too many.
  for (int width = 1; width <= 40; ++width) {
    Image photo(width, 4);
    for (std::size_t i = 0; i < photo.pixels.size(); ++i) {
      photo.pixels[i] = static_cast<std::uint8_t>(i * 151 % 256);
    }
    const Image half = halve(photo);
    for (int y = 0; y < 2; ++y) {
      for (int x = 0; x < half.width; ++x) {
        const int next = std::min(2 * x + 1, width - 1);
        for (int c = 0; c < 3; ++c) {
          const int sum = photo.pixel(2 * x, 2 * y)[c] + photo.pixel(next, 2 * y)[c] +
                          photo.pixel(2 * x, 2 * y + 1)[c] + photo.pixel(next, 2 * y + 1)[c];
          ASSERT_EQ(half.pixel(x, y)[c], (sum + 2) / 4) << width << " " << x << " " << y;
        }
      }
    }
  }
}

TEST(ResampleTest, SmallCropsLeaveThePyramidUnmade) {
  const Image photo = painted(400, 300, ramp);
  ImagePyramid pyramid(photo);
  const auto crop = square_crop({200, 150}, 100, {1, 0}, 20);
  const FineImage alone = resample(pyramid, crop, 20, 20, Border::kBlack);
  EXPECT_EQ(pyramid.levels(), 0);
  resample(pyramid, letterbox(400, 300, 20), 20, 20, Border::kBlack);
  EXPECT_EQ(pyramid.levels(), 4);
  EXPECT_EQ(resample(pyramid, crop, 20, 20, Border::kBlack).pixels, alone.pixels);
}

TEST(ResampleTest, OnePixelPhotosWork) {
  const Image dot = painted(1, 1, [](double, double) { return 90; });
  EXPECT_EQ(halve(dot).pixel(0, 0)[0], 90);
  EXPECT_EQ(resample(dot, letterbox(1, 1, 4), 4, 4, Border::kNearest).pixel(3, 3)[0], 90);
}

TEST(ResampleTest, RefusesEmptyPhotosAndBadTransforms) {
  const Image photo(8, 8);
  expect_error(ErrorCode::kInvalidArgument, "the photo has no pixels",
               [&] { resample(Image(), {}, 4, 4, Border::kBlack); });
  expect_error(ErrorCode::kInvalidArgument, "scale zero", [&] {
    resample(photo, {0, 0, 0, 0}, 4, 4, Border::kBlack);
  });
  expect_error(ErrorCode::kInvalidArgument, "is not finite", [&] {
    resample(photo, {1, 0, std::nan(""), 0}, 4, 4, Border::kBlack);
  });
}

}  // namespace
}  // namespace visavis::resample_test
