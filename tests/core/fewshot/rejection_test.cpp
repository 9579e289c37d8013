#include "core/fewshot/rejection.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "core/rates/rate.h"
#include "tests/core/base/expect_error.h"

namespace visavis::rejection_test {
namespace {

using Distances = std::vector<double>;

/// Impostor pairs 1/`pairs`, 2/`pairs`, .. 1 apart: the FMR below a distance is that distance.
CalibrationTable even_table(std::size_t pairs) {
  std::vector<float> impostor;
  for (std::size_t i = 1; i <= pairs; ++i) {
    impostor.push_back(static_cast<float>(i) / static_cast<float>(pairs));
  }
  return calibrate({0.001F, 0.002F}, impostor, 1.0 / static_cast<double>(pairs), "even", 2000);
}

TEST(RejectionTest, FacesAreRejectedWhereTheyDoNotMatchAndImagesAtTheirOwnRate) {
  const CalibrationTable table = even_table(1000);
  EXPECT_EQ(default_rejection_distance(table, FewShotSubject::kFaces), table.threshold);
  const std::optional<double> images =
      default_rejection_distance(table, FewShotSubject::kWholeImages);
  ASSERT_TRUE(images.has_value());
  EXPECT_EQ(*images, threshold_at_fmr(table, 0.05));
  EXPECT_NEAR(*images, 0.05, 1e-3) << "the table's points are as far apart";
}

TEST(RejectionTest, WhereTooFewPairsTellARateImagesAreRejectedAsTheModelShips) {
  const CalibrationTable table = even_table(12);
  EXPECT_EQ(default_rejection_distance(table, FewShotSubject::kWholeImages), table.threshold);
}

TEST(RejectionTest, WithoutACalibrationNothingIsRejected) {
  for (const FewShotSubject subject : {FewShotSubject::kFaces, FewShotSubject::kWholeImages}) {
    EXPECT_EQ(default_rejection_distance({}, subject), std::nullopt);
  }
}

TEST(RejectionTest, TakesTheLargestThresholdThatKeepsTheRate) {
  const Distances unknown{0.9, 0.5, 0.7, 1.1, 0.6, 1.2, 0.8, 1.0, 1.3, 1.4};
  const Distances known{0.1, 0.3, 0.65, 0.2};
  const RejectionThreshold result = calibrate_rejection(known, unknown, 0.2);
  EXPECT_EQ(result.threshold, 0.7) << "0.5 and 0.6 are below, a third would be too many";
  EXPECT_EQ(result.false_acceptance.value, 0.2);
  EXPECT_EQ(result.false_rejection.value, 0);
  const RejectionThreshold strict = calibrate_rejection(known, unknown, 0.1);
  EXPECT_EQ(strict.threshold, 0.6);
  EXPECT_EQ(strict.false_rejection.value, 0.25) << "0.65 is lost";
  const Rate interval = rate_with_interval(1, 4);
  EXPECT_EQ(strict.false_rejection.low, interval.low);
  EXPECT_EQ(strict.false_rejection.high, interval.high);
}

TEST(RejectionTest, EqualDistancesAreRejectedTogether) {
  const Distances unknown{0.4, 0.5, 0.5, 0.5, 0.8};
  const RejectionThreshold result = calibrate_rejection({}, unknown, 0.4);
  EXPECT_EQ(result.threshold, 0.5);
  EXPECT_EQ(result.false_acceptance.value, 0.2) << "two would be allowed, four would come";
  EXPECT_EQ(result.false_rejection.low, 0) << "nothing is known";
  EXPECT_EQ(result.false_rejection.high, 1);
}

TEST(RejectionTest, SharesThatBinaryCannotHoldAreCountedRightly) {
  Distances unknown;
  for (int i = 0; i < 100; ++i) unknown.push_back(0.01 * i);
  EXPECT_EQ(calibrate_rejection({}, unknown, 0.29).false_acceptance.value, 0.29);
}

TEST(RejectionTest, KnownDistancesComeFromTheSupportItself) {
  SupportSet set(1);
  set.add_class("pair", std::vector<float>{0, 1});
  set.add_class("alone", std::vector<float>{20});
  set.add_class("three", std::vector<float>{10, 12, 16});
  FewShotOptions options;
  options.rejection_distance = 0.1;  // Is not to matter.
  // By prototypes: 1 and 1; 10 against 14, 12 against 13, and 16 is nearer to 20 than to 11.
  EXPECT_EQ(leave_one_out_distances(set, options), (Distances{1, 1, 4, 1, 4}));
  options.method = FewShotMethod::kNearest;
  EXPECT_EQ(leave_one_out_distances(set, options), (Distances{1, 1, 2, 2, 4}));
  SupportSet one(1);
  one.add_class("only", std::vector<float>{3, 5});
  EXPECT_EQ(leave_one_out_distances(one, options), (Distances{2, 2})) << "one class will do";
}

TEST(RejectionTest, RefusesWhatCannotBeTold) {
  const Distances some{0.5, 0.6, 0.7};
  expect_error(ErrorCode::kInvalidArgument, "it takes 10 or more",
               [&] { (void)calibrate_rejection({}, some, 0.1); });
  for (const double share : {0.0, 1.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    expect_error(ErrorCode::kInvalidArgument, "must be a number above 0 and below 1, not ",
                 [&] { (void)calibrate_rejection({}, some, share); });
  }
  expect_error(ErrorCode::kInvalidArgument, "the same images stand on both sides", [&] {
    (void)calibrate_rejection({}, Distances{0, 0, 0.7}, 0.5);
  });
  const Distances bad{0.5, std::numeric_limits<double>::quiet_NaN(), 0.7};
  expect_error(ErrorCode::kInvalidArgument, "not finite",
               [&] { (void)calibrate_rejection({}, bad, 0.5); });
  expect_error(ErrorCode::kInvalidArgument, "not finite",
               [&] { (void)calibrate_rejection(bad, some, 0.5); });
}

}  // namespace
}  // namespace visavis::rejection_test
