#include "core/rates/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::metrics_test {
namespace {

LabelledPair genuine(float distance, int fold = -1) { return {distance, true, true, fold}; }
LabelledPair impostor(float distance, int fold = -1) { return {distance, false, true, fold}; }

/// Many ties on purpose: distances are multiples of 1/16.
std::vector<LabelledPair> random_pairs(unsigned seed, int count) {
  std::mt19937 random(seed);
  std::vector<LabelledPair> pairs;
  for (int i = 0; i < count; ++i) {
    const bool is_genuine = random() % 2 == 0 || i == 0;
    const auto steps = random() % (is_genuine ? 20 : 32);
    pairs.push_back({static_cast<float>(steps) / 16, is_genuine && i != 1,
                     random() % 10 != 0 || i < 2, static_cast<int>(random() % 4)});
  }
  return pairs;
}

struct CountedRates {
  double fmr = 0;
  double fnmr = 0;
};

CountedRates count_rates(const std::vector<LabelledPair>& pairs, double threshold) {
  double matches = 0, impostors = 0, non_matches = 0, genuines = 0;
  for (const auto& pair : pairs) {
    const bool is_match = pair.has_face && pair.distance < threshold;
    if (pair.is_genuine) {
      ++genuines;
      non_matches += is_match ? 0 : 1;
    } else if (pair.has_face) {
      ++impostors;
      matches += is_match ? 1 : 0;
    }
  }
  return {matches / impostors, non_matches / genuines};
}

TEST(DetCurve, ListsEveryThresholdWhereARateChanges) {
  const auto det = det_curve({genuine(0.5F), genuine(1.0F), impostor(1.0F), impostor(1.5F)});
  ASSERT_EQ(det.size(), 4U);
  const double rates[4][3] = {{0.5, 0, 1}, {1.0, 0, 0.5}, {1.5, 0.5, 0}, {1.5, 1, 0}};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(det[i].threshold, rates[i][0], 1e-6);
    EXPECT_DOUBLE_EQ(det[i].fmr, rates[i][1]);
    EXPECT_DOUBLE_EQ(det[i].fnmr, rates[i][2]);
  }
  EXPECT_GT(det[3].threshold, 1.5);
}

TEST(DetCurve, AgreesWithCountingAndNeverTurnsBack) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto pairs = random_pairs(seed, 200);
    const auto det = det_curve(pairs);
    for (std::size_t i = 0; i < det.size(); ++i) {
      const auto counted = count_rates(pairs, det[i].threshold);
      EXPECT_NEAR(det[i].fmr, counted.fmr, 1e-12);
      EXPECT_NEAR(det[i].fnmr, counted.fnmr, 1e-12);
      if (i > 0) {
        EXPECT_GT(det[i].threshold, det[i - 1].threshold);
        EXPECT_GE(det[i].fmr, det[i - 1].fmr);
        EXPECT_LE(det[i].fnmr, det[i - 1].fnmr);
      }
    }
    EXPECT_EQ(det.back().fmr, 1);
  }
}

TEST(DetCurve, NeedsBothKindsOfPairs) {
  expect_error(ErrorCode::kInvalidArgument, "no impostor pairs with a face",
               [&] { det_curve({genuine(1)}); });
  expect_error(ErrorCode::kInvalidArgument, "no genuine pairs", [&] { det_curve({impostor(1)}); });
  expect_error(ErrorCode::kInvalidArgument, "no impostor pairs with a face", [&] {
    det_curve({genuine(1), {2, false, false, -1}});
  });
  expect_error(ErrorCode::kInvalidArgument, "is not a finite number", [&] {
    det_curve({genuine(std::nanf("")), impostor(1)});
  });
}

TEST(EqualErrorRate, IsZeroWhenSeparated) {
  EXPECT_EQ(equal_error_rate(det_curve({genuine(0.5F), genuine(0.6F), impostor(1.2F)})), 0);
}

TEST(EqualErrorRate, LiesWhereTheRatesCross) {
  // Below 0.9: 1 of 4 impostors matched, 1 of 4 genuine not: both rates 1/4.
  EXPECT_DOUBLE_EQ(
      equal_error_rate(det_curve({genuine(0.1F), genuine(0.2F), genuine(0.3F), genuine(1.0F),
                                  impostor(0.8F), impostor(0.9F), impostor(1.1F), impostor(1.2F)})),
      0.25);
  // One of each, the wrong way round: (0, 1) -> (1, 1) crosses at 1.
  EXPECT_DOUBLE_EQ(equal_error_rate(det_curve({genuine(1), impostor(0.5F)})), 1);
}

TEST(OperatingPoint, TakesTheLargestThresholdWithinTheFmr) {
  std::vector<LabelledPair> pairs{genuine(0.2F), genuine(1.05F)};
  for (int i = 0; i < 10; ++i) pairs.push_back(impostor(1.0F + 0.1F * static_cast<float>(i)));
  const OperatingPoint none = operating_point(pairs, 0.05);
  EXPECT_FLOAT_EQ(static_cast<float>(none.threshold), 1.0F);
  EXPECT_EQ(none.fmr.value, 0);
  EXPECT_EQ(none.fnmr.value, 0.5);
  const OperatingPoint one = operating_point(pairs, 0.1);
  EXPECT_FLOAT_EQ(static_cast<float>(one.threshold), 1.1F);
  EXPECT_DOUBLE_EQ(one.fmr.value, 0.1);
  EXPECT_EQ(one.fnmr.value, 0);
  EXPECT_EQ(operating_point(pairs, 1).fmr.value, 1);
}

TEST(OperatingPoint, AgreesWithTryingEveryThreshold) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto pairs = random_pairs(seed, 150);
    for (const double fmr : {0.0, 0.01, 0.1, 0.5}) {
      double fnmr = 1;
      for (const DetPoint& point : det_curve(pairs)) {
        if (point.fmr <= fmr) fnmr = std::min(fnmr, count_rates(pairs, point.threshold).fnmr);
      }
      const OperatingPoint found = operating_point(pairs, fmr);
      EXPECT_LE(found.fmr.value, fmr);
      EXPECT_NEAR(found.fnmr.value, fnmr, 1e-12);
      EXPECT_NEAR(rates_at_threshold(pairs, found.threshold).fnmr.value, fnmr, 1e-12);
    }
  }
}

TEST(OperatingPoint, CountsPhotosWithoutAFaceAsNonMatches) {
  std::vector<LabelledPair> pairs{genuine(0.2F), {2, true, false, -1}, impostor(1.0F)};
  EXPECT_EQ(operating_point(pairs, 0).fnmr.value, 0.5);
  EXPECT_EQ(operating_point(pairs, 1).fnmr.value, 0.5);
}

TEST(OperatingPoint, GainsNothingFromImpostorsWithoutAFace) {
  std::vector<LabelledPair> pairs{genuine(0.2F), impostor(0.5F), {2, false, false, -1}};
  EXPECT_EQ(rates_at_threshold(pairs, 1).fmr.value, 1);
}

TEST(VerificationAccuracy, CountsPairsWithoutAFaceAsWrong) {
  const std::vector<LabelledPair> pairs{
      genuine(0.5F), impostor(1.5F), {2, true, false, -1}, {2, false, false, -1}};
  EXPECT_EQ(verification_accuracy(pairs, 1), 0.5);
  EXPECT_EQ(verification_accuracy({genuine(1)}, 1), 0) << "a match is distance < threshold";
  expect_error(ErrorCode::kInvalidArgument, "no pairs to measure accuracy on",
               [&] { verification_accuracy({}, 1); });
}

TEST(MostAccurateThreshold, LiesInTheMiddleOfTheGap) {
  EXPECT_FLOAT_EQ(static_cast<float>(most_accurate_threshold({genuine(0.5F), impostor(1.5F)})), 1);
}

TEST(MostAccurateThreshold, BeatsEveryOther) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto pairs = random_pairs(seed, 100);
    const double best = verification_accuracy(pairs, most_accurate_threshold(pairs));
    for (int i = 0; i <= 70; ++i) {
      EXPECT_GE(best, verification_accuracy(pairs, i / 32.0)) << "threshold " << i / 32.0;
    }
  }
}

TEST(MostAccurateThreshold, HoldsAtTheEnds) {
  EXPECT_EQ(verification_accuracy({genuine(2)}, most_accurate_threshold({genuine(2)})), 1);
  EXPECT_EQ(verification_accuracy({impostor(0)}, most_accurate_threshold({impostor(0)})), 1);
}

TEST(FoldedAccuracy, DecidesEachFoldWithTheThresholdOfTheOthers) {
  // Fold 1 alone would be split perfectly at 0.35, but fold 0 says 1.0: its impostor at 0.4 fails.
  const auto accuracy =
      folded_accuracy({genuine(0.5F, 0), impostor(1.5F, 0), genuine(0.3F, 1), impostor(0.4F, 1)});
  EXPECT_THAT(accuracy.folds, testing::ElementsAre(0.5, 0.5));
  EXPECT_EQ(accuracy.mean, 0.5);
  EXPECT_EQ(accuracy.standard_error, 0);
}

TEST(FoldedAccuracy, StandardErrorIsThatOfTheMean) {
  // Folds of accuracy 1, 1 and 0.5: deviation sqrt(1/12), over sqrt(3): 1/6.
  const auto accuracy = folded_accuracy({genuine(0.5F, 0), impostor(1.5F, 0), genuine(0.5F, 1),
                                         impostor(1.5F, 1), genuine(0.5F, 2), genuine(1.9F, 2)});
  EXPECT_THAT(accuracy.folds, testing::ElementsAre(1, 1, 0.5));
  EXPECT_NEAR(accuracy.standard_error, 1.0 / 6, 1e-12);
  expect_error(ErrorCode::kInvalidArgument, "needs two folds or more", [&] {
    folded_accuracy({genuine(1), impostor(1.5F)});
  });
}

}  // namespace
}  // namespace visavis::metrics_test
