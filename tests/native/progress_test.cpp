#include "native/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <thread>
#include <vector>

namespace visavis {
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

TEST(Progress, HoldsForNothingToDo) {
  std::ostringstream out;
  { Progress progress("embedding", 0, "photos", out, ProgressStyle::kBar); }
  EXPECT_THAT(out.str(), testing::HasSubstr("0 of 0 photos"));
}

}  // namespace
}  // namespace visavis
