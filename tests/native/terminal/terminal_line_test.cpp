#include "native/terminal/terminal_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace visavis::terminal_line_test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(TerminalLine, CountsColumns) {
  EXPECT_EQ(columns_of(""), 0U);
  EXPECT_EQ(columns_of("plain"), 5U);
  EXPECT_EQ(columns_of("Zoë ━╌…"), 7U);
  EXPECT_EQ(columns_of("李明.jpg"), 8U);
  EXPECT_EQ(columns_of("한글"), 4U);
  EXPECT_EQ(columns_of("🙂"), 2U);
  EXPECT_EQ(columns_of("\xFF\xC3"), 2U) << "bytes that are no UTF-8";
}

TEST(TerminalLine, ShortensToWholeLetters) {
  EXPECT_EQ(shortened("passport.jpg", 12), "passport.jpg");
  EXPECT_EQ(shortened("passport.jpg", 11), "passport.j…");
  EXPECT_EQ(shortened("李明.jpg", 7), "李明.j…");
  EXPECT_EQ(shortened("李明.jpg", 4), "李…") << "half of a wide letter does not fit";
  EXPECT_EQ(shortened("Zoë", 3), "Zoë");
  EXPECT_EQ(shortened("text", 1), "…");
  EXPECT_EQ(shortened("text", 0), "");
}

TEST(TerminalLine, GivesUpTheBarBeforeTheNote) {
  const ProgressWords words{"training", "10 of 20 photos", "loss 0.5"};
  const std::string wide = progress_line(words, 0.5, 120);
  EXPECT_THAT(wide, testing::StartsWith("training  ━"));
  EXPECT_THAT(wide, testing::EndsWith("╌  10 of 20 photos, loss 0.5"));
  const std::string narrower = progress_line(words, 0.5, 50);
  EXPECT_EQ(columns_of(narrower), 49U) << narrower;
  EXPECT_THAT(narrower, HasSubstr("━"));
  EXPECT_EQ(progress_line(words, 0.5, 40), "training  10 of 20 photos, loss 0.5");
  EXPECT_EQ(progress_line(words, 0.5, 31), "training  10 of 20 photos, lo…");
  EXPECT_EQ(progress_line(words, 0.5, 12), "training  …");
  for (std::size_t columns = 0; columns < 130; ++columns) {
    const std::string line = progress_line(words, 1, columns);
    EXPECT_LE(columns_of(line), std::max<std::size_t>(1, columns > 0 ? columns - 1 : 1)) << line;
    EXPECT_THAT(line, Not(HasSubstr("╌"))) << "all is done";
  }
}

TEST(TerminalLine, TellsTime) {
  EXPECT_EQ(as_clock(7.4), "0:07");
  EXPECT_EQ(as_clock(754), "12:34");
  EXPECT_EQ(as_clock(3723), "1:02:03");
}

}  // namespace
}  // namespace visavis::terminal_line_test
