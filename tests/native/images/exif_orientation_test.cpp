#include "native/images/exif_orientation.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/native/images/encoders.h"

namespace visavis::exif_orientation_test {
namespace {

TEST(ExifOrientation, ReadsBothByteOrdersWithAndWithoutPrefix) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool big_endian : {false, true}) {
      const Bytes block = exif_block(orientation, big_endian);
      EXPECT_EQ(exif_orientation(block), orientation);
      EXPECT_EQ(exif_orientation({block.data() + 6, block.size() - 6}), orientation);
    }
  }
}

TEST(ExifOrientation, NonsenseIsUpright) {
  EXPECT_EQ(exif_orientation({}), 1);
  EXPECT_EQ(exif_orientation(exif_block(0)), 1);
  EXPECT_EQ(exif_orientation(exif_block(9)), 1);
  const Bytes block = exif_block(6);
  for (std::size_t size = 0; size < block.size(); ++size) {
    const int orientation = exif_orientation({block.data(), size});
    EXPECT_TRUE(orientation == 1 || orientation == 6) << size;
  }
}

/// Where the stored picture's corners A (top left), B (top right), C (bottom left) and D lie
/// upright, row by row, as EXIF 2.3 draws them: orientation 6 means "row 0 is the right-hand side,
/// column 0 the top".
TEST(ApplyOrientation, PutsEveryCornerInItsPlace) {
  const std::array<const char*, 9> upright{"",     "ABCD", "BADC", "DCBA", "CDAB",
                                           "ACBD", "CADB", "DBCA", "BDAC"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    Image stored(3, 2);  // Not square, so that a swap of the sides shows too.
    stored.pixel(0, 0)[0] = 'A';
    stored.pixel(2, 0)[0] = 'B';
    stored.pixel(0, 1)[0] = 'C';
    stored.pixel(2, 1)[0] = 'D';
    const Image image = apply_orientation(stored, orientation);
    ASSERT_EQ(image.width, orientation >= 5 ? 2 : 3) << orientation;
    const int right = image.width - 1;
    const int bottom = image.height - 1;
    const std::string corners{static_cast<char>(image.pixel(0, 0)[0]),
                              static_cast<char>(image.pixel(right, 0)[0]),
                              static_cast<char>(image.pixel(0, bottom)[0]),
                              static_cast<char>(image.pixel(right, bottom)[0])};
    EXPECT_EQ(corners, upright[static_cast<std::size_t>(orientation)]) << orientation;
  }
}

}  // namespace
}  // namespace visavis::exif_orientation_test
