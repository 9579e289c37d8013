#include "core/image/image.h"

#include <gtest/gtest.h>

#include "core/base/error.h"

namespace visavis::image_test {
namespace {

ErrorCode code_of_size(int width, int height) {
  try {
    const Image image(width, height);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode{};
}

TEST(ImageTest, IsBlackAndAddressedByRows) {
  Image image(3, 2);
  EXPECT_EQ(image.pixels, std::vector<std::uint8_t>(18, 0));
  image.pixel(2, 1)[0] = 7;
  EXPECT_EQ(image.pixels[15], 7);
}

TEST(ImageTest, RefusesEmptyAndHugeSizesBeforeAllocating) {
  EXPECT_EQ(code_of_size(0, 5), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of_size(5, -1), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of_size(20'000, 20'000), ErrorCode::kImageTooLarge);
  EXPECT_EQ(code_of_size(2'000'000'000, 2'000'000'000), ErrorCode::kImageTooLarge);
}

TEST(ImageTest, MirrorsLeftAndRight) {
  FineImage image(3, 2);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<float>(i);
  const FineImage mirror = mirrored(image);
  const std::vector<float> first_row{6, 7, 8, 3, 4, 5, 0, 1, 2};
  EXPECT_EQ(std::vector<float>(mirror.pixels.begin(), mirror.pixels.begin() + 9), first_row);
  EXPECT_EQ(mirror.pixel(0, 1)[0], 15);
  EXPECT_EQ(mirrored(mirror).pixels, image.pixels);
}

}  // namespace
}  // namespace visavis::image_test
