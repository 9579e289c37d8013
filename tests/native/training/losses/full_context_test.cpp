// What is trained is what ships: the float forward of core against the one that has a way back.
#include "core/fewshot/full_context.h"

#include <gtest/gtest.h>

#include <random>

#include "core/fewshot/weighted_l1.h"
#include "native/training/losses/make_loss.h"
#include "native/training/losses/trainable_full_context.h"

namespace visavis::full_context_test {
namespace {

constexpr std::size_t kLength = 8;

RowMajor<float> random_rows(Eigen::Index rows, std::mt19937_64& random) {
  std::normal_distribution<float> normal(0, 0.5F);
  return RowMajor<float>::NullaryExpr(rows, kLength, [&] { return normal(random); });
}

std::vector<float> values_of(const RowMajor<float>& rows) {
  return {rows.data(), rows.data() + rows.size()};
}

/// The head of a loss with its parameters, as training exports it.
FewShotHead shipped_head(Loss<float>& loss) {
  FewShotHead head = loss.head();
  for (const TrainableParameter<float>* p : head_parameters(loss, kLength)) {
    Tensor tensor(p->value.shape());
    std::copy_n(p->value.data(), p->value.size(), tensor.data());
    head.parameters.emplace(p->name, std::move(tensor));
  }
  return head;
}

TEST(FullContextInTraining, GivesWhatTheShippedHeadGives) {
  ThreadPool threads(1);
  LossContext context;
  context.dimensions = kLength;
  context.seed = 7;
  const auto loss = make_loss<float>(
      "matching:full-context=true,steps=4,similarity=euclidean,scale=3", context, threads);
  const FewShotHead head = shipped_head(*loss);
  EXPECT_EQ(head.kind, FewShotHeadKind::kFullContext);
  EXPECT_EQ(head.similarity, Similarity::kEuclidean);
  EXPECT_EQ(head.scale, 3);
  EXPECT_EQ(head.steps, 4);

  std::mt19937_64 random(1);
  const RowMajor<float> support = random_rows(6, random), queries = random_rows(5, random);
  TrainableFullContext<float> trained(kLength, 4, 7);  // The loss's own weights.
  trained.forward(support, queries);
  const FullContext shipped(head);
  const std::vector<float> g = shipped.support(values_of(support));
  const std::vector<float> f = shipped.queries(values_of(queries), g);
  // The trainer's arithmetic may be fused, core's is not.
  for (std::size_t i = 0; i < g.size(); ++i) EXPECT_NEAR(g[i], trained.support().data()[i], 1e-5);
  for (std::size_t i = 0; i < f.size(); ++i) EXPECT_NEAR(f[i], trained.queries().data()[i], 1e-5);
  EXPECT_GT((trained.queries() - queries).norm(), 0.1) << "context changes nothing";
}

TEST(FullContextInTraining, WeightsAreThoseOfTheSeed) {
  const auto first_of = [](std::uint64_t seed) {
    TrainableFullContext<double> context(kLength, 1, seed);
    return context.parameters().front()->value[0];
  };
  EXPECT_EQ(first_of(3), first_of(3));
  EXPECT_NE(first_of(3), first_of(4));
}

TEST(FullContextInTraining, HeadsOfOtherLosses) {
  ThreadPool threads(1);
  LossContext context;
  context.dimensions = kLength;
  context.classes = 3;
  EXPECT_EQ(make_loss<float>("prototypical", context, threads)->head().kind,
            FewShotHeadKind::kNone);
  EXPECT_EQ(make_loss<float>("matching", context, threads)->head().kind, FewShotHeadKind::kNone);
  const auto koch = make_loss<float>("koch:weight=2+arcface", context, threads);
  EXPECT_EQ(koch->head().kind, FewShotHeadKind::kWeightedL1);
  EXPECT_EQ(head_parameters(*koch, kLength).size(), 2U);
  const std::vector<float> a(kLength, 0.5F), b(kLength, 0.25F);
  // As initialised: 1 - sum |a - b| / sqrt(8).
  EXPECT_NEAR(WeightedL1(shipped_head(*koch)).logit(a, b), 1 - 2 / std::sqrt(8.0), 1e-6);
}

}  // namespace
}  // namespace visavis::full_context_test
