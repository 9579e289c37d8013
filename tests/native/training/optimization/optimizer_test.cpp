#include "native/training/optimization/optimizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/core/base/expect_error.h"
#include "tests/native/training/optimization/random_parameters.h"

namespace visavis::optimizer_test {
namespace {

constexpr double kRate = 0.05;

OptimizerOptions options_of(OptimizerKind kind) {
  OptimizerOptions options;
  options.kind = kind;
  options.weight_decay = 0.02;
  return options;
}

/// One weight in double, written from the papers.
struct ReferenceSgd {
  double weight = 0, velocity = 0;
  void step(const OptimizerOptions& o, double decay, double gradient, int) {
    const double g = gradient + decay * weight;
    velocity = o.momentum * velocity + g;
    weight -= kRate * (g + o.momentum * velocity);
  }
};

struct ReferenceAdamW {
  double weight = 0, m = 0, v = 0;
  void step(const OptimizerOptions& o, double decay, double gradient, int t) {
    m = o.beta1 * m + (1 - o.beta1) * gradient;
    v = o.beta2 * v + (1 - o.beta2) * gradient * gradient;
    const double corrected_m = m / (1 - std::pow(o.beta1, t));
    const double corrected_v = v / (1 - std::pow(o.beta2, t));
    weight =
        weight * (1 - kRate * decay) - kRate * corrected_m / (std::sqrt(corrected_v) + o.epsilon);
  }
};

/// Weights reach about 2, where a float's half step is 1e-7; each step rounds a few times.
template <class Reference>
void expect_follows(OptimizerKind kind, int steps) {
  SCOPED_TRACE(std::to_string(steps) + " steps");
  const OptimizerOptions options = options_of(kind);
  const double tolerance = 5e-7 * steps;
  ThreadPool threads(2);
  RandomParameters parameters(1);
  std::vector<std::vector<Reference>> references;
  for (auto* parameter : parameters.all()) {
    auto& weights = references.emplace_back(parameter->value.size());
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i].weight = parameter->value[i];
  }
  const auto optimizer = make_optimizer(options, parameters.all(), threads);
  for (int step = 0; step < steps; ++step) {
    parameters.new_gradients();
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      const auto& parameter = parameters.at(p);
      if (!parameter.is_trained) continue;
      const double decay = parameter.has_weight_decay ? options.weight_decay : 0;
      for (std::size_t i = 0; i < references[p].size(); ++i) {
        references[p][i].step(options, decay, parameter.gradient[i], step + 1);
      }
    }
    optimizer->step(kRate, static_cast<std::uint64_t>(step));
  }
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    for (std::size_t i = 0; i < references[p].size(); ++i) {
      ASSERT_NEAR(parameters.at(p).value[i], references[p][i].weight, tolerance)
          << parameters.at(p).name << " " << i;
    }
  }
}

TEST(Optimizer, SgdFollowsNesterovInDouble) {
  expect_follows<ReferenceSgd>(OptimizerKind::kSgd, 1);
  expect_follows<ReferenceSgd>(OptimizerKind::kSgd, 10);
}

TEST(Optimizer, AdamWFollowsLoshchilovAndHutterInDouble) {
  expect_follows<ReferenceAdamW>(OptimizerKind::kAdamW, 1);
  expect_follows<ReferenceAdamW>(OptimizerKind::kAdamW, 10);
}

class EachOptimizer : public testing::TestWithParam<OptimizerKind> {
 protected:
  static void run(Optimizer& optimizer, RandomParameters& parameters, int from, int to) {
    for (int step = from; step < to; ++step) {
      parameters.new_gradients();
      optimizer.step(kRate, static_cast<std::uint64_t>(step));
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Kinds, EachOptimizer,
                         testing::Values(OptimizerKind::kSgd, OptimizerKind::kAdamW),
                         [](const auto& kind) {
                           return kind.param == OptimizerKind::kSgd ? "Sgd" : "AdamW";
                         });

TEST_P(EachOptimizer, GivesTheSameBitsOnAnyNumberOfThreads) {
  ThreadPool one(1);
  RandomParameters expected(2);
  const auto reference = make_optimizer(options_of(GetParam()), expected.all(), one);
  run(*reference, expected, 0, 3);
  for (const int count : {2, 3, 7}) {
    SCOPED_TRACE(std::to_string(count) + " threads");
    ThreadPool threads(count);
    RandomParameters actual(2);
    const auto optimizer = make_optimizer(options_of(GetParam()), actual.all(), threads);
    run(*optimizer, actual, 0, 3);
    for (std::size_t p = 0; p < actual.size(); ++p) {
      EXPECT_TRUE(same_bits(actual.at(p).value, expected.at(p).value)) << actual.at(p).name;
    }
  }
}

TEST_P(EachOptimizer, GoesOnFromItsStateBitForBit) {
  ThreadPool threads(2);
  RandomParameters expected(3);
  RandomParameters resumed(3);
  const auto reference = make_optimizer(options_of(GetParam()), expected.all(), threads);
  TrainingState state;
  {
    const auto first = make_optimizer(options_of(GetParam()), resumed.all(), threads);
    run(*first, resumed, 0, 4);
    state = first->state();
  }
  const auto second = make_optimizer(options_of(GetParam()), resumed.all(), threads);
  second->set_state(state);
  run(*second, resumed, 4, 8);
  run(*reference, expected, 0, 8);
  for (std::size_t p = 0; p < expected.size(); ++p) {
    EXPECT_TRUE(same_bits(resumed.at(p).value, expected.at(p).value)) << expected.at(p).name;
  }
}

TEST_P(EachOptimizer, LeavesStatisticsAlone) {
  ThreadPool threads(2);
  RandomParameters parameters(4);
  const Array<float> before = parameters.at(2).value;
  const auto optimizer = make_optimizer(options_of(GetParam()), parameters.all(), threads);
  run(*optimizer, parameters, 0, 2);
  ASSERT_FALSE(parameters.at(2).is_trained);
  EXPECT_TRUE(same_bits(parameters.at(2).value, before));
}

TEST_P(EachOptimizer, NamesTheArrayThatDoesNotFitAndTakesNothing) {
  ThreadPool threads(1);
  RandomParameters parameters(5);
  const auto optimizer = make_optimizer(options_of(GetParam()), parameters.all(), threads);
  run(*optimizer, parameters, 0, 1);
  const TrainingState state = optimizer->state();
  const std::string last = state.rbegin()->first;

  TrainingState missing = state;
  missing.erase(last);
  missing.begin()->second.fill(9.0F);
  expect_error(ErrorCode::kModelMismatch, "array '" + last + "' is missing",
               [&] { optimizer->set_state(missing); });
  TrainingState reshaped = state;
  reshaped[last] = Array<float>({2, 5});
  expect_error(ErrorCode::kModelMismatch, "'" + last + "' has shape [2, 5]",
               [&] { optimizer->set_state(reshaped); });
  TrainingState foreign = state;
  foreign.emplace("velocity/other", Array<float>({1}));
  expect_error(ErrorCode::kModelMismatch, "'velocity/other' is unknown",
               [&] { optimizer->set_state(foreign); });
  for (const auto& [name, array] : optimizer->state()) {
    EXPECT_TRUE(same_bits(array, state.at(name))) << name << " changed by a refused state";
  }
}

TEST_P(EachOptimizer, TakesNoParameters) {
  ThreadPool threads(2);
  const auto optimizer = make_optimizer(options_of(GetParam()), {}, threads);
  optimizer->step(kRate, 0);
  EXPECT_TRUE(optimizer->state().empty());
  optimizer->set_state({});
}

TEST(Optimizer, AZeroGradientFromTheStartMovesNothingUnderAdamW) {
  ThreadPool threads(1);
  RandomParameters parameters(6);
  OptimizerOptions options = options_of(OptimizerKind::kAdamW);
  options.weight_decay = 0;
  const Array<float> before = parameters.at(3).value;
  parameters.at(3).gradient.fill(0.0F);
  make_optimizer(options, parameters.all(), threads)->step(kRate, 0);
  EXPECT_TRUE(same_bits(parameters.at(3).value, before));
}

TEST(Optimizer, RefusesOptionsOutOfRange) {
  ThreadPool threads(1);
  const auto refused = [&](const std::string& part, OptimizerOptions options) {
    expect_error(ErrorCode::kInvalidArgument, part, [&] { make_optimizer(options, {}, threads); });
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refused("momentum", {.momentum = 1.0});
  refused("momentum", {.momentum = nan});
  refused("weight decay", {.weight_decay = -1e-4});
  refused("beta1", {.kind = OptimizerKind::kAdamW, .beta1 = 1.0});
  refused("beta2", {.kind = OptimizerKind::kAdamW, .beta2 = -0.1});
  refused("epsilon", {.kind = OptimizerKind::kAdamW, .epsilon = 0});
  for (const double rate : {0.0, -1.0, nan}) {
    expect_error(ErrorCode::kInvalidArgument, "learning rate",
                 [&] { make_optimizer({}, {}, threads)->step(rate, 0); });
  }
}

TEST(Optimizer, RefusesTwoParametersOfOneName) {
  ThreadPool threads(1);
  RandomParameters parameters(7);
  parameters.at(1).name = parameters.at(0).name;
  expect_error(ErrorCode::kInvalidArgument, "'first.filter'",
               [&] { make_optimizer({}, parameters.all(), threads); });
}

// Gradient norm and clipping ---------------------------------------------------------------------

double reference_norm(RandomParameters& parameters) {
  double sum = 0;
  for (auto* parameter : parameters.all()) {
    if (!parameter->is_trained) continue;
    for (std::size_t i = 0; i < parameter->gradient.size(); ++i) {
      sum += static_cast<double>(parameter->gradient[i]) * parameter->gradient[i];
    }
  }
  return std::sqrt(sum);
}

TEST(GradientNorm, CountsTrainedParametersAndNoThreads) {
  RandomParameters parameters(8);
  ThreadPool one(1);
  const double norm = gradient_norm(parameters.all(), one);
  EXPECT_NEAR(norm, reference_norm(parameters), 1e-12 * norm);  // 13,000 sums in double.
  for (const int count : {2, 5}) {
    ThreadPool threads(count);
    EXPECT_EQ(gradient_norm(parameters.all(), threads), norm) << count << " threads";
  }
  EXPECT_EQ(gradient_norm({}, one), 0.0);
}

TEST(GradientNorm, DoesNotOverflow) {
  RandomParameters parameters(9);
  ThreadPool threads(2);
  for (auto* parameter : parameters.all()) parameter->gradient.fill(1e30F);
  EXPECT_TRUE(std::isfinite(gradient_norm(parameters.all(), threads)));
}

TEST(ClipGradients, ScalesToTheLimit) {
  RandomParameters parameters(10);
  ThreadPool threads(2);
  const double before = reference_norm(parameters);
  const float first = parameters.at(0).gradient[0];
  EXPECT_NEAR(clip_gradients(parameters.all(), 2.0, threads), before, 1e-12 * before);
  EXPECT_NEAR(reference_norm(parameters), 2.0, 1e-6);  // Each element rounds to float once.
  EXPECT_NEAR(parameters.at(0).gradient[0], first * 2.0 / before, 1e-7);
}

TEST(ClipGradients, LeavesAGradientWithinTheLimitAlone) {
  RandomParameters parameters(11);
  ThreadPool threads(2);
  const Array<float> before = parameters.at(3).gradient;
  clip_gradients(parameters.all(), 1e6, threads);
  EXPECT_TRUE(same_bits(parameters.at(3).gradient, before));
}

TEST(ClipGradients, ScalesNothingByANormThatIsNotFinite) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    RandomParameters parameters(12);
    ThreadPool threads(2);
    parameters.at(1).gradient[3] = bad;
    const Array<float> before = parameters.at(3).gradient;
    EXPECT_FALSE(std::isfinite(clip_gradients(parameters.all(), 1.0, threads)));
    EXPECT_TRUE(same_bits(parameters.at(3).gradient, before)) << "with a gradient of " << bad;
  }
}

TEST(ClipGradients, RefusesALimitThatIsNotAboveZero) {
  ThreadPool threads(1);
  expect_error(ErrorCode::kInvalidArgument, "limit", [&] { clip_gradients({}, 0, threads); });
}

}  // namespace
}  // namespace visavis::optimizer_test
