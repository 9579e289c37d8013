#include "native/training/losses/miners.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::miners_test {
namespace {

Array<double> distances_on_a_line(const std::vector<double>& positions) {
  const std::size_t n = positions.size();
  Array<double> distances({n, n});
  for (std::size_t i = 0; i < n * n; ++i) {
    distances[i] = std::abs(positions[i / n] - positions[i % n]);
  }
  return distances;
}

using Key = std::array<std::size_t, 3>;
std::vector<Key> mine(TrioMining mining, const std::vector<double>& positions,
                      const std::vector<int>& labels, std::uint64_t step = 0) {
  std::mt19937_64 random = step_random(1, step);
  std::vector<Key> keys;
  for (const Trio& t : mine_trios(mining, distances_on_a_line(positions), labels, random)) {
    keys.push_back({t.anchor, t.positive, t.negative});
  }
  return keys;
}

TEST(Miners, BatchHardTakesTheFarthestPositiveAndTheClosestNegative) {
  const std::vector<Key> trios = mine(TrioMining::kBatchHard, {0, 1, 3, 2.5, 6}, {0, 0, 0, 1, 1});
  EXPECT_EQ(trios, (std::vector<Key>{{0, 2, 3}, {1, 2, 3}, {2, 0, 3}, {3, 4, 2}, {4, 3, 2}}));
}

TEST(Miners, SemiHardTakesTheClosestNegativeBeyondThePositive) {
  // Anchor 0, positive at 1: negatives at 0.5 (too hard), 1.4 (semi-hard), 5 (easy).
  const std::vector<Key> trios = mine(TrioMining::kSemiHard, {0, 1, 0.5, 1.4, 5}, {0, 0, 1, 2, 3});
  // Seen from 1 the positive is as far; negatives at 0.5, 0.4 and 4.
  EXPECT_EQ(trios, (std::vector<Key>{{0, 1, 3}, {1, 0, 4}}));
}

TEST(Miners, SemiHardFallsBackOnTheFarthestNegative) {
  const std::vector<Key> trios = mine(TrioMining::kSemiHard, {0, 9, 1, 4}, {0, 0, 1, 2});
  EXPECT_EQ(trios, (std::vector<Key>{{0, 1, 3}, {1, 0, 2}}));
}

TEST(Miners, RandomTriosFollowSeedAndStepAndReachEveryNegative) {
  const std::vector<double> positions = {0, 1, 2, 3, 4};
  const std::vector<int> labels = {0, 0, 1, 2, 3};
  std::map<std::size_t, int> negatives;
  for (std::uint64_t step = 0; step < 300; ++step) {
    const std::vector<Key> trios = mine(TrioMining::kRandom, positions, labels, step);
    EXPECT_EQ(trios, mine(TrioMining::kRandom, positions, labels, step));
    ASSERT_EQ(trios.size(), 2u);
    for (const Key& trio : trios) ++negatives[trio[2]];
  }
  ASSERT_EQ(negatives.size(), 3u);
  // 600 draws, 200 +- 11.5 expected each: 4 standard deviations.
  for (const auto& [row, count] : negatives) EXPECT_NEAR(count, 200, 46) << "row " << row;
}

TEST(Miners, EveryTrioIsValidWhateverTheBatch) {
  std::mt19937_64 random(4);
  for (int repetition = 0; repetition < 50; ++repetition) {
    const std::size_t n = 2 + random() % 12;
    std::vector<double> positions(n);
    std::vector<int> labels(n);
    for (double& position : positions) position = static_cast<double>(random() % 100) / 10;
    for (int& label : labels) label = static_cast<int>(random() % 5) - 1;
    SCOPED_TRACE("seed 4, repetition " + std::to_string(repetition));
    for (const auto mining : {TrioMining::kRandom, TrioMining::kSemiHard, TrioMining::kBatchHard}) {
      for (const auto& [anchor, positive, negative] : mine(mining, positions, labels)) {
        EXPECT_NE(anchor, positive);
        EXPECT_GE(labels[anchor], 0);
        EXPECT_EQ(labels[anchor], labels[positive]);
        EXPECT_GE(labels[negative], 0);
        EXPECT_NE(labels[anchor], labels[negative]);
      }
    }
  }
}

TEST(Miners, NoTrioWithoutAPositiveOrANegative) {
  for (const auto mining : {TrioMining::kRandom, TrioMining::kSemiHard, TrioMining::kBatchHard}) {
    EXPECT_TRUE(mine(mining, {0, 1, 2}, {0, 0, 0}).empty());
    EXPECT_TRUE(mine(mining, {0, 1, 2}, {0, 1, 2}).empty());
    EXPECT_TRUE(mine(mining, {0, 1, 2}, {-1, -1, -1}).empty());
    EXPECT_TRUE(mine(mining, {}, {}).empty());
  }
}

std::vector<Key> mine(PairMining mining, const std::vector<double>& positions,
                      const std::vector<int>& labels, std::uint64_t step = 0) {
  std::mt19937_64 random = step_random(1, step);
  std::vector<Key> keys;
  for (const Pair& p : mine_pairs(mining, distances_on_a_line(positions), labels, random)) {
    keys.push_back({p.first, p.second, p.is_same ? 1u : 0u});
  }
  return keys;
}

TEST(Miners, PairsOfEachKind) {
  const std::vector<double> positions = {0, 5, 6, 9};
  const std::vector<int> labels = {0, 0, 1, 2};
  EXPECT_EQ(mine(PairMining::kAll, positions, labels).size(), 6u);
  EXPECT_EQ(mine(PairMining::kHard, positions, labels), (std::vector<Key>{{0, 1, 1}, {1, 2, 0}}));
  std::set<Key> drawn;
  for (std::uint64_t step = 0; step < 100; ++step) {
    const std::vector<Key> pairs = mine(PairMining::kRandom, positions, labels, step);
    ASSERT_EQ(pairs.size(), 2u);
    EXPECT_EQ(pairs[0], (Key{0, 1, 1}));
    drawn.insert(pairs[1]);
  }
  EXPECT_EQ(drawn.size(), 5u);
}

TEST(Miners, PairsWhereOneKindIsMissingOrScarce) {
  EXPECT_EQ(mine(PairMining::kHard, {0, 1, 2}, {0, 1, 2}).size(), 3u);
  EXPECT_EQ(mine(PairMining::kRandom, {0, 1, 2}, {0, 0, 0}).size(), 3u);
  EXPECT_EQ(mine(PairMining::kHard, {0, 1, 2, 3}, {0, 0, 0, 1}).size(), 6u);
  EXPECT_TRUE(mine(PairMining::kAll, {0, 1}, {-1, 0}).empty());
}

TEST(Miners, BalancedWeightsSumToOne) {
  const std::vector<Pair> pairs = {{0, 1, true}, {0, 2, false}, {1, 2, false}};
  EXPECT_EQ(balanced_pair_weights(pairs).same, 0.5);
  EXPECT_EQ(balanced_pair_weights(pairs).different, 0.25);
  EXPECT_EQ(balanced_pair_weights({{0, 1, true}}).same, 1);
  EXPECT_EQ(balanced_pair_weights({}).same, 0);
}

TEST(Miners, SurviveDistancesThatAreNotNumbers) {
  Array<double> distances = distances_on_a_line({0, 1, 2, 3});
  distances.fill(std::numeric_limits<double>::quiet_NaN());
  std::mt19937_64 random(1);
  const std::vector<int> labels = {0, 0, 1, 1};
  for (const auto mining : {TrioMining::kRandom, TrioMining::kSemiHard, TrioMining::kBatchHard}) {
    EXPECT_FALSE(mine_trios(mining, distances, labels, random).empty());
  }
  EXPECT_EQ(mine_pairs(PairMining::kHard, distances, labels, random).size(), 4u);
}

TEST(Miners, RefuseDistancesOfAnotherBatch) {
  std::mt19937_64 random(1);
  const Array<double> distances = distances_on_a_line({0, 1});
  expect_error(ErrorCode::kInvalidArgument, "give the distances between all rows", [&] {
    mine_trios(TrioMining::kRandom, distances, {0, 0, 1}, random);
  });
  expect_error(ErrorCode::kInvalidArgument, "give the distances between all rows", [&] {
    mine_pairs(PairMining::kAll, distances, {0, 0, 1}, random);
  });
}

}  // namespace
}  // namespace visavis::miners_test
