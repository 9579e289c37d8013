#include "core/rates/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::calibration_test {
namespace {

std::vector<float> normal_distances(unsigned seed, int count, float mean, float deviation) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(mean, deviation);
  std::vector<float> distances(static_cast<std::size_t>(count));
  for (float& d : distances) d = std::clamp(normal(random), 0.0F, 2.0F);
  return distances;
}

double share_below(const std::vector<float>& distances, double distance) {
  const auto below = std::count_if(distances.begin(), distances.end(),
                                   [&](float d) { return static_cast<double>(d) < distance; });
  return static_cast<double>(below) / static_cast<double>(distances.size());
}

CalibrationTable three_points() {
  CalibrationTable table;
  table.points = {{0.8, {0, 0, 1e-5}, {0.2, 0.1, 0.3}},
                  {1.0, {1e-4, 1e-5, 1e-3}, {0.1, 0.05, 0.2}},
                  {1.2, {1e-2, 1e-3, 1e-1}, {0.0, 0.0, 0.1}}};
  table.impostor_pairs = 1'000'000;
  return table;
}

TEST(RatesAt, GivesThePointsThemselves) {
  const CalibrationTable table = three_points();
  for (const CalibrationPoint& point : table.points) {
    EXPECT_NEAR(rates_at(table, point.distance).fmr.value, point.fmr.value, 1e-15);
    EXPECT_NEAR(rates_at(table, point.distance).fnmr.high, point.fnmr.high, 1e-15);
  }
}

TEST(RatesAt, InterpolatesTheLogarithmOfTheFmr) {
  const CalibrationPoint middle = rates_at(three_points(), 1.1);
  EXPECT_DOUBLE_EQ(middle.distance, 1.1);
  EXPECT_NEAR(middle.fmr.value, 1e-3, 1e-12);
  EXPECT_NEAR(middle.fmr.low, 1e-4, 1e-12);
  EXPECT_NEAR(middle.fnmr.value, 0.05, 1e-12);
  EXPECT_NEAR(rates_at(three_points(), 0.9).fmr.value, 0.5e-4, 1e-12) << "linear from 0";
}

TEST(RatesAt, InterpolatesTheFmrOfAlikeStrangersWhereThereIsOne) {
  EXPECT_FALSE(rates_at(three_points(), 1.1).alike_fmr);
  CalibrationTable table = three_points();
  table.alike = AlikeStrangersSource{"origin and sex", "x f", 2, 300, 20'000};
  for (CalibrationPoint& point : table.points) point.alike_fmr = Rate{10 * point.fmr.value, 0, 1};
  ASSERT_TRUE(rates_at(table, 1.1).alike_fmr);
  EXPECT_NEAR(rates_at(table, 1.1).alike_fmr->value, 1e-2, 1e-11);
  EXPECT_EQ(alike_odds_in_words(table, 0.01), "about 1 in 100");
  EXPECT_EQ(alike_odds_in_words(table, 1e-5), "fewer than 1 in 2,000");
  expect_error(ErrorCode::kInvalidArgument, "calibrate --strangers",
               [] { (void)alike_odds_in_words(three_points(), 0.01); });
}

TEST(RatesAt, HoldsBeyondTheEnds) {
  EXPECT_EQ(rates_at(three_points(), 0).fmr.value, 0);
  EXPECT_EQ(rates_at(three_points(), 0).fnmr.value, 0.2);
  EXPECT_EQ(rates_at(three_points(), 2).fmr.value, 1e-2);
  expect_error(ErrorCode::kInvalidArgument, "no calibration table", [&] { rates_at({}, 1); });
}

TEST(ThresholdAtFmr, InvertsRatesAt) {
  const CalibrationTable table = three_points();
  for (const double fmr : {2e-6, 5e-5, 1e-4, 3e-4, 9e-3}) {
    EXPECT_NEAR(rates_at(table, threshold_at_fmr(table, fmr)).fmr.value, fmr, 1e-9 * fmr);
  }
  EXPECT_EQ(threshold_at_fmr(table, 0.5), 1.2) << "the largest distance known";
}

TEST(ThresholdAtFmr, RefusesWhatTheTableCannotTell) {
  expect_error(ErrorCode::kInvalidArgument, "too few to tell an FMR",
               [&] { threshold_at_fmr(three_points(), 0.9e-6); });
  expect_error(ErrorCode::kInvalidArgument, "an FMR must be",
               [&] { threshold_at_fmr(three_points(), 1.5); });
  expect_error(ErrorCode::kInvalidArgument, "no calibration table",
               [&] { threshold_at_fmr({}, 0.1); });
}

TEST(Calibrate, AgreesWithCountingBetweenThePoints) {
  const unsigned seed = 7;
  const auto genuine = normal_distances(seed, 3000, 0.7F, 0.15F);
  const auto impostor = normal_distances(seed + 1, 50'000, 1.3F, 0.1F);
  const CalibrationTable table = calibrate(genuine, impostor, 1e-3, "normal distances");
  EXPECT_LE(table.points.size(), 200U);
  EXPECT_GE(table.points.size(), 100U);
  for (double distance = 0.3; distance < 1.7; distance += 0.01) {
    const CalibrationPoint rates = rates_at(table, distance);
    // Between neighbouring points a small rate changes by about a seventh, and its logarithm bends
    // little; where a handful of pairs decide, one or two of them may lie between.
    const double fmr = share_below(impostor, distance);
    EXPECT_NEAR(rates.fmr.value, fmr, 0.03 * fmr + 2.0 / 50'000) << distance;
    const double fnmr = 1 - share_below(genuine, distance);
    EXPECT_NEAR(rates.fnmr.value, fnmr, 0.03 * fnmr + 2.0 / 3000) << distance;
    EXPECT_LE(rates.fmr.low, rates.fmr.value);
    EXPECT_GE(rates.fmr.high, rates.fmr.value);
  }
  EXPECT_NEAR(share_below(impostor, table.threshold), 1e-3, 1e-9);
  EXPECT_NEAR(rates_at(table, table.threshold).fmr.value, 1e-3, 1e-9);
  EXPECT_NEAR(threshold_at_fmr(table, 1e-3), table.threshold, 1e-12);
}

TEST(Calibrate, IsMonotoneAndOrdered) {
  const auto table = calibrate(normal_distances(3, 40, 0.8F, 0.3F),
                               normal_distances(4, 300, 1.2F, 0.2F), 1e-2, "few pairs");
  for (std::size_t i = 1; i < table.points.size(); ++i) {
    const auto& a = table.points[i - 1];
    const auto& b = table.points[i];
    EXPECT_LT(a.distance, b.distance);
    EXPECT_LE(a.fmr.value, b.fmr.value);
    EXPECT_LE(a.fmr.low, b.fmr.low);
    EXPECT_LE(a.fmr.high, b.fmr.high);
    EXPECT_GE(a.fnmr.value, b.fnmr.value);
  }
}

TEST(Calibrate, CountsPhotosWithoutAFaceAtEveryThreshold) {
  std::vector<float> genuine = normal_distances(2, 99, 0.5F, 0.05F);
  genuine.push_back(2);
  const auto table = calibrate(genuine, normal_distances(1, 100, 1.3F, 0.1F), 0.1, "one missing");
  EXPECT_DOUBLE_EQ(rates_at(table, 2).fnmr.value, 0.01);
  EXPECT_DOUBLE_EQ(rates_at(table, 1).fnmr.value, 0.01);
}

TEST(Calibrate, RefusesWhatItCannotTell) {
  const std::vector<float> some(50, 1.0F);
  expect_error(ErrorCode::kInvalidArgument, "needs genuine pairs",
               [&] { calibrate({}, some, 0.1, ""); });
  expect_error(ErrorCode::kInvalidArgument, "needs impostor pairs",
               [&] { calibrate(some, {}, 0.1, ""); });
  expect_error(ErrorCode::kInvalidArgument, "50 are too few",
               [&] { calibrate(some, some, 1e-3, ""); });
  expect_error(ErrorCode::kInvalidArgument, "of the genuine pairs lies outside 0..2",
               [&] { calibrate({-1.0F}, some, 0.1, ""); });
  expect_error(ErrorCode::kInvalidArgument, "of the genuine pairs lies outside 0..2",
               [&] { calibrate({std::nanf("")}, some, 0.1, ""); });
}

TEST(OddsInWords, RoundsToWhatAReaderKeepsInMind) {
  const CalibrationTable table = three_points();
  EXPECT_EQ(odds_in_words(table, 0.00025), "about 1 in 4,000");
  EXPECT_EQ(odds_in_words(table, 0.00023), "about 1 in 4,500");
  EXPECT_EQ(odds_in_words(table, 1.0 / 12'400), "about 1 in 12,000");
  EXPECT_EQ(odds_in_words(table, 1.0 / 98'000), "about 1 in 100,000");
  EXPECT_EQ(odds_in_words(table, 1.0 / 14), "about 1 in 14");
  EXPECT_EQ(odds_in_words(table, 0.3), "about 1 in 3");
  EXPECT_EQ(odds_in_words(table, 0.5), "about 1 in 2");
  EXPECT_EQ(odds_in_words(table, 0.72), "about 7 in 10");
  EXPECT_EQ(odds_in_words(table, 0.949), "about 9 in 10");
  EXPECT_EQ(odds_in_words(table, 1), "almost all");
}

TEST(OddsInWords, ClaimsNothingBelowTenFalseMatches) {
  EXPECT_EQ(odds_in_words(three_points(), 0), "fewer than 1 in 100,000");
  EXPECT_EQ(odds_in_words(three_points(), 0.9e-5), "fewer than 1 in 100,000");
  EXPECT_EQ(odds_in_words({}, 0), "an unknown share of");
}

}  // namespace
}  // namespace visavis::calibration_test
