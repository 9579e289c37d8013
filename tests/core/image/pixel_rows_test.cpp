#include "core/image/pixel_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/base/geometry.h"
#include "tests/core/base/expect_error.h"

namespace visavis::pixel_rows_test {
namespace {

constexpr int kWidth = 71, kHeight = 37;  // Neither a whole number of squares nor of fours.

/// A stored photo, RGBX, every pixel another.
std::vector<std::uint8_t> stored_pixels() {
  std::vector<std::uint8_t> pixels;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      for (const int value : {x, y, x * y, 17}) pixels.push_back(static_cast<std::uint8_t>(value));
    }
  }
  return pixels;
}

/// Where EXIF 2.3 shows the stored pixel, in words: which sides of the upright photo are the
/// stored photo's first row and first column.
Point shown_at(int orientation, int x, int y) {
  const int right = kWidth - 1 - x, lower = kHeight - 1 - y;
  const std::array<std::array<int, 2>, 8> places{{{x, y},
                                                  {right, y},
                                                  {right, lower},
                                                  {x, lower},
                                                  {y, x},
                                                  {lower, x},
                                                  {lower, right},
                                                  {y, right}}};
  const auto [column, row] = places.at(static_cast<std::size_t>(orientation - 1));
  return {static_cast<float>(column), static_cast<float>(row)};
}

Image turned(int orientation, bool is_blue_first, int rows_at_once) {
  const std::vector<std::uint8_t> pixels = stored_pixels();
  const bool is_on_its_side = orientation >= 5;
  Image image(is_on_its_side ? kHeight : kWidth, is_on_its_side ? kWidth : kHeight);
  for (int first = 0; first < kHeight; first += rows_at_once) {
    const int count = std::min(rows_at_once, kHeight - first);
    write_stored_rows(image, {first, count, pixels.data() + first * kWidth * 4},
                      {orientation, is_blue_first});
  }
  return image;
}

TEST(PixelRowsTest, StoredRowsAreTurnedUprightWhateverTheStrips) {
  const std::vector<std::uint8_t> pixels = stored_pixels();
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool is_blue_first : {false, true}) {
      const Image image = turned(orientation, is_blue_first, 37);
      EXPECT_EQ(turned(orientation, is_blue_first, 5).pixels, image.pixels) << orientation;
      const std::uint8_t* from = pixels.data();
      for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x, from += 4) {
          const Point at = shown_at(orientation, x, y);
          const std::uint8_t* shown = image.pixel(static_cast<int>(at.x), static_cast<int>(at.y));
          ASSERT_EQ(shown[0], from[is_blue_first ? 2 : 0]) << orientation << " " << x << " " << y;
          ASSERT_EQ(shown[1], from[1]) << orientation << " " << x << " " << y;
          ASSERT_EQ(shown[2], from[is_blue_first ? 0 : 2]) << orientation << " " << x << " " << y;
        }
      }
    }
  }
}

TEST(PixelRowsTest, RowsThatAreOpaqueAndRowsThatAreNotAreLaidAlike) {
  std::vector<std::uint8_t> rgba = stored_pixels();
  for (std::size_t i = 3; i < rgba.size(); i += 4) rgba[i] = 255;
  // One pixel of the second row lets the white through, the others do not change by that.
  rgba[4 * (kWidth + 9) + 3] = 0;
  const Image image = image_from_rgba(rgba.data(), kWidth, kHeight);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const bool is_white = y == 1 && x == 9;
      const std::uint8_t* from = rgba.data() + 4 * (y * kWidth + x);
      for (int c = 0; c < 3; ++c) {
        ASSERT_EQ(image.pixel(x, y)[c], is_white ? 255 : from[c]) << x << " " << y;
      }
    }
  }
}

TEST(PixelRowsTest, LaysTransparentPixelsOverWhite) {
  const std::array<std::uint8_t, 12> rgba{10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 200, 128};
  const Image image = image_from_rgba(rgba.data(), 3, 1);
  // 0 * 128/255 + 255 * 127/255 = 127; 100 -> 177.2; 200 -> 227.4
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{10, 20, 30, 255, 255, 255, 127, 177, 227}));
}

TEST(PixelRowsTest, RefusesRowsOutsideAndUnknownOrientations) {
  const std::vector<std::uint8_t> pixels = stored_pixels();
  Image image(kWidth, kHeight);
  const auto write = [&](int first, int count, int orientation) {
    write_stored_rows(image, {first, count, pixels.data()}, {orientation, false});
  };
  const std::vector<std::pair<int, int>> outside{{-1, 1}, {0, 0}, {0, kHeight + 1}, {kHeight, 1}};
  for (const auto& [first, count] : outside) {
    expect_error(ErrorCode::kInvalidArgument, "outside the image",
                 [&, f = first, c = count] { write(f, c, 1); });
    expect_error(ErrorCode::kInvalidArgument, "outside the image", [&, f = first, c = count] {
      write_rgba_rows(image, {f, c, pixels.data()});
    });
  }
  // On its side the stored photo has as many rows as the image has columns.
  expect_error(ErrorCode::kInvalidArgument, "outside the image", [&] { write(kWidth, 1, 6); });
  expect_error(ErrorCode::kInvalidArgument, "EXIF has 1 to 8", [&] { write(0, 1, 0); });
  expect_error(ErrorCode::kInvalidArgument, "EXIF has 1 to 8", [&] { write(0, 1, 9); });
}

}  // namespace
}  // namespace visavis::pixel_rows_test
