#include "native/training/optimization/schedule.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/core/base/expect_error.h"

namespace visavis::schedule_test {
namespace {

constexpr LearningRateSchedule kSchedule = {
    .peak = 0.4, .final_share = 0.01, .warmup_steps = 9, .total_steps = 109};
constexpr double kRounding = 1e-15;

TEST(LearningRate, WarmsUpLinearlyToThePeak) {
  EXPECT_NEAR(learning_rate_at(kSchedule, 0), 0.04, kRounding);
  EXPECT_NEAR(learning_rate_at(kSchedule, 4), 0.20, kRounding);
  EXPECT_NEAR(learning_rate_at(kSchedule, 9), 0.40, kRounding);
}

TEST(LearningRate, FollowsHalfACosine) {
  // A quarter, half and all of the way: (1 + cos(45 degrees)) / 2 = 0.8535533905932737.
  EXPECT_NEAR(learning_rate_at(kSchedule, 34), 0.004 + 0.396 * 0.8535533905932737, kRounding);
  EXPECT_NEAR(learning_rate_at(kSchedule, 59), 0.004 + 0.396 * 0.5, kRounding);
  EXPECT_NEAR(learning_rate_at(kSchedule, 109), 0.004, kRounding);
  for (std::uint64_t step = 10; step <= 109; ++step) {
    EXPECT_LT(learning_rate_at(kSchedule, step), learning_rate_at(kSchedule, step - 1)) << step;
  }
}

TEST(LearningRate, HoldsPastTheEnd) {
  EXPECT_NEAR(learning_rate_at(kSchedule, 110), 0.004, kRounding);
  EXPECT_NEAR(learning_rate_at(kSchedule, std::numeric_limits<std::uint64_t>::max()), 0.004,
              kRounding);
}

TEST(LearningRate, StaysAtThePeakWithoutACosine) {
  LearningRateSchedule schedule = kSchedule;
  schedule.has_cosine = false;
  EXPECT_NEAR(learning_rate_at(schedule, 0), 0.04, kRounding);
  for (const std::uint64_t step : {9U, 60U, 109U, 1000U}) {
    EXPECT_EQ(learning_rate_at(schedule, step), 0.4) << step;
  }
}

TEST(LearningRate, TakesRunsOfAStepAndWarmUpsThatOutlastTheRun) {
  EXPECT_EQ(learning_rate_at({.peak = 0.1}, 0), 0.1);
  const LearningRateSchedule schedule = {.peak = 0.1, .warmup_steps = 9, .total_steps = 4};
  for (std::uint64_t step = 0; step < 12; ++step) {
    EXPECT_GT(learning_rate_at(schedule, step), 0) << step;
    EXPECT_LE(learning_rate_at(schedule, step), 0.1) << step;
  }
}

TEST(LearningRate, RefusesRatesThatAreNotAboveZero) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {0.0, -1.0, nan, std::numeric_limits<double>::infinity()}) {
    expect_error(ErrorCode::kInvalidArgument, "peak",
                 [&] { (void)learning_rate_at({.peak = bad}, 0); });
  }
  for (const double bad : {0.0, 1.5, nan}) {
    expect_error(ErrorCode::kInvalidArgument, "final share",
                 [&] { (void)learning_rate_at({.final_share = bad}, 0); });
  }
}

}  // namespace
}  // namespace visavis::schedule_test
