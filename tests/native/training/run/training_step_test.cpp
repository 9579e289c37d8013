#include "native/training/run/training_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <sstream>

#include "core/base/error.h"
#include "native/training/distributed/make_communicator.h"
#include "native/training/distributed/mpi_communicator.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/training/distributed/run_ranks.h"

namespace visavis::training_step_test {
namespace {

/// Lines of a name and numbers, as visavis_ranks' scenario `train` prints them.
std::map<std::string, std::vector<double>> parse(const std::string& output) {
  std::map<std::string, std::vector<double>> named;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    for (double number = 0; words >> number;) named[name].push_back(number);
  }
  return named;
}

double norm_of_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

struct DataParallelCase {
  int ranks;
  std::string loss;
};

class DataParallel : public testing::TestWithParam<DataParallelCase> {
 protected:
  void SetUp() override {
    if (!has_mpi()) GTEST_SKIP() << "built without MPI (Debian: libopenmpi-dev)";
    if (!has_mpirun()) GTEST_SKIP() << "mpirun is not installed (Debian: openmpi-bin)";
  }
};

/// What differs is the order of float additions over rows. Each line's vector (loss and gradient
/// norm of a step, a parameter's values after five) may differ by this share of its own norm, or by
/// this much: the bias before a normalisation has no gradient but what rounding leaves. Measured:
/// up to 4e-5, on the stem's shift, whose own gradient nearly cancels.
TEST_P(DataParallel, EqualsOneRankWithTheWholeBatch) {
  constexpr double kTolerance = 1e-4;
  const RanksResult one = run_ranks(0, "train", GetParam().loss);
  const RanksResult many = run_ranks(GetParam().ranks, "train", GetParam().loss);
  ASSERT_EQ(one.exit_code, 0) << one.output;
  ASSERT_EQ(many.exit_code, 0) << many.output;
  const auto expected = parse(one.output);
  auto actual = parse(many.output);
  ASSERT_GT(expected.size(), 15U) << one.output;
  for (const auto& [name, values] : expected) {
    ASSERT_EQ(actual[name].size(), values.size()) << name;
    const double scale = norm_of_difference(values, std::vector<double>(values.size(), 0.0));
    EXPECT_LE(norm_of_difference(values, actual[name]), kTolerance * std::max(scale, 0.01))
        << name << " on " << GetParam().ranks << " ranks; norm " << scale;
  }
}

TEST_P(DataParallel, GivesTheSameBitsInEveryRun) {
  const RanksResult first = run_ranks(GetParam().ranks, "train", GetParam().loss);
  const RanksResult second = run_ranks(GetParam().ranks, "train", GetParam().loss);
  ASSERT_EQ(first.exit_code, 0) << first.output;
  EXPECT_EQ(first.output, second.output);
}

INSTANTIATE_TEST_SUITE_P(Mpirun, DataParallel,
                         testing::Values(DataParallelCase{2, "triplet:margin=0.3"},
                                         DataParallelCase{3, "triplet:margin=soft"},
                                         DataParallelCase{2, "arcface+distill"},
                                         DataParallelCase{2, "prototypical"}),
                         [](const auto& test) { return "case" + std::to_string(test.index); });

TEST(TrainingStepOfRanks, RefusesUnequalRows) {
  if (!has_mpi() || !has_mpirun()) GTEST_SKIP() << "no MPI (Debian: libopenmpi-dev openmpi-bin)";
  const RanksResult result = run_ranks(2, "unequal");
  EXPECT_EQ(result.exit_code, 0) << result.output;
}

/// A linear network, 2x2x1 pixels to 2 features, and a loss of which every value is known.
class FixedLoss final : public Loss<float> {
 public:
  double value = 1;
  float slope = 1;
  double evaluate(const Array<float>& embeddings, const BatchLabels& labels,
                  Array<float>& gradient) override {
    check_labelled_batch(embeddings.shape(), labels);
    gradient.resize(embeddings.shape());
    gradient.fill(slope);
    return value;
  }
  [[nodiscard]] LossFigures figures() const override { return {{"figure", 3}}; }
};

class TrainingStepTest : public testing::Test {
 protected:
  static NetworkSpec linear() {
    NetworkSpec spec;
    spec.input = {2, 2, 1};
    spec.outputs = {add_layer(spec, "features", FullyConnected{2, true}, {0})};
    return spec;
  }
  StepResult run(double clip) {
    Array<float> images({3, 2, 2, 1});
    images.fill(1);
    BatchLabels labels;
    labels.labels = {0, 1, 2};
    return TrainingStep(network_, loss_, *optimizer_, *communicator_, threads_, clip)
        .run(images, labels, 0.5);
  }

  ThreadPool threads_{2};
  TrainableNetwork<float> network_{linear(), 1, threads_};
  FixedLoss loss_;
  std::unique_ptr<Optimizer> optimizer_ =
      make_optimizer({OptimizerKind::kSgd, 0, 0, 0, 0, 0}, network_.parameters(), threads_);
  std::unique_ptr<Communicator> communicator_ = make_communicator();
};

TEST_F(TrainingStepTest, UpdatesAndReports) {
  const Array<float> before = network_.parameters()[1]->value;
  const StepResult result = run(0);
  EXPECT_TRUE(result.has_updated);
  EXPECT_EQ(result.loss, 1);
  EXPECT_EQ(result.figures.at("figure"), 3);
  // Three rows of ones with slope 1: each of 8 weights and 2 biases has gradient 3.
  EXPECT_NEAR(result.gradient_norm, 3 * std::sqrt(10.0), 1e-6);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_FLOAT_EQ(network_.parameters()[1]->value[i], before[i] - 0.5F * 3);
  }
}

TEST_F(TrainingStepTest, StartsEveryStepFromZeroGradients) {
  run(0);
  EXPECT_NEAR(run(0).gradient_norm, 3 * std::sqrt(10.0), 1e-6);
}

TEST_F(TrainingStepTest, ClipsTheGradient) {
  const Array<float> before = network_.parameters()[1]->value;
  EXPECT_NEAR(run(1).gradient_norm, 3 * std::sqrt(10.0), 1e-6);
  EXPECT_NEAR(network_.parameters()[1]->value[0], before[0] - 0.5F / std::sqrt(10.0F), 1e-6);
}

TEST_F(TrainingStepTest, LeavesParametersAloneWhereTheLossIsNotFinite) {
  const Parameters before = network_.get_parameters();
  loss_.value = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(run(1).has_updated);
  for (const auto& [name, tensor] : network_.get_parameters()) {
    EXPECT_TRUE(std::equal(tensor.begin(), tensor.end(), before.at(name).begin())) << name;
  }
}

TEST_F(TrainingStepTest, LeavesParametersAloneWhereTheGradientIsNotFinite) {
  const Parameters before = network_.get_parameters();
  loss_.slope = std::numeric_limits<float>::quiet_NaN();
  const StepResult result = run(1);
  EXPECT_FALSE(result.has_updated);
  EXPECT_FALSE(std::isfinite(result.gradient_norm));
  for (const auto& [name, tensor] : network_.get_parameters()) {
    EXPECT_TRUE(std::equal(tensor.begin(), tensor.end(), before.at(name).begin())) << name;
  }
}

TEST_F(TrainingStepTest, RefusesLabelsOfAnotherBatch) {
  Array<float> images({3, 2, 2, 1});
  images.fill(1);
  BatchLabels labels;
  labels.labels = {0, 1};
  TrainingStep step(network_, loss_, *optimizer_, *communicator_, threads_, 0);
  expect_error(ErrorCode::kInvalidArgument, "labels of another batch",
               [&] { step.run(images, labels, 0.5); });
}

}  // namespace
}  // namespace visavis::training_step_test
