#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/base/error.h"
#include "native/images/image_file.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/images/encoders.h"

namespace visavis::image_png_test {
namespace {

constexpr PngOptions kRgb{};

Bytes plain_png(const Image& image) {
  return encode_png(image.width, image.height, image.pixels, kRgb);
}

TEST(DecodePng, RgbIsExactInterlacedOrNot) {
  const Image image = gradient_image(37, 29);
  EXPECT_EQ(largest_difference(decode_image(plain_png(image), "a"), image), 0);
  const Bytes interlaced = encode_png(37, 29, image.pixels, {.is_interlaced = true});
  EXPECT_EQ(largest_difference(decode_image(interlaced, "a"), image), 0);
}

TEST(DecodePng, SixteenBitsAreRounded) {
  // v / 257 rounded: 0x0180 is 1.49, 0x0181 is 1.498, 0x0182 is 1.502 and 0xFFFF is 255.
  const Bytes samples{0x01, 0x80, 0x01, 0x82, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0x7E, 0x00, 0x80};
  const Image image = decode_image(encode_png(2, 1, samples, {.bit_depth = 16}), "a");
  EXPECT_THAT(image.pixels, testing::ElementsAre(1, 2, 255, 255, 254, 0));
}

TEST(DecodePng, GreyOfEveryDepth) {
  // Two pixels, black and white, packed from the high bit down.
  for (const int depth : {1, 2, 4}) {
    const auto white = static_cast<std::uint8_t>(((1 << depth) - 1) << (8 - 2 * depth));
    const Image image =
        decode_image(encode_png(2, 1, {white}, {.bit_depth = depth, .colour_type = 0}), "a");
    EXPECT_THAT(image.pixels, testing::ElementsAre(0, 0, 0, 255, 255, 255)) << depth;
  }
  const Image image =
      decode_image(encode_png(2, 1, {0, 0, 0x80, 0x80}, {.bit_depth = 16, .colour_type = 0}), "a");
  EXPECT_THAT(image.pixels, testing::ElementsAre(0, 0, 0, 128, 128, 128));
}

TEST(DecodePng, PaletteWithTransparencyLiesOverWhite) {
  const Bytes palette{200, 100, 0, 10, 20, 30, 0, 0, 0};
  const PngOptions options{
      .bit_depth = 2, .colour_type = 3, .palette = palette, .transparency = {255, 255, 0}};
  const Image image = decode_image(encode_png(3, 1, {0b00'01'10'00}, options), "a");
  EXPECT_THAT(image.pixels, testing::ElementsAre(200, 100, 0, 10, 20, 30, 255, 255, 255));
}

TEST(DecodePng, AlphaLiesOverWhite) {
  const Bytes rgba{100, 0, 200, 255, 100, 0, 200, 0, 100, 0, 200, 51};
  const Image image = decode_image(encode_png(3, 1, rgba, {.colour_type = 6}), "a");
  EXPECT_THAT(image.pixels, testing::ElementsAre(100, 0, 200, 255, 255, 255, 224, 204, 244));
  const Image grey = decode_image(encode_png(2, 1, {60, 255, 60, 0}, {.colour_type = 4}), "a");
  EXPECT_THAT(grey.pixels, testing::ElementsAre(60, 60, 60, 255, 255, 255));
}

TEST(DecodePng, FollowsTheOrientation) {
  const Image image = gradient_image(5, 3);
  const Bytes block = exif_block(8);
  const PngOptions options{.exif = Bytes(block.begin() + 6, block.end())};
  const Image turned = decode_image(encode_png(5, 3, image.pixels, options), "a");
  ASSERT_EQ(turned.width, 3);
  ASSERT_EQ(turned.height, 5);
  // Orientation 8: the stored top-left corner lies bottom-left.
  EXPECT_TRUE(std::equal(image.pixel(0, 0), image.pixel(0, 0) + 3, turned.pixel(0, 4)));
}

TEST(DecodePng, TruncatedAnywhereIsAnError) {
  const Bytes whole = plain_png(gradient_image(64, 48));
  // The end marker has 12 bytes, the data's checksums 8.
  for (std::size_t size = 8; size < whole.size() - 24; size += 1 + size / 40) {
    try {
      decode_image({whole.data(), size}, "photo.png");
      ADD_FAILURE() << "decoded " << size << " of " << whole.size() << " bytes";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnreadableImage);
      EXPECT_THAT(error.what(), testing::HasSubstr("photo.png: the PNG file ends early"));
    }
  }
}

TEST(DecodePng, WithoutItsEndEveryPixelIsThere) {
  const Image image = gradient_image(64, 48);
  for (const bool is_interlaced : {false, true}) {
    const Bytes whole = encode_png(64, 48, image.pixels, {.is_interlaced = is_interlaced});
    for (const std::size_t missing : {1U, 5U, 12U, 14U, 16U}) {
      const Bytes part(whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(missing));
      EXPECT_EQ(largest_difference(decode_image(part, "a"), image), 0) << missing;
    }
  }
}

TEST(DecodePng, ColoursAreTurnedIntoSrgb) {
  const Image image = gradient_image(37, 29);
  const Bytes profiled = encode_png(37, 29, image.pixels, {.icc = swapped_profile()});
  EXPECT_LE(largest_difference(decode_image(profiled, "a"), swapped(image)), 2);
  // In linear light 60 / 255 is what sRGB writes as 133.
  const Bytes linear = encode_png(1, 1, {60, 60, 60}, {.gamma = 1.0});
  EXPECT_NEAR(decode_image(linear, "a").pixels[0], 133, 1);
  const Bytes grey = encode_png(1, 1, {60, 128}, {.colour_type = 4, .gamma = 1.0});
  EXPECT_NEAR(decode_image(grey, "a").pixels[0], (133 + 255) / 2, 1);
}

TEST(DecodePng, WhollyTransparentSaysSo) {
  const Bytes rgba{100, 0, 200, 0, 10, 20, 30, 0};
  try {
    decode_image(encode_png(2, 1, rgba, {.colour_type = 6}), "photo.png");
    FAIL() << "decoded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnreadableImage);
    EXPECT_THAT(error.what(), testing::HasSubstr("every pixel of the image is transparent"));
  }
}

TEST(DecodePng, AChunkThatMattersNeedsItsChecksum) {
  Bytes bytes = plain_png(gradient_image(64, 48));
  bytes[bytes.size() - 13] ^= 1U;  // Of the last data, whose pixels are all sound.
  expect_error(ErrorCode::kUnreadableImage, "a: ", [&] { decode_image(bytes, "a"); });
}

TEST(DecodePng, OneFlippedBitIsAnError) {
  const Bytes whole = plain_png(gradient_image(64, 48));
  Bytes bytes = whole;
  bytes[bytes.size() / 2] ^= 0x10U;
  expect_error(ErrorCode::kUnreadableImage, "a: ", [&] { decode_image(bytes, "a"); });
}

TEST(DecodePng, SizesAreCheckedInTheHeader) {
  Bytes bytes = plain_png(gradient_image(4, 4));
  const auto message_with_side = [&](std::uint32_t side) -> std::string {
    for (unsigned i = 0; i < 4; ++i) {
      bytes[16 + i] = bytes[20 + i] = static_cast<std::uint8_t>(side >> (24 - 8 * i));
    }
    try {
      decode_image(bytes, "photo.png");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message_with_side(0), testing::HasSubstr("0 x 0 pixels"));
  EXPECT_THAT(message_with_side(20'000), testing::HasSubstr("20000 x 20000 pixels, more than"));
  EXPECT_THAT(message_with_side(0xFFFFFFFF), testing::HasSubstr("4294967295 x 4294967295"));
}

TEST(WritePng, IsReadBackExactly) {
  const auto path = std::filesystem::path(testing::TempDir()) / "visavis_write_png_test.png";
  const Image image = gradient_image(31, 17);
  write_png(image, path);
  EXPECT_EQ(largest_difference(read_image(path), image), 0);
  std::filesystem::remove(path);
  expect_error(ErrorCode::kIo, "cannot be created",
               [&] { write_png(image, "/nowhere/at/all.png"); });
}

}  // namespace
}  // namespace visavis::image_png_test
