#include "native/evaluation/paired_test.h"

#include <gtest/gtest.h>

#include "tests/core/base/expect_error.h"

namespace visavis::paired_test_test {
namespace {

TEST(McNemar, AgreesWithCountsByHand) {
  EXPECT_NEAR(mcnemar_p_value(0, 5), 2 * 1.0 / 32, 1e-12);
  EXPECT_NEAR(mcnemar_p_value(8, 2), 2 * (1.0 + 10 + 45) / 1024, 1e-12);
  EXPECT_NEAR(mcnemar_p_value(1, 0), 1, 1e-12);
}

TEST(McNemar, AgreesWithAPublishedValue) {
  // Discordant counts 6 and 16: p = 0.0525, as statsmodels and R's exact2x2 print it.
  EXPECT_NEAR(mcnemar_p_value(6, 16), 0.052478790283203, 1e-12);
  EXPECT_EQ(mcnemar_p_value(6, 16), mcnemar_p_value(16, 6));
}

TEST(McNemar, EvenCountsSayNothing) {
  EXPECT_EQ(mcnemar_p_value(0, 0), 1);
  EXPECT_EQ(mcnemar_p_value(7, 7), 1);
  EXPECT_LE(mcnemar_p_value(7, 8), 1);
}

TEST(McNemar, LargeCountsKeepTheirSmallProbability) {
  // 2 * 0.5^100.
  EXPECT_NEAR(mcnemar_p_value(0, 100) / 1.5777218104420236e-30, 1, 1e-9);
}

TEST(PairedTest, CountsWhereOneAloneIsRight) {
  const PairedTest test =
      compare_decisions({true, true, false, true, false}, {true, false, true, false, false});
  EXPECT_EQ(test.pairs, 5U);
  EXPECT_EQ(test.first_alone_right, 2U);
  EXPECT_EQ(test.second_alone_right, 1U);
  EXPECT_EQ(test.p_value, mcnemar_p_value(2, 1));
  expect_error(ErrorCode::kInvalidArgument, "different pairs",
               [] { compare_decisions({true}, {}); });
}

TEST(PairedTest, APairWithoutAFaceIsDecidedWrongly) {
  const std::vector<LabelledPair> pairs{
      {0.4F, true, true, 0}, {0.6F, true, true, 0}, {0.6F, false, true, 0}, {2, false, false, 0}};
  EXPECT_EQ(right_decisions(pairs, 0.5), (std::vector<bool>{true, false, true, false}));
}

TEST(PairedTest, EachFoldIsDecidedByTheOthers) {
  // Fold 0 puts the threshold at 0.3, fold 1 at 0.7: each is half wrong by the other's.
  const std::vector<LabelledPair> pairs{
      {0.2F, true, true, 0}, {0.4F, false, true, 0}, {0.6F, true, true, 1}, {0.8F, false, true, 1}};
  EXPECT_EQ(right_decisions_over_folds(pairs), (std::vector<bool>{true, false, false, true}));
}

}  // namespace
}  // namespace visavis::paired_test_test
