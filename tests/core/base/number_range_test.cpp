#include "core/base/number_range.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "core/base/parse_number.h"
#include "tests/core/base/expect_error.h"

namespace visavis::number_range_test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ParseNumber, TakesDecimalNumbers) {
  EXPECT_EQ(parse_number("0.25"), 0.25);
  EXPECT_EQ(parse_number("-3"), -3.0);
  EXPECT_EQ(parse_number("1e-4"), 1e-4);
  EXPECT_EQ(parse_number("1.7976931348623157e308"), std::numeric_limits<double>::max());
  EXPECT_EQ(parse_number(".5"), 0.5);
  EXPECT_EQ(parse_number("007"), 7.0);
}

TEST(ParseNumber, TakesNothingElse) {
  for (const char* text :
       {"",      " ",     "nan",   "NaN",    "-nan", "nan(7)", "inf", "-inf", "infinity", "INF",
        "0x10",  "0x1p3", "1e999", "-1e999", "5x",   "x5",     " 5",  "5 ",   "1 2",      "1,5",
        "1.2.3", "e5",    "-",     "+",      "--5",  "1e",     "\t3", "5\n",  "½",        "five"}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << "'" << text << "'";
  }
  EXPECT_EQ(parse_number(std::string_view("5\0", 2)), std::nullopt) << "a NUL is no end";
  EXPECT_EQ(parse_number(std::string(400, '9')), std::nullopt) << "more than a double holds";
}

TEST(ParseWholeNumber, TakesWhatTheTypeHolds) {
  EXPECT_EQ(parse_whole_number<int>("2147483647"), 2147483647);
  EXPECT_EQ(parse_whole_number<int>("2147483648"), std::nullopt);
  EXPECT_EQ(parse_whole_number<int>("-7"), -7);
  EXPECT_EQ(parse_whole_number<std::uint64_t>("18446744073709551615"), ~std::uint64_t{0});
  EXPECT_EQ(parse_whole_number<std::uint64_t>("-1"), std::nullopt);
  for (const char* text : {"", "1.0", "1e3", "0x10", " 1", "1 ", "+1", "one"}) {
    EXPECT_EQ(parse_whole_number<int>(text), std::nullopt) << "'" << text << "'";
  }
}

TEST(NumberText, IsShort) {
  EXPECT_EQ(number_text(0.25), "0.25");
  EXPECT_EQ(number_text(-1e300), "-1e+300");
  EXPECT_EQ(number_text(kNan), "nan");
  EXPECT_EQ(number_text(-kNan), "nan");
}

TEST(NumberRange, HoldsWhatLiesBetweenItsEnds) {
  const NumberRange closed{0, 2};
  for (const double value : {0.0, 1.0, 2.0}) EXPECT_TRUE(closed.holds(value)) << value;
  for (const double value : {-1e-9, 2.0000001, kNan, kInfinity, -kInfinity}) {
    EXPECT_FALSE(closed.holds(value)) << value;
  }
  const NumberRange open{0, 1, true, true};
  EXPECT_FALSE(open.holds(0));
  EXPECT_TRUE(open.holds(1e-300));
  EXPECT_FALSE(open.holds(1));
  EXPECT_TRUE(kPositiveRange.holds(1e308));
  EXPECT_FALSE(kPositiveRange.holds(kInfinity));
}

TEST(NumberRange, SaysItsEnds) {
  EXPECT_EQ((NumberRange{0, 2}).in_words(), "from 0 to 2");
  EXPECT_EQ((NumberRange{0, 1, false, true}).in_words(), "from 0 to below 1");
  EXPECT_EQ((NumberRange{0, 1, true}).in_words(), "above 0 and at most 1");
  EXPECT_EQ(kOpenShareRange.in_words(), "above 0 and below 1");
  EXPECT_EQ(kPositiveRange.in_words(), "above 0");
  EXPECT_EQ((NumberRange{1}).in_words(), "from 1 up");
  EXPECT_EQ((NumberRange{1, 1'000'000'000}).in_words(), "from 1 to 1000000000");
  EXPECT_EQ((NumberRange{0, 18446744073709551615.0}).in_words(), "from 0 to 2^64 - 1");
  EXPECT_EQ((NumberRange{1e-6, 0.9}).in_words(), "from 1e-06 to 0.9");
}

TEST(RequireNumber, RefusesInOneWording) {
  require_number("the threshold", 2, kDistanceRange);
  expect_error(ErrorCode::kInvalidArgument, "the threshold must be a number from 0 to 2, not nan",
               [] { require_number("the threshold", kNan, kDistanceRange); });
  expect_error(ErrorCode::kInvalidArgument,
               "an FMR must be a number above 0 and at most 1, not -1e+308",
               [] { require_number("an FMR", -1e308, kFmrRange); });
}

}  // namespace
}  // namespace visavis::number_range_test
