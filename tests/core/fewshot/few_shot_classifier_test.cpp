#include "core/fewshot/few_shot_classifier.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/core/base/expect_error.h"
#include "tests/core/model/random_models.h"

namespace visavis::few_shot_classifier_test {
namespace {

using Values = std::vector<float>;

FewShotHead koch_head() {
  FewShotHead head;
  head.kind = FewShotHeadKind::kWeightedL1;
  // Only the second number counts.
  head.parameters = {{"koch.alpha", Tensor({2}, {0, -4})}, {"koch.bias", Tensor({1}, {1})}};
  return head;
}

FewShotHead context_head(Random& random) {
  FewShotHead head{FewShotHeadKind::kFullContext, Similarity::kEuclidean, 3, 2, {}};
  for (const ParameterSpec& spec : head_parameter_specs(head.kind, 4)) {
    head.parameters.emplace(spec.name, random.tensor(spec.shape));
  }
  return head;
}

SupportSet two_classes() {
  SupportSet support(2);
  support.add_class("a", Values{0, 0, 5, 1});
  support.add_class("b", Values{9, 3});
  return support;
}

TEST(FewShotClassifier, WithoutALearnedComparisonIsTheSupportSet) {
  const SupportSet support = two_classes();
  const FewShotAnswer answer = FewShotClassifier(support, {}).classify(Values{1, 3});
  const FewShotAnswer plain = support.classify(Values{1, 3}, {});
  EXPECT_EQ(answer.ranking[0].index, plain.ranking[0].index);
  EXPECT_EQ(answer.ranking[0].probability, plain.ranking[0].probability);
}

TEST(FewShotClassifier, TellsByTheBestPairOfTheWeightedDistance) {
  FewShotOptions options;
  const auto learned = std::make_shared<LearnedComparison>(koch_head());
  // Plainly nearer to "a"; by the second number, 0.5 from "b" and 1.5 from the second of "a".
  const FewShotAnswer answer =
      FewShotClassifier(two_classes(), options, learned).classify(Values{1, 2.5F});
  EXPECT_EQ(answer.ranking[0].index, 1U);
  const double b = 1 / (1 + std::exp(-(1 - 4 * 0.5))), a = 1 / (1 + std::exp(-(1 - 4 * 1.5)));
  EXPECT_NEAR(answer.ranking[0].probability, b / (a + b), 1e-6);
  EXPECT_NEAR(answer.ranking[0].distance, 1 - b, 1e-6);
  EXPECT_NEAR(answer.ranking[1].distance, 1 - a, 1e-6);
  EXPECT_FALSE(answer.is_rejected);
  options.rejection_distance = 0.5;
  EXPECT_TRUE(
      FewShotClassifier(two_classes(), options, learned).classify(Values{1, 2.5F}).is_rejected);
  EXPECT_FALSE(
      FewShotClassifier(two_classes(), options, learned).classify(Values{1, 3}).is_rejected);
}

TEST(FewShotClassifier, TellsInFullContextByAttentionOverEveryExample) {
  Random random(511);
  SCOPED_TRACE(random.trace());
  const FewShotHead head = context_head(random);
  const Tensor rows = random.tensor({5, 4}), query = random.tensor({4});
  SupportSet support(4);
  support.add_class("a", {rows.data(), 12});
  support.add_class("b", {rows.data() + 12, 8});
  const FewShotAnswer answer =
      FewShotClassifier(support, {}, std::make_shared<LearnedComparison>(head))
          .classify({query.data(), 4});

  const FullContext context(head);
  const Values g = context.support(support.rows());
  const Values f = context.queries({query.data(), 4}, g);
  std::vector<double> sums(2);
  for (std::size_t row = 0; row < 5; ++row) {
    double square = 0;
    for (std::size_t i = 0; i < 4; ++i) square += std::pow(double{f[i]} - g[row * 4 + i], 2);
    sums[row < 3 ? 0 : 1] += std::exp(-3 * square);
  }
  for (const RankedClass& ranked : answer.ranking) {
    EXPECT_NEAR(ranked.probability, sums[ranked.index] / (sums[0] + sums[1]), 1e-5);
  }
  const FewShotAnswer plain = support.classify(
      {query.data(), 4}, {FewShotMethod::kMatching, Similarity::kEuclidean, 3, {}});
  EXPECT_GT(std::abs(plain.ranking[0].probability - answer.ranking[0].probability), 1e-4);
}

TEST(FewShotClassifier, RefusesWhatDoesNotFit) {
  expect_error(ErrorCode::kInvalidArgument, "no learned comparison",
               [] { LearnedComparison{FewShotHead{}}; });
  Random random(512);
  const auto context = std::make_shared<LearnedComparison>(context_head(random));
  expect_error(ErrorCode::kInvalidArgument, "full context: 0 values",
               [&] { FewShotClassifier(SupportSet(4), {}, context); });
  expect_error(ErrorCode::kInvalidArgument, "full context",
               [&] { FewShotClassifier(two_classes(), {}, context); });
  const auto koch = std::make_shared<LearnedComparison>(koch_head());
  expect_error(ErrorCode::kInvalidArgument, "length 3", [&] {
    (void)FewShotClassifier(two_classes(), {}, koch).classify(Values{1, 2, 3});
  });
}

}  // namespace
}  // namespace visavis::few_shot_classifier_test
