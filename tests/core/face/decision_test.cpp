#include "core/face/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/face/verifier.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"

namespace visavis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr DecisionBounds kBounds{0.9, 1.0, 1.2, 0.8};
const FaceFitness kGood{0.95, {}};
const FaceFitness kBlurredPhoto{0.95, {QualityIssue::kBlurred}};
const FaceFitness kDoubtful{0.79, {}};

Decision decide_at(double distance, const FaceFitness& reference = kGood,
                   const FaceFitness& probe = kGood) {
  return decide(distance, reference, probe, kBounds);
}

TEST(Decision, PartsTheDistancesOfGoodPhotosInThree) {
  for (const double near : {0.1, 0.5, 0.9, 0.999}) {
    EXPECT_EQ(decide_at(near).outcome, Outcome::kMatch) << near;
    EXPECT_THAT(decide_at(near).reasons, IsEmpty());
  }
  for (const double between : {1.0, 1.199}) {
    EXPECT_EQ(decide_at(between).outcome, Outcome::kReview) << between;
    EXPECT_THAT(decide_at(between).reasons, ElementsAre("between-bounds"));
  }
  for (const double far : {1.2, 2.0}) {
    EXPECT_EQ(decide_at(far).outcome, Outcome::kMismatch) << far;
    EXPECT_THAT(decide_at(far).reasons, IsEmpty());
  }
}

TEST(Decision, APoorPhotoTurnsAllButASureMatchIntoAReview) {
  EXPECT_EQ(decide_at(0.89, kBlurredPhoto).outcome, Outcome::kMatch);
  for (const double distance : {0.9, 0.999, 1.2, 2.0}) {
    const Decision decision = decide_at(distance, kGood, kBlurredPhoto);
    EXPECT_EQ(decision.outcome, Outcome::kReview) << distance;
    EXPECT_THAT(decision.reasons, ElementsAre("blurred-probe"));
  }
  EXPECT_THAT(decide_at(1.5, kDoubtful, kBlurredPhoto).reasons,
              ElementsAre("low-confidence-reference", "blurred-probe"));
  EXPECT_THAT(decide_at(1.1, kBlurredPhoto).reasons,
              ElementsAre("between-bounds", "blurred-reference"));
}

TEST(Decision, OnePictureTwiceShowsNothing) {
  EXPECT_EQ(decide_at(0).outcome, Outcome::kReview);
  EXPECT_THAT(decide_at(0.099, kBlurredPhoto).reasons, ElementsAre("same-picture"));
}

TEST(Decision, WithoutBoundsTheThresholdPartsAndPoorPhotosAreReviewed) {
  const Verifier verifier(fake_models());
  const double threshold = verifier.calibration().threshold;
  EXPECT_EQ(verifier.decide(threshold - 0.01, kGood, kGood).outcome, Outcome::kMatch);
  EXPECT_EQ(verifier.decide(threshold, kGood, kGood).outcome, Outcome::kMismatch);
  EXPECT_EQ(verifier.decide(threshold, kGood, kBlurredPhoto).outcome, Outcome::kReview);
  EXPECT_EQ(verifier.decide(threshold, {0.69, {}}, kGood).outcome, Outcome::kReview);
}

TEST(Decision, PolicyPicksTheBounds) {
  FaceModels models = fake_models();
  DecisionTable& table = models.embedder.calibration.decision.emplace();
  table.policies = {{{0.2, 0.25, 0.9, 0.5}, {0.3, 0.4, 0.8, 0.5}, {0.5, 0.6, 0.7, 0.5}}};
  const Verifier verifier(models);
  EXPECT_EQ(verifier.bounds(DecisionPolicy::kCareful).match_if_good, 0.25);
  EXPECT_EQ(verifier.decide(0.35, kGood, kGood, DecisionPolicy::kCareful).outcome,
            Outcome::kReview);
  EXPECT_EQ(verifier.decide(0.35, kGood, kGood).outcome, Outcome::kMatch);
  EXPECT_EQ(verifier.decide(0.85, kGood, kGood, DecisionPolicy::kLenient).outcome,
            Outcome::kMismatch);
}

TEST(Decision, PoliciesAndOutcomesHaveNames) {
  EXPECT_STREQ(code_of(Outcome::kReview), "review");
  EXPECT_STREQ(code_of(DecisionPolicy::kLenient), "lenient");
  EXPECT_EQ(parse_decision_policy("careful"), DecisionPolicy::kCareful);
  expect_error(ErrorCode::kInvalidArgument, "give careful, balanced or lenient",
               [] { parse_decision_policy("strict"); });
}

}  // namespace
}  // namespace visavis
