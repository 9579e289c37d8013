#include "native/training/initialization/channel_pruning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <random>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::channel_pruning_test {
namespace {

using testing::ElementsAre;

Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index columns, std::mt19937& random) {
  std::normal_distribution<double> normal;
  return Eigen::MatrixXd::NullaryExpr(rows, columns, [&] { return normal(random); });
}

/// The least variance lost with exactly these channels, by the normal equations.
double least_lost(const Eigen::MatrixXd& map, const Eigen::MatrixXd& covariance,
                  const std::vector<std::size_t>& kept) {
  const Eigen::MatrixXd fitted =
      covariance(kept, kept).llt().solve(covariance(kept, Eigen::all) * map.transpose());
  Eigen::MatrixXd difference = map;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    difference.col(static_cast<Eigen::Index>(kept[i])) -=
        fitted.row(static_cast<Eigen::Index>(i)).transpose();
  }
  return (difference * covariance).cwiseProduct(difference).sum() /
         (map * covariance).cwiseProduct(map).sum();
}

TEST(ChannelPruning, WeightsAreTheLeastSquaresFitOfTheChannelsKept) {
  std::mt19937 random(1);
  const Eigen::MatrixXd data = random_matrix(12, 40, random);
  const Eigen::MatrixXd covariance = data * data.transpose() / 40;
  const Eigen::MatrixXd map = random_matrix(5, 12, random);
  const PrunedMap pruned = prune_channels(map, covariance, 7);
  ASSERT_EQ(pruned.kept.size(), 7U);
  EXPECT_TRUE(std::is_sorted(pruned.kept.begin(), pruned.kept.end()));
  EXPECT_NEAR(pruned.lost, least_lost(map, covariance, pruned.kept), 1e-4);
}

TEST(ChannelPruning, TakesTheSingleChannelThatCostsLeast) {
  std::mt19937 random(2);
  for (int round = 0; round < 10; ++round) {
    const Eigen::MatrixXd data = random_matrix(8, 30, random);
    const Eigen::MatrixXd covariance = data * data.transpose() / 30;
    const Eigen::MatrixXd map = random_matrix(4, 8, random);
    double least = 1;
    for (std::size_t gone = 0; gone < 8; ++gone) {
      std::vector<std::size_t> kept;
      for (std::size_t c = 0; c < 8; ++c) {
        if (c != gone) kept.push_back(c);
      }
      least = std::min(least, least_lost(map, covariance, kept));
    }
    EXPECT_NEAR(prune_channels(map, covariance, 7).lost, least, 1e-4);
  }
}

TEST(ChannelPruning, ACopyOfAnotherChannelCostsNothing) {
  std::mt19937 random(3);
  Eigen::MatrixXd data = random_matrix(4, 50, random);
  data.row(2) = 2 * data.row(0);
  const Eigen::MatrixXd covariance = data * data.transpose() / 50;
  const Eigen::MatrixXd map = Eigen::MatrixXd::Ones(1, 4);
  const PrunedMap pruned = prune_channels(map, covariance, 3);
  EXPECT_LT(pruned.lost, 1e-6);
  // Twice the first's amplitude: its weight of 1 is 2 of the other's, or the other's half of it.
  const double of_first = pruned.kept[0] == 0 ? pruned.map(0, 0) : pruned.map(0, 1);
  EXPECT_NEAR(of_first, pruned.kept[0] == 0 ? 3.0 : 1.5, 1e-2);
}

TEST(ChannelPruning, AllChannelsKeepTheirWeights) {
  std::mt19937 random(4);
  const Eigen::MatrixXd map = random_matrix(2, 3, random);
  const PrunedMap pruned = prune_channels(map, Eigen::MatrixXd::Zero(3, 3), 3);
  EXPECT_THAT(pruned.kept, ElementsAre(0, 1, 2));
  EXPECT_EQ(pruned.map, map);
  EXPECT_EQ(pruned.lost, 0);
}

TEST(ChannelPruning, RefusesWhatDoesNotFit) {
  const Eigen::MatrixXd map = Eigen::MatrixXd::Ones(2, 3);
  expect_error(ErrorCode::kInvalidArgument, "cannot keep 0 of 3",
               [&] { prune_channels(map, Eigen::MatrixXd::Identity(3, 3), 0); });
  expect_error(ErrorCode::kInvalidArgument, "cannot keep 4 of 3",
               [&] { prune_channels(map, Eigen::MatrixXd::Identity(3, 3), 4); });
  expect_error(ErrorCode::kInvalidArgument, "covariance is 2x2",
               [&] { prune_channels(map, Eigen::MatrixXd::Identity(2, 2), 1); });
}

}  // namespace
}  // namespace visavis::channel_pruning_test
