#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "native/image_file.h"
#include "tests/native/encoders.h"

namespace visavis {
namespace {

/// Quality 98 without subsampling on a smooth picture: quantisation steps of 1 to 3 and rounding in
/// two colour conversions.
constexpr int kTolerance = 6;

std::string message_of(const Bytes& bytes) {
  try {
    decode_image(bytes, "photo.jpg");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnreadableImage) << error.what();
    return error.what();
  }
  return "";
}

TEST(DecodeJpeg, BaselineAndProgressiveGiveThePicture) {
  const Image image = gradient_image(93, 61);
  EXPECT_LE(largest_difference(decode_image(encode_jpeg(image), "a"), image), kTolerance);
  EXPECT_LE(
      largest_difference(decode_image(encode_jpeg(image, {.is_progressive = true}), "a"), image),
      kTolerance);
}

TEST(DecodeJpeg, GreyBecomesThreeEqualChannels) {
  const Image image = gradient_image(40, 30);
  const Image grey = decode_image(encode_jpeg(image, {.colour = JpegColour::kGrey}), "a");
  ASSERT_EQ(grey.width, 40);
  ASSERT_EQ(grey.height, 30);
  for (int x = 0; x < 40; ++x) {
    EXPECT_NEAR(grey.pixel(x, 7)[0], image.pixel(x, 7)[0], kTolerance);
    EXPECT_EQ(grey.pixel(x, 7)[0], grey.pixel(x, 7)[1]);
    EXPECT_EQ(grey.pixel(x, 7)[0], grey.pixel(x, 7)[2]);
  }
}

TEST(DecodeJpeg, InksBecomeLightWhicheverWayRoundTheyAreStored) {
  const Image image = gradient_image(48, 32);
  for (const JpegColour colour :
       {JpegColour::kCmyk, JpegColour::kAdobeCmyk, JpegColour::kAdobeYcck}) {
    const Image decoded = decode_image(encode_jpeg(image, {.colour = colour}), "a");
    EXPECT_LE(largest_difference(decoded, image), kTolerance) << static_cast<int>(colour);
  }
}

TEST(DecodeJpeg, FollowsTheOrientation) {
  const Image image = gradient_image(64, 32);
  for (const bool big_endian : {false, true}) {
    const Image turned = decode_image(encode_jpeg(image, {.exif = exif_block(6, big_endian)}), "a");
    ASSERT_EQ(turned.width, 32);
    ASSERT_EQ(turned.height, 64);
    // Orientation 6: the stored top-left corner lies top-right in the upright picture.
    EXPECT_NEAR(turned.pixel(31, 0)[0], image.pixel(0, 0)[0], kTolerance);
    EXPECT_NEAR(turned.pixel(0, 0)[1], image.pixel(0, 31)[1], kTolerance);
    EXPECT_NEAR(turned.pixel(31, 63)[0], image.pixel(63, 0)[0], kTolerance);
  }
}

TEST(DecodeJpeg, TruncatedAnywhereIsAnErrorNotAGreyHalf) {
  const Image image = gradient_image(160, 120);
  for (const bool is_progressive : {false, true}) {
    const Bytes whole = encode_jpeg(image, {.is_progressive = is_progressive});
    for (std::size_t i = 1; i < 64; ++i) {
      const Bytes part(whole.begin(),
                       whole.begin() + static_cast<std::ptrdiff_t>(whole.size() * i / 64));
      EXPECT_THAT(message_of(part), testing::HasSubstr("photo.jpg: the JPEG file is truncated"))
          << i << "/64, progressive " << is_progressive;
    }
  }
}

TEST(DecodeJpeg, AHoleInTheDataIsAnError) {
  Bytes bytes = encode_jpeg(gradient_image(160, 120));
  // An end-of-image marker in the middle: the rest would come out grey.
  bytes[bytes.size() / 2] = 0xFF;
  bytes[bytes.size() / 2 + 1] = 0xD9;
  EXPECT_THAT(message_of(bytes), testing::HasSubstr("damaged"));
}

TEST(DecodeJpeg, SizesAreCheckedInTheHeader) {
  Bytes bytes = encode_jpeg(gradient_image(16, 16));
  const Bytes start_of_frame{0xFF, 0xC0};
  const auto frame =
      std::search(bytes.begin(), bytes.end(), start_of_frame.begin(), start_of_frame.end());
  ASSERT_NE(frame, bytes.end());
  const auto with_size = [&](int height, int width) {
    frame[5] = static_cast<std::uint8_t>(height >> 8);
    frame[6] = static_cast<std::uint8_t>(height);
    frame[7] = static_cast<std::uint8_t>(width >> 8);
    frame[8] = static_cast<std::uint8_t>(width);
    return bytes;
  };
  EXPECT_THAT(message_of(with_size(0, 0)), testing::HasSubstr("no pixels (0x0)"));
  EXPECT_THAT(message_of(with_size(16, 0)), testing::HasSubstr("no pixels"));
  try {
    decode_image(with_size(20'000, 20'000), "big.jpg");
    FAIL() << "400 megapixels were decoded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kImageTooLarge);
    EXPECT_THAT(error.what(), testing::HasSubstr("big.jpg: 20000x20000"));
  }
}

TEST(DecodeJpeg, OnePixelDecodes) {
  const Image image = gradient_image(1, 1);
  EXPECT_LE(largest_difference(decode_image(encode_jpeg(image), "a"), image), kTolerance);
}

}  // namespace
}  // namespace visavis
