#include "core/fewshot/full_context.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/fewshot/weighted_l1.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/model/random_models.h"

namespace visavis::full_context_test {
namespace {

/// Rounding of float sums.
constexpr double kTolerance = 1e-6;

FewShotHead head_of(std::size_t length, int steps) {
  FewShotHead head;
  head.kind = FewShotHeadKind::kFullContext;
  head.steps = steps;
  for (const ParameterSpec& spec : head_parameter_specs(head.kind, length)) {
    head.parameters.emplace(spec.name, Tensor(spec.shape));
  }
  return head;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// Of one unit, with gates that read i x (input), j h (recurrent).
struct Cell {
  double hidden = 0;
  double state = 0;
};
Cell step(const Cell& before, const std::vector<double>& gates) {
  const double state = sigmoid(gates[1]) * before.state + sigmoid(gates[0]) * std::tanh(gates[2]);
  return {sigmoid(gates[3]) * std::tanh(state), state};
}

TEST(FullContext, ZeroWeightsLeaveEmbeddingsAsTheyAre) {
  const FullContext context(head_of(2, 4));
  const std::vector<float> support{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(context.length(), 2U);
  EXPECT_EQ(context.support(support), support);
  EXPECT_EQ(context.queries(std::vector<float>{7, 8}, support), (std::vector<float>{7, 8}));
}

/// By hand, on numbers rather than vectors: a sequence of two, walked both ways.
TEST(FullContext, ReadsTheSupportForwardsAndBackwards) {
  FewShotHead head = head_of(1, 1);
  const std::vector<double> in{0.5, -0.25, 1.5, 0.75}, recurrent{0.3, 0.2, -0.6, 0.1},
      bias{0.1, 0.2, 0.3, 0.4};
  for (std::size_t i = 0; i < 4; ++i) {
    head.parameters["context.forward.input"][i] = static_cast<float>(in[i]);
    head.parameters["context.forward.recurrent"][i] = static_cast<float>(recurrent[i]);
    head.parameters["context.forward.bias"][i] = static_cast<float>(bias[i]);
    head.parameters["context.backward.input"][i] = static_cast<float>(-in[i]);
  }
  const double a = 0.8, b = -1.2;
  const auto walk = [&](const Cell& before, double x) {
    std::vector<double> gates(4);
    for (std::size_t i = 0; i < 4; ++i)
      gates[i] = in[i] * x + recurrent[i] * before.hidden + bias[i];
    return step(before, gates);
  };
  const auto walk_back = [&](const Cell& before, double x) {
    return step(before, {-in[0] * x, -in[1] * x, -in[2] * x, -in[3] * x});
  };
  const Cell first = walk({}, a), second = walk(first, b);
  const Cell last = walk_back({}, b), before_last = walk_back(last, a);
  const std::vector<float> g = FullContext(head).support(std::vector<float>{0.8F, -1.2F});
  EXPECT_NEAR(g[0], a + first.hidden + before_last.hidden, kTolerance);
  EXPECT_NEAR(g[1], b + second.hidden + last.hidden, kTolerance);
}

TEST(FullContext, QueriesReadTheSupportStepByStep) {
  FewShotHead head = head_of(1, 2);
  const std::vector<double> in{0.5, -0.25, 1.5, 0.75}, of_hidden{0.3, 0.2, -0.6, 0.1},
      of_read{-0.7, 0.4, 0.9, 0.2};
  for (std::size_t i = 0; i < 4; ++i) {
    head.parameters["context.attention.input"][i] = static_cast<float>(in[i]);
    head.parameters["context.attention.recurrent"][2 * i] = static_cast<float>(of_hidden[i]);
    head.parameters["context.attention.recurrent"][2 * i + 1] = static_cast<float>(of_read[i]);
  }
  const double query = 0.6;
  const std::vector<double> support{0.5, -2};
  Cell cell{query, 0};  // hidden: with the query added.
  for (int i = 0; i < 2; ++i) {
    const double first = std::exp(cell.hidden * support[0]);
    const double second = std::exp(cell.hidden * support[1]);
    const double read = (first * support[0] + second * support[1]) / (first + second);
    std::vector<double> gates(4);
    for (std::size_t g = 0; g < 4; ++g) {
      gates[g] = in[g] * query + of_hidden[g] * cell.hidden + of_read[g] * read;
    }
    cell = step(cell, gates);
    cell.hidden += query;
  }
  const std::vector<float> seen =
      FullContext(head).queries(std::vector<float>{0.6F}, std::vector<float>{0.5F, -2});
  EXPECT_NEAR(seen[0], cell.hidden, kTolerance);
}

TEST(FullContext, QueriesDoNotSeeEachOther) {
  Random random(501);
  SCOPED_TRACE(random.trace());
  FewShotHead head = head_of(6, 3);
  for (auto& [name, tensor] : head.parameters) tensor = random.tensor(tensor.shape());
  const FullContext context(head);
  const Tensor support = random.tensor({5, 6}), queries = random.tensor({4, 6});
  const std::vector<float> g = context.support({support.begin(), support.size()});
  const std::vector<float> all = context.queries({queries.begin(), queries.size()}, g);
  for (std::size_t q = 0; q < 4; ++q) {
    const std::vector<float> alone = context.queries({queries.begin() + 6 * q, 6}, g);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(alone[i], all[6 * q + i], 1e-5);
  }
}

TEST(FullContext, RefusesWhatDoesNotFit) {
  expect_error(ErrorCode::kInvalidArgument, "head is 'none'", [] { FullContext({}); });
  FewShotHead head = head_of(2, 1);
  head.parameters["context.forward.bias"] = Tensor({12});
  expect_error(ErrorCode::kInvalidArgument, "needs 12x3", [&] { FullContext{head}; });
  const FullContext context(head_of(2, 1));
  expect_error(ErrorCode::kInvalidArgument, "3 values are no support",
               [&] { (void)context.support(std::vector<float>(3)); });
  expect_error(ErrorCode::kInvalidArgument, "0 values are no support",
               [&] { (void)context.queries(std::vector<float>(2), {}); });
}

TEST(WeightedL1, IsTheLogitOfThePaper) {
  FewShotHead head;
  head.kind = FewShotHeadKind::kWeightedL1;
  head.parameters = {{"koch.alpha", Tensor({2}, {-0.5F, 3})}, {"koch.bias", Tensor({1}, {0.25F})}};
  const WeightedL1 compare(head);
  EXPECT_NEAR(compare.logit(std::vector<float>{0, 1}, std::vector<float>{2, 0.5F}),
              0.25 - 0.5 * 2 + 3 * 0.5, kTolerance);
  expect_error(ErrorCode::kInvalidArgument, "the head's is 2",
               [&] { (void)compare.logit(std::vector<float>{0}, std::vector<float>{2}); });
  expect_error(ErrorCode::kInvalidArgument, "--loss koch", [] { WeightedL1({}); });
}

}  // namespace
}  // namespace visavis::full_context_test
