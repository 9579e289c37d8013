#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/base/error.h"
#include "native/images/image_file.h"
#include "tests/native/images/encoders.h"

namespace visavis::image_jpeg_test {
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
      EXPECT_THAT(message_of(part), testing::HasSubstr("photo.jpg: the JPEG file ends early"))
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
  EXPECT_THAT(message_of(with_size(0, 0)), testing::HasSubstr("0 x 0 pixels"));
  EXPECT_THAT(message_of(with_size(16, 0)), testing::HasSubstr("0 x 16 pixels"));
  try {
    decode_image(with_size(20'000, 20'000), "big.jpg");
    FAIL() << "400 megapixels were decoded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kImageTooLarge);
    EXPECT_THAT(error.what(), testing::HasSubstr("big.jpg: the image has 20000 x 20000"));
  }
}

TEST(DecodeJpeg, OnePixelDecodes) {
  const Image image = gradient_image(1, 1);
  EXPECT_LE(largest_difference(decode_image(encode_jpeg(image), "a"), image), kTolerance);
}

/// Where the last scan's data begin.
std::size_t last_scan(const Bytes& bytes) {
  const Bytes marker{0xFF, 0xDA};
  return static_cast<std::size_t>(
      std::find_end(bytes.begin(), bytes.end(), marker.begin(), marker.end()) - bytes.begin());
}

Bytes cut(const Bytes& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// Of every kind whose scans end differently.
std::vector<Bytes> kinds_of(const Image& image) {
  return {encode_jpeg(image),
          encode_jpeg(image, {.is_progressive = true}),
          encode_jpeg(image, {.restart_interval = 3}),
          encode_jpeg(image, {.is_progressive = true, .restart_interval = 2}),
          encode_jpeg(image, {.is_interleaved = false}),
          encode_jpeg(image, {.colour = JpegColour::kGrey}),
          encode_jpeg(image, {.across = 2, .down = 2}),
          encode_jpeg(image, {.across = 4})};
}

TEST(DecodeJpeg, WithoutItsEndMarkerEveryPixelIsThere) {
  // A part of a trailer as phones write it, with a marker and with FF within.
  const Bytes trailer{0,    0,    1,    10, 'I', 'm', 'a', 'g', 'e',
                      0xFF, 0xE1, 0xFF, 0,  'S', 'E', 'F', 'T'};
  for (const Bytes& whole : kinds_of(gradient_image(93, 61))) {
    const Image image = decode_image(whole, "a");
    const Bytes endless = cut(whole, whole.size() - 2);
    EXPECT_EQ(largest_difference(decode_image(endless, "a"), image), 0);
    EXPECT_EQ(largest_difference(decode_image(cut(whole, whole.size() - 1), "a"), image), 0);
    EXPECT_EQ(largest_difference(decode_image(joined(endless, trailer), "a"), image), 0);
    EXPECT_EQ(largest_difference(decode_image(joined(whole, trailer), "a"), image), 0);
    // Another photo behind this one, whose scans are none of this one's.
    EXPECT_EQ(largest_difference(decode_image(joined(endless, whole), "a"), image), 0);
  }
}

TEST(DecodeJpeg, WithoutItsLastBlockItIsRefusedWithOrWithoutAnEndMarker) {
  for (const Bytes& whole : kinds_of(gradient_image(93, 61))) {
    for (const std::size_t missing : {8U, 40U, 300U}) {
      const Bytes endless = cut(whole, whole.size() - 2 - missing);
      EXPECT_THAT(message_of(endless), testing::HasSubstr("ends early")) << missing;
      // Early where the marker fell into a table that was cut.
      EXPECT_THAT(message_of(joined(endless, {0xFF, 0xD9})),
                  testing::AnyOf(testing::HasSubstr("damaged"), testing::HasSubstr("ends early")))
          << missing;
    }
  }
}

TEST(DecodeJpeg, AScanThatIsMissingAltogetherIsNoticed) {
  const Image image = gradient_image(93, 61);
  const Bytes apart = encode_jpeg(image, {.is_interleaved = false});
  EXPECT_THAT(message_of(cut(apart, last_scan(apart))), testing::HasSubstr("ends early"));
  EXPECT_THAT(message_of(joined(cut(apart, last_scan(apart)), {0xFF, 0xD9})),
              testing::HasSubstr("a component is missing"));
  const Bytes progressive = encode_jpeg(image, {.is_progressive = true});
  const Bytes coarse = cut(progressive, last_scan(progressive));
  EXPECT_THAT(message_of(coarse), testing::HasSubstr("ends early"));
  // With the end marker its maker says that this is all, and browsers show it.
  EXPECT_LE(largest_difference(decode_image(joined(coarse, {0xFF, 0xD9}), "a"), image), 40);
}

TEST(DecodeJpeg, StrayBytesBetweenSegmentsDoNoHarm) {
  const Bytes whole = encode_jpeg(gradient_image(40, 30));
  Bytes stray = whole;
  const std::size_t second_segment = 4 + whole[4] * 256U + whole[5];
  for (const std::uint8_t byte : Bytes{0, 0x12, 0}) {
    stray.insert(stray.begin() + static_cast<std::ptrdiff_t>(second_segment), byte);
  }
  EXPECT_EQ(largest_difference(decode_image(stray, "a"), decode_image(whole, "a")), 0);
}

TEST(DecodeJpeg, FollowsTheColourProfile) {
  const Image image = gradient_image(48, 32);
  const Image decoded = decode_image(encode_jpeg(image, {.icc = swapped_profile()}), "a");
  EXPECT_LE(largest_difference(decoded, swapped(image)), kTolerance + 2);
  const Image grey = decode_image(
      encode_jpeg(image, {.colour = JpegColour::kGrey, .icc = linear_grey_profile()}), "a");
  // Light of 60 / 255 is 0.235, which sRGB writes as 0.522.
  EXPECT_NEAR(grey.pixel(9, 0)[0], 255 * 0.522, 8) << int{image.pixel(9, 0)[0]};
  for (const Bytes& useless : {Bytes(300, 'x'), linear_grey_profile()}) {
    EXPECT_LE(largest_difference(decode_image(encode_jpeg(image, {.icc = useless}), "a"), image),
              kTolerance);
  }
}

TEST(DecodeJpeg, KindsThatBrowsersDoNotShowAreNamed) {
  const Image image = gradient_image(16, 16);
  EXPECT_THAT(message_of(encode_jpeg(image, {.is_arithmetic = true})),
              testing::HasSubstr("not read (arithmetic coding)"));
  Bytes bytes = encode_jpeg(image);
  const Bytes frame{0xFF, 0xC0};
  const auto at = std::search(bytes.begin(), bytes.end(), frame.begin(), frame.end());
  at[1] = 0xC3;
  EXPECT_THAT(message_of(bytes), testing::HasSubstr("not read (lossless)"));
  at[1] = 0xC1;
  at[4] = 12;
  EXPECT_THAT(message_of(bytes), testing::HasSubstr("not read (not 8 bits to a sample)"));
}

TEST(DecodeJpeg, ManyScansAreRefusedUndecoded) {
  const Bytes whole = encode_jpeg(gradient_image(64, 64), {.is_progressive = true});
  // The first scan of all components again and again, in front of itself.
  const Bytes marker{0xFF, 0xDA};
  const auto first = std::search(whole.begin(), whole.end(), marker.begin(), marker.end());
  const auto second = std::search(first + 2, whole.end(), marker.begin(), marker.end());
  const auto repeated = [&](int times) {
    Bytes bytes(whole.begin(), first);
    for (int i = 0; i < times; ++i) bytes.insert(bytes.end(), first, second);
    bytes.insert(bytes.end(), second, whole.end());
    return bytes;
  };
  EXPECT_THAT(message_of(repeated(200)), testing::HasSubstr("209 scans"));
  EXPECT_EQ(message_of(repeated(50)), "");
  // As many behind the last one that was needed.
  Bytes needless(whole.begin(), whole.end() - 2);
  for (int i = 0; i < 200; ++i) needless.insert(needless.end(), first, second);
  EXPECT_THAT(message_of(needless), testing::HasSubstr("scans"));
}

}  // namespace
}  // namespace visavis::image_jpeg_test
