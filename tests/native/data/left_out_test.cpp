#include "native/data/left_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/native/system/recorded_progress.h"

namespace visavis::left_out_test {
namespace {

using testing::ElementsAre;

TEST(LeftOut, NamesEachOfAFew) {
  RecordedProgress progress;
  say_left_out(progress, {"a.txt: no photo", "b\n.txt: no photo"});
  EXPECT_THAT(progress.lines,
              ElementsAre("left out: a.txt: no photo", "left out: b\\n.txt: no photo"));
}

TEST(LeftOut, NamesTheFirstAndCountsAll) {
  RecordedProgress progress;
  say_left_out(progress, {"a", "b", "c", "d", "e", "f", "g"}, "run/problems.txt");
  EXPECT_THAT(progress.lines,
              ElementsAre("left out: a", "left out: b", "left out: c", "left out: d", "left out: e",
                          "left out: 7 in all, listed in run/problems.txt"));
}

}  // namespace
}  // namespace visavis::left_out_test
