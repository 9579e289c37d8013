#include "native/training/optimization/weight_average.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/core/base/expect_error.h"
#include "tests/native/training/optimization/random_parameters.h"

namespace visavis::weight_average_test {
namespace {

std::vector<Array<float>> values_of(RandomParameters& parameters) {
  std::vector<Array<float>> values;
  for (auto* parameter : parameters.all()) values.push_back(parameter->value);
  return values;
}

void expect_same_bits(RandomParameters& parameters, const std::vector<Array<float>>& expected) {
  for (std::size_t p = 0; p < expected.size(); ++p) {
    EXPECT_TRUE(same_bits(parameters.at(p).value, expected[p])) << parameters.at(p).name;
  }
}

TEST(WeightAverage, FollowsItsDefinitionInDoubleForStatisticsToo) {
  ThreadPool threads(2);
  RandomParameters parameters(1);
  constexpr double kDecay = 0.25;  // (1 + n) / (10 + n) is below for n = 0 and 1 only.
  WeightAverage average(kDecay, parameters.all(), threads);
  std::vector<std::vector<double>> expected;
  for (const Array<float>& value : values_of(parameters)) {
    expected.emplace_back(value.data(), value.data() + value.size());
  }
  for (int n = 0; n < 6; ++n) {
    parameters.new_values();
    average.update();
    const double decay = std::min(kDecay, (1.0 + n) / (10.0 + n));
    for (std::size_t p = 0; p < expected.size(); ++p) {
      for (std::size_t i = 0; i < expected[p].size(); ++i) {
        expected[p][i] = decay * expected[p][i] + (1 - decay) * parameters.at(p).value[i];
      }
    }
  }
  average.swap();
  for (std::size_t p = 0; p < expected.size(); ++p) {
    for (std::size_t i = 0; i < expected[p].size(); ++i) {
      ASSERT_NEAR(parameters.at(p).value[i], expected[p][i], 3e-7)  // Values up to 1, six steps.
          << parameters.at(p).name << " " << i;
    }
  }
}

TEST(WeightAverage, SwappedTwiceRestoresBitForBit) {
  ThreadPool threads(2);
  RandomParameters parameters(2);
  WeightAverage average(0.9, parameters.all(), threads);
  parameters.new_values();
  average.update();
  const auto before = values_of(parameters);
  average.swap();
  EXPECT_FALSE(same_bits(parameters.at(2).value, before[2])) << "the average is not the value";
  average.swap();
  expect_same_bits(parameters, before);
}

TEST(WeightAverage, RestartedItHoldsThePresentValuesOnly) {
  ThreadPool threads(2);
  RandomParameters parameters(6);
  WeightAverage average(0.9, parameters.all(), threads);
  for (int i = 0; i < 20; ++i) average.update();
  parameters.new_values();
  average.restart();
  average.update();
  const auto values = values_of(parameters);
  average.swap();
  expect_same_bits(parameters, values);
}

TEST(WeightAverage, WithoutDecayKeepsTheNewestWeightsExactly) {
  ThreadPool threads(2);
  RandomParameters parameters(3);
  parameters.at(0).value.fill(1e8F);  // Where v + (w - v) is not w.
  WeightAverage average(0, parameters.all(), threads);
  parameters.new_values();
  average.update();
  const auto newest = values_of(parameters);
  average.swap();
  expect_same_bits(parameters, newest);
}

TEST(WeightAverage, OfAConstantIsTheConstant) {
  ThreadPool threads(1);
  RandomParameters parameters(4);
  WeightAverage average(0.9999, parameters.all(), threads);
  const auto before = values_of(parameters);
  for (int n = 0; n < 1000; ++n) average.update();
  average.swap();
  expect_same_bits(parameters, before);
}

TEST(WeightAverage, GoesOnFromItsStateOnAnyNumberOfThreads) {
  ThreadPool one(1);
  ThreadPool three(3);
  RandomParameters expected(5);
  RandomParameters resumed(5);
  WeightAverage reference(0.9, expected.all(), one);
  WeightAverage first(0.9, resumed.all(), three);
  const auto update = [](RandomParameters& parameters, WeightAverage& average) {
    parameters.new_values();
    average.update();
  };
  for (int n = 0; n < 8; ++n) update(expected, reference);
  for (int n = 0; n < 3; ++n) update(resumed, first);
  first.swap();  // A state taken while swapped is that of the averages all the same.
  const TrainingState state = first.state();
  first.swap();
  WeightAverage second(0.9, resumed.all(), three);
  second.set_state(state);
  for (int n = 3; n < 8; ++n) update(resumed, second);
  const TrainingState actual = second.state();
  ASSERT_EQ(actual.size(), reference.state().size());
  for (const auto& [name, array] : reference.state()) {
    EXPECT_TRUE(same_bits(actual.at(name), array)) << name;
  }
}

TEST(WeightAverage, RefusesMisuse) {
  ThreadPool threads(1);
  RandomParameters parameters(6);
  WeightAverage average(0.9, parameters.all(), threads);
  TrainingState state = average.state();
  state.erase("norm.mean");
  expect_error(ErrorCode::kModelMismatch, "'norm.mean' is missing",
               [&] { average.set_state(state); });
  average.swap();
  expect_error(ErrorCode::kInternal, "swap it back", [&] { average.update(); });
  for (const double bad : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    expect_error(ErrorCode::kInvalidArgument, "from 0 to 1",
                 [&] { WeightAverage(bad, parameters.all(), threads); });
  }
}

TEST(WeightAverage, TakesNoParameters) {
  ThreadPool threads(2);
  WeightAverage average(0.9, {}, threads);
  average.update();
  average.swap();
  EXPECT_EQ(average.state().size(), 1U);  // The count of updates.
}

}  // namespace
}  // namespace visavis::weight_average_test
