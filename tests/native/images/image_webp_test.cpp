#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <webp/encode.h>

#include <algorithm>

#include "core/base/error.h"
#include "native/images/image_file.h"
#include "tests/native/images/encoders.h"

namespace visavis::image_webp_test {
namespace {

TEST(DecodeWebp, LosslessIsExact) {
  const Image image = gradient_image(33, 20);
  EXPECT_EQ(largest_difference(decode_image(encode_webp(image), "a"), image), 0);
}

TEST(DecodeWebp, AlphaLiesOverWhite) {
  const Bytes rgba{100, 0, 200, 255, 100, 0, 200, 0, 100, 0, 200, 51};
  const Image image = decode_image(encode_webp(rgba, 3, 1), "a");
  EXPECT_THAT(image.pixels, testing::ElementsAre(100, 0, 200, 255, 255, 255, 224, 204, 244));
}

TEST(DecodeWebp, FollowsTheOrientationWithOrWithoutThePrefix) {
  const Image image = gradient_image(6, 4);
  const Bytes block = exif_block(3);
  for (const Bytes& exif : {block, Bytes(block.begin() + 6, block.end())}) {
    const Image turned = decode_image(encode_webp(image, exif), "a");
    ASSERT_EQ(turned.width, 6);
    EXPECT_TRUE(std::equal(image.pixel(0, 0), image.pixel(0, 0) + 3, turned.pixel(5, 3)));
  }
}

TEST(DecodeWebp, OfAnAnimationTheFirstFrameIsTaken) {
  const Image image = gradient_image(20, 12);
  const Image whole = decode_image(encode_animated_webp(image, 0, 0, 20, 12), "a");
  EXPECT_EQ(largest_difference(whole, image), 0);
  const Image placed = decode_image(encode_animated_webp(image, 6, 4, 40, 30), "a");
  ASSERT_EQ(placed.width, 40);
  ASSERT_EQ(placed.height, 30);
  EXPECT_TRUE(std::equal(image.pixel(3, 5), image.pixel(3, 5) + 3, placed.pixel(9, 9)));
  EXPECT_EQ(placed.pixel(0, 0)[0], 255);  // White where the canvas is bare.
}

TEST(DecodeWebp, WithItsMetadataCutOffEveryPixelIsThere) {
  const Image image = gradient_image(33, 20);
  const Bytes whole = encode_webp(image, exif_block(6));
  const Bytes part(whole.begin(), whole.end() - 10);
  EXPECT_EQ(largest_difference(decode_image(part, "a"), image), 0);
}

TEST(DecodeWebp, TruncatedIsAnError) {
  const Image image = gradient_image(160, 120);
  std::uint8_t* data = nullptr;
  const std::size_t size =
      WebPEncodeRGB(image.pixels.data(), image.width, image.height, image.width * 3, 90, &data);
  const Bytes lossy(data, data + size);
  WebPFree(data);
  for (const Bytes& whole : {lossy, encode_webp(image)}) {
    for (std::size_t i = 1; i < 32; ++i) {
      const std::size_t length = std::max<std::size_t>(12, whole.size() * i / 32);
      try {
        decode_image({whole.data(), length}, "photo.webp");
        ADD_FAILURE() << "decoded " << length << " of " << whole.size() << " bytes";
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kUnreadableImage);
        EXPECT_THAT(error.what(), testing::HasSubstr("photo.webp: the WebP file ends early"));
      }
    }
  }
}

}  // namespace
}  // namespace visavis::image_webp_test
