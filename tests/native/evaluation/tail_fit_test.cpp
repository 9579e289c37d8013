#include "native/evaluation/tail_fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/core/base/expect_error.h"

namespace visavis {
namespace {

/// `count` distances below 1 whose depth has this scale and shape, among ten times as many pairs.
std::vector<WeightedDistance> drawn(double scale, double shape, int count) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform;
  std::vector<WeightedDistance> distances;
  for (int i = 0; i < count; ++i) {
    const double p = 1 - uniform(random);
    const double depth = shape == 0 ? -std::log(p) : (std::pow(p, -shape) - 1) / shape;
    distances.push_back({1 - scale * depth});
  }
  for (int i = 0; i < 9 * count; ++i) distances.push_back({1 + uniform(random)});
  std::sort(distances.begin(), distances.end(),
            [](const auto& a, const auto& b) { return a.distance < b.distance; });
  return distances;
}

TEST(TailFit, FindsTheDistributionThatDrew) {
  for (const double shape : {-0.2, 0.0, 0.2}) {
    const TailFit fit = fit_lower_tail(drawn(0.03, shape, 20'000), 0.1);
    EXPECT_NEAR(fit.bound, 1, 1e-3);
    EXPECT_NEAR(fit.share, 0.1, 1e-5);
    EXPECT_NEAR(fit.shape, shape, 0.03);
    EXPECT_NEAR(fit.scale, 0.03, 0.001);
  }
}

TEST(TailFit, TellsARateThatWasNotCounted) {
  // Fitted to 20,000 pairs in the tail of 200,000, where a share of 1e-6 is a fifth of a pair.
  const double shape = -0.1, fmr = 1e-6;
  const TailFit fit = fit_lower_tail(drawn(0.03, shape, 20'000), 0.1);
  const double depth = (std::pow(fmr / 0.1, -shape) - 1) / shape;
  EXPECT_NEAR(fit.threshold(fmr), 1 - 0.03 * depth, 0.02);
  EXPECT_NEAR(fit.false_match_rate(fit.threshold(fmr)), fmr, 1e-9);
  EXPECT_NEAR(fit.threshold(fit.share), fit.bound, 1e-12);
  EXPECT_EQ(fit.false_match_rate(0), 0) << "beyond the end of a bounded tail";
}

TEST(TailFit, WeightsCountPairsAsOften) {
  std::vector<WeightedDistance> once = drawn(0.03, 0.1, 500);
  std::vector<WeightedDistance> twice;
  for (const WeightedDistance& pair : once) twice.insert(twice.end(), 2, pair);
  for (WeightedDistance& pair : once) pair.weight = 2;
  once.push_back({0.1, 0});
  std::sort(once.begin(), once.end(),
            [](const auto& a, const auto& b) { return a.distance < b.distance; });
  const TailFit a = fit_lower_tail(once, 0.1), b = fit_lower_tail(twice, 0.1);
  EXPECT_NEAR(a.bound, b.bound, 1e-12);
  EXPECT_NEAR(a.scale, b.scale, 1e-9);
  EXPECT_NEAR(a.shape, b.shape, 1e-9);
}

TEST(TailFit, RefusesWhatTellsNothing) {
  expect_error(ErrorCode::kInvalidArgument, "give more photos",
               [] { fit_lower_tail(drawn(0.03, 0, 40), 0.1); });
  expect_error(ErrorCode::kInvalidArgument, "no tail to fit", [] {
    std::vector<WeightedDistance> equal(2000, WeightedDistance{1});
    fit_lower_tail(equal, 0.1);
  });
}

}  // namespace
}  // namespace visavis
