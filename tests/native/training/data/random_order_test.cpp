#include "native/training/data/random_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "native/training/data/source_shares.h"

namespace visavis::random_order_test {
namespace {

/// Count and window: roomy, tight (each epoch hangs on all before), and all at once.
class ShuffledCycleTest : public testing::TestWithParam<std::pair<std::size_t, std::size_t>> {};

TEST_P(ShuffledCycleTest, EveryEpochHoldsEachNumberOnce) {
  const auto [count, window] = GetParam();
  ShuffledCycle cycle(count, window, 5);
  for (std::uint64_t epoch = 0; epoch < 20; ++epoch) {
    std::set<std::size_t> seen;
    for (std::size_t i = 0; i < count; ++i) seen.insert(cycle.at(epoch * count + i));
    ASSERT_EQ(seen.size(), count) << "epoch " << epoch;
    ASSERT_EQ(*seen.rbegin(), count - 1);
  }
}

TEST_P(ShuffledCycleTest, NoWindowRepeatsANumber) {
  const auto [count, window] = GetParam();
  ShuffledCycle cycle(count, window, 6);
  std::vector<std::size_t> sequence;
  for (std::size_t i = 0; i < 30 * count; ++i) sequence.push_back(cycle.at(i));
  for (std::size_t begin = 0; begin + window <= sequence.size(); ++begin) {
    const auto first = sequence.begin() + static_cast<std::ptrdiff_t>(begin);
    const std::set<std::size_t> numbers(first, first + static_cast<std::ptrdiff_t>(window));
    ASSERT_EQ(numbers.size(), window) << "from position " << begin;
  }
}

TEST_P(ShuffledCycleTest, PositionsInAnyOrderGiveTheSame) {
  const auto [count, window] = GetParam();
  ShuffledCycle rising(count, window, 7);
  std::vector<std::size_t> sequence;
  for (std::size_t i = 0; i < 12 * count; ++i) sequence.push_back(rising.at(i));
  ShuffledCycle jumping(count, window, 7);
  for (std::size_t step = 0; step < sequence.size(); ++step) {
    const std::size_t position = step * 7919 % sequence.size();
    ASSERT_EQ(jumping.at(position), sequence[position]) << position;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, ShuffledCycleTest,
                         testing::Values(std::pair{1U, 1U}, std::pair{5U, 1U}, std::pair{8U, 8U},
                                         std::pair{9U, 8U}, std::pair{20U, 8U}, std::pair{24U, 8U},
                                         std::pair{101U, 8U}));

TEST(ShuffledCycle, EpochsAndSeedsDiffer) {
  ShuffledCycle one(50, 4, 1);
  ShuffledCycle two(50, 4, 2);
  std::size_t same_epoch = 0;
  std::size_t same_seed = 0;
  for (std::size_t i = 0; i < 50; ++i) {
    same_epoch += one.at(i) == one.at(50 + i) ? 1 : 0;
    same_seed += one.at(i) == two.at(i) ? 1 : 0;
  }
  EXPECT_LT(same_epoch, 10U) << "1 expected of 50";
  EXPECT_LT(same_seed, 10U) << "1 expected of 50";
}

TEST(TakeTurn, TakesAllEquallyOftenAndNoneTwiceInATurn) {
  for (const auto& [count, take] : {std::pair{8U, 4U}, {7U, 4U}, {4U, 4U}, {13U, 5U}}) {
    std::vector<int> taken(count);
    const std::size_t turns = count * 6;  // Whole rounds.
    for (std::uint64_t turn = 0; turn < turns; ++turn) {
      const auto now = take_turn(count, take, turn, 3);
      EXPECT_EQ(std::set<std::uint32_t>(now.begin(), now.end()).size(), take);
      for (const std::uint32_t i : now) ++taken[i];
    }
    EXPECT_EQ(*std::min_element(taken.begin(), taken.end()), static_cast<int>(6 * take)) << count;
    EXPECT_EQ(*std::max_element(taken.begin(), taken.end()), static_cast<int>(6 * take)) << count;
  }
}

TEST(TakeTurn, BringsAnyTwoTogetherInTime) {
  // 8 photos, 4 a turn: two fixed halves would never meet.
  std::set<std::pair<std::uint32_t, std::uint32_t>> together;
  for (std::uint64_t turn = 0; turn < 100; ++turn) {
    const auto now = take_turn(8, 4, turn, 3);
    for (const std::uint32_t a : now) {
      for (const std::uint32_t b : now) together.emplace(a, b);
    }
  }
  EXPECT_EQ(together.size(), 64U);
}

TEST(TakeTurn, RepeatsEvenlyWhereThereAreTooFew) {
  for (std::uint64_t turn = 0; turn < 10; ++turn) {
    std::vector<int> taken(3);
    for (const std::uint32_t i : take_turn(3, 7, turn, 3)) ++taken[i];
    EXPECT_EQ(*std::min_element(taken.begin(), taken.end()), 2);
    EXPECT_EQ(*std::max_element(taken.begin(), taken.end()), 3);
  }
}

TEST(SourceShares, FillsEveryBatchAndKeepsToTheWeights) {
  for (const std::vector<double>& weights :
       {std::vector<double>{1}, {1, 1, 1}, {5, 1, 1, 3}, {1e-6, 1}, {0.1, 0.2, 0.3, 0.4}}) {
    for (const std::size_t places : {1U, 7U, 64U}) {
      const SourceShares shares(places, weights);
      const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
      std::vector<std::uint64_t> previous = shares.before(0);
      for (std::uint64_t step = 1; step < 500; ++step) {
        const std::vector<std::uint64_t> counts = shares.before(step);
        ASSERT_EQ(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}), step * places);
        for (std::size_t s = 0; s < weights.size(); ++s) {
          ASSERT_GE(counts[s], previous[s]);
          ASSERT_LE(counts[s] - previous[s], shares.most(s)) << "source " << s;
          // Each source before it is off by less than 1, and so in turn is it.
          ASSERT_NEAR(static_cast<double>(counts[s]),
                      static_cast<double>(step * places) * weights[s] / sum, 4);
        }
        previous = counts;
      }
    }
  }
}

TEST(SourceShares, EvenSharesNeedNoMoreThanTheyAre) {
  EXPECT_EQ(SourceShares(64, {1, 1}).most(0), 32U);
  EXPECT_EQ(SourceShares(64, {1, 1}).most(1), 32U);
  EXPECT_EQ(SourceShares(64, {1}).most(0), 64U);
  EXPECT_EQ(SourceShares(3, {1, 1, 1}).most(2), 1U);
}

}  // namespace
}  // namespace visavis::random_order_test
