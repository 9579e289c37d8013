#include "native/terminal/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <thread>
#include <vector>

namespace visavis::progress_test {
namespace {

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(Progress, WritesALinePerTenthInALog) {
  std::ostringstream out;
  {
    Progress progress("embedding", 1000, "photos", out, ProgressStyle::kLines);
    for (int i = 0; i < 1000; ++i) progress.advance(1, "loss 0.5");
  }
  EXPECT_EQ(lines_in(out.str()), 10U) << out.str();
  EXPECT_THAT(out.str(), testing::HasSubstr("embedding: 100 of 1000 photos"));
  EXPECT_THAT(out.str(), testing::HasSubstr("embedding: 1000 of 1000 photos"));
  EXPECT_THAT(out.str(), testing::HasSubstr(", loss 0.5\n"));
  EXPECT_THAT(out.str(), testing::Not(testing::HasSubstr("\r")));
}

TEST(Progress, DrawsABarInOneLineOnATerminal) {
  std::ostringstream out;
  {
    Progress progress("embedding", 3, "photos", out, ProgressStyle::kBar);
    progress.advance(3);
  }
  EXPECT_EQ(lines_in(out.str()), 1U);
  EXPECT_THAT(out.str(), testing::HasSubstr("3 of 3 photos"));
}

TEST(Progress, CountsFromManyThreads) {
  std::ostringstream out;
  {
    Progress progress("embedding", 4000, "photos", out, ProgressStyle::kLines);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) progress.advance();
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_THAT(out.str(), testing::HasSubstr("4000 of 4000 photos"));
  EXPECT_EQ(lines_in(out.str()), 10U);
}

/// What the terminal shows of each redrawing.
std::vector<std::string> drawn_lines(const std::string& text) {
  static const std::string kRedraw = "\r\x1b[K";
  std::vector<std::string> lines;
  for (std::size_t at = text.find(kRedraw); at != std::string::npos;) {
    const std::size_t next = text.find(kRedraw, at + 1);
    std::string line = text.substr(at + kRedraw.size(), next - at - kRedraw.size());
    std::erase(line, '\n');
    lines.push_back(line);
    at = next;
  }
  return lines;
}

TEST(Progress, DrawsNoLineWiderThanTheTerminalIsAtThatMoment) {
  const std::string note = "loss 4.1234, epoch 12.34, waiting for data 0.0%";
  std::ostringstream out;
  std::size_t columns = 200;
  std::vector<std::size_t> widths;
  {
    Progress progress("training", 640'000, "photos", out, ProgressStyle::kBar, [&] {
      widths.push_back(columns);
      return columns;
    });
    progress.advance(6400, note);
    for (const std::size_t width : {140, 100, 80, 40, 20, 3, 1, 120}) {
      columns = width;
      progress.say("");  // Draws anew.
    }
  }
  const std::vector<std::string> lines = drawn_lines(out.str());
  std::size_t drawn = 0;
  for (const std::string& line : lines) {
    if (line.empty()) continue;  // That say() writes above.
    ASSERT_LT(drawn, widths.size());
    EXPECT_LE(columns_of(line), std::max<std::size_t>(1, widths[drawn] - 1)) << line;
    if (drawn > 0 && widths[drawn] >= 100) {
      EXPECT_THAT(line, testing::HasSubstr("loss 4.1234"));
    }
    ++drawn;
  }
  EXPECT_EQ(drawn, widths.size()) << out.str();
}

TEST(Progress, MovesTheBarWithinAUnit) {
  std::ostringstream out;
  {
    Progress progress("embedding", 2, "photos", out, ProgressStyle::kBar, [] { return 120; });
    progress.advance_within(0.5);
    progress.say("");
    progress.advance_within(-0.5);
    progress.advance();
    progress.say("");
  }
  std::vector<std::size_t> filled;
  for (const std::string& line : drawn_lines(out.str())) {
    std::size_t count = 0;
    for (std::size_t at = line.find("━"); at != std::string::npos; at = line.find("━", at + 1)) {
      ++count;
    }
    if (line.find("photos") != std::string::npos) filled.push_back(count);
  }
  ASSERT_EQ(filled.size(), 4U) << out.str();
  EXPECT_EQ(filled[0], 0U);
  EXPECT_GT(filled[1], 0U);
  EXPECT_GT(filled[3], filled[1]) << out.str();
}

TEST(Progress, HoldsForNothingToDo) {
  std::ostringstream out;
  { Progress progress("embedding", 0, "photos", out, ProgressStyle::kBar); }
  EXPECT_THAT(out.str(), testing::HasSubstr("0 of 0 photos"));
}

}  // namespace
}  // namespace visavis::progress_test
