#include "native/training/run/collapse_detector.h"

#include <gmock/gmock.h>

namespace visavis::collapse_detector_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

LossFigures figures(double active, double positive, double negative) {
  return {{"active triplets", active},
          {"positive distance", positive},
          {"negative distance", negative}};
}

/// What is said over `steps` steps that are all alike.
std::string said(CollapseDetector& detector, const LossFigures& each, int steps) {
  std::string all;
  for (int i = 0; i < steps; ++i) all += detector.see_step(each);
  return all;
}

TEST(CollapseDetectorTest, TellsEqualDistances) {
  CollapseDetector detector;
  EXPECT_THAT(said(detector, figures(1, 0.5, 0.5), 49), IsEmpty());
  EXPECT_THAT(said(detector, figures(1, 0.5, 0.5), 1), HasSubstr("collapsed"));
  EXPECT_THAT(said(detector, figures(1, 0.5, 0.5), 200), IsEmpty()) << "it has been said";
}

TEST(CollapseDetectorTest, TellsHardTriosOfASmallBall) {
  CollapseDetector detector;
  EXPECT_THAT(said(detector, figures(1, 0.34, 0.17), 50), HasSubstr("0.3400 away"));
}

TEST(CollapseDetectorTest, SaysNothingOfHardTriosThatSpread) {
  CollapseDetector detector;
  EXPECT_THAT(said(detector, figures(1, 1.3, 0.6), 100), IsEmpty());
  EXPECT_THAT(said(detector, figures(0.9, 0.34, 0.17), 100), IsEmpty()) << "trios are satisfied";
  EXPECT_THAT(said(detector, {{"teacher cosine", 0.5}}, 100), IsEmpty()) << "no trios";
}

TEST(CollapseDetectorTest, SaysItAnewAfterARecovery) {
  CollapseDetector detector;
  said(detector, figures(1, 0.5, 0.5), 60);
  said(detector, figures(0.5, 0.5, 1.0), 1);
  EXPECT_THAT(said(detector, figures(1, 0.5, 0.5), 49), IsEmpty());
  EXPECT_THAT(said(detector, figures(1, 0.5, 0.5), 1), HasSubstr("collapsed"));
}

TEST(CollapseDetectorTest, TellsEmbeddingsThatLieTogether) {
  const CollapseDetector detector;
  EXPECT_THAT(detector.see_validation(0.05), HasSubstr("0.0500"));
  EXPECT_THAT(detector.see_validation(0.8), IsEmpty());
}

}  // namespace
}  // namespace visavis::collapse_detector_test
