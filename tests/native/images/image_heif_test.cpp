#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "core/base/error.h"
#include "native/images/exif_orientation.h"
#include "native/images/image_file.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/images/encoders.h"

namespace visavis::image_heif_test {
namespace {

/// Quality 95 with a quarter of the chroma samples, on a smooth picture.
constexpr int kTolerance = 12;

TEST(DecodeHeif, AvifAndHeicGiveThePictureTurnedAsTheySay) {
  const Image image = gradient_image(96, 64);
  for (const bool is_av1 : {false, true}) {
    // Quarters to the left, and the EXIF orientation that means the same.
    for (const auto& [quarters, orientation] :
         std::array<std::array<int, 2>, 4>{{{0, 1}, {1, 8}, {2, 3}, {3, 6}}}) {
      const Bytes bytes = encode_heif(image, {.is_av1 = is_av1, .quarters = quarters});
      EXPECT_TRUE(is_photo({bytes.data(), kPhotoHeadBytes}));
      EXPECT_LE(largest_difference(decode_image(bytes, "a"), apply_orientation(image, orientation)),
                kTolerance)
          << is_av1 << " " << quarters;
    }
  }
}

TEST(DecodeHeif, ColoursAreTurnedIntoSrgb) {
  const Image image = gradient_image(96, 64);
  for (const bool is_av1 : {false, true}) {
    const Bytes profiled = encode_heif(image, {.is_av1 = is_av1, .icc = swapped_profile()});
    EXPECT_LE(largest_difference(decode_image(profiled, "a"), swapped(image)), 2 * kTolerance);
    // A red of Display P3 is a stronger red of sRGB, and a grey the same.
    Image red(16, 16);
    for (std::size_t i = 0; i < red.pixels.size(); ++i) red.pixels[i] = i % 3 == 0 ? 200 : 60;
    const Image strong = decode_image(encode_heif(red, {.is_av1 = is_av1, .primaries = 12}), "a");
    EXPECT_NEAR(strong.pixel(8, 8)[0], 218, 6);
    EXPECT_NEAR(strong.pixel(8, 8)[1], 41, 8);
  }
}

TEST(DecodeHeif, TruncatedAndTooLargeAreErrors) {
  for (const bool is_av1 : {false, true}) {
    Bytes bytes = encode_heif(gradient_image(96, 64), {.is_av1 = is_av1});
    for (std::size_t i = 1; i < 8; ++i) {
      const std::size_t size = bytes.size() * i / 8;
      SCOPED_TRACE(size);
      expect_error(ErrorCode::kUnreadableImage, "a: ", [&] {
        decode_image({bytes.data(), size}, "a");
      });
    }
    const Bytes property{'i', 's', 'p', 'e', 0, 0, 0, 0};
    const auto at = std::search(bytes.begin(), bytes.end(), property.begin(), property.end());
    ASSERT_NE(at, bytes.end());
    for (const std::ptrdiff_t side : {8, 12}) {
      at[side + 2] = 0x4E;  // 0x4E20 is 20,000.
      at[side + 3] = 0x20;
    }
    try {
      decode_image(bytes, "photo");
      ADD_FAILURE() << "400 megapixels were decoded";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kImageTooLarge) << error.what();
    }
  }
}

}  // namespace
}  // namespace visavis::image_heif_test
