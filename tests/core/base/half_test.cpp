#include "core/base/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace visavis::half_test {
namespace {

/// The value of a half by its definition (IEEE 754-2008, 3.4).
double half_value(unsigned bits) {
  const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
  const int exponent = static_cast<int>((bits >> 10U) & 0x1FU);
  const double fraction = (bits & 0x3FFU) / 1024.0;
  return sign *
         (exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15));
}

TEST(Half, EveryFiniteHalfHasItsValueAndComesBack) {
  for (unsigned bits = 0; bits < 0x10000U; ++bits) {
    if ((bits & 0x7C00U) == 0x7C00U) continue;
    const float value = float_from_half(static_cast<std::uint16_t>(bits));
    ASSERT_EQ(value, half_value(bits)) << bits;
    ASSERT_EQ(half_from_float(value), bits);
  }
}

/// Between two neighbours: the nearer one, and at the middle the even one.
TEST(Half, RoundsToNearestEven) {
  for (unsigned bits = 0; bits < 0x7BFFU; ++bits) {
    const auto middle = static_cast<float>((half_value(bits) + half_value(bits + 1)) / 2);
    ASSERT_EQ(half_from_float(std::nextafter(middle, 0.0F)), bits);
    ASSERT_EQ(half_from_float(middle), bits % 2 == 0 ? bits : bits + 1);
    ASSERT_EQ(half_from_float(std::nextafter(middle, 1e9F)), bits + 1);
    ASSERT_EQ(half_from_float(-middle), 0x8000U | (bits % 2 == 0 ? bits : bits + 1));
  }
}

TEST(Half, BeyondTheRange) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(half_from_float(65519.0F), 0x7BFFU);  // 65504, the largest
  EXPECT_EQ(half_from_float(65520.0F), 0x7C00U);
  EXPECT_EQ(half_from_float(-1e30F), 0xFC00U);
  EXPECT_EQ(half_from_float(infinity), 0x7C00U);
  EXPECT_EQ(float_from_half(0xFC00U), -infinity);
  EXPECT_TRUE(std::isnan(float_from_half(half_from_float(std::nanf("")))));
  EXPECT_EQ(half_from_float(1e-30F), 0U);
  EXPECT_EQ(half_from_float(-1e-30F), 0x8000U);
}

}  // namespace
}  // namespace visavis::half_test
