// Properties every loss has: gradients, finite results on batches that teach nothing, loud results
// on broken ones, reproducible bits. The values of each loss are in loss_values_test.cpp.
#include <gtest/gtest.h>

#include <limits>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/training/layers/gradient_check.h"
#include "tests/native/training/losses/loss_batches.h"

namespace visavis::losses_test {
namespace {

class EveryLoss : public testing::TestWithParam<LossSpecimen> {
 protected:
  ThreadPool threads_{3};  // More than cores: slices shall not matter.
};

std::string name_of(const testing::TestParamInfo<LossSpecimen>& info) {
  std::string name = std::to_string(info.index) + "_" + info.param.spec;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Losses, EveryLoss, testing::ValuesIn(loss_specimens()), name_of);

template <class T>
void zero_gradients(Loss<T>& loss) {
  for (TrainableParameter<T>* parameter : loss.parameters()) parameter->gradient.fill(T(0));
}

TEST_P(EveryLoss, GradientsMatchCentralDifferences) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    std::mt19937_64 random(seed);
    LossBatch batch = random_batch(GetParam(), random);
    SCOPED_TRACE(GetParam().spec + ", seed " + std::to_string(seed) + ", embeddings " +
                 to_string(batch.embeddings.shape()));
    const auto loss = make_loss<double>(GetParam().spec, batch.context, threads_);
    zero_gradients(*loss);
    Array<double> gradient;
    loss->evaluate(batch.embeddings, batch.labels, gradient);
    ASSERT_EQ(gradient.shape(), batch.embeddings.shape());
    std::vector<Array<double>> parameter_gradients;
    for (auto* parameter : loss->parameters()) parameter_gradients.push_back(parameter->gradient);

    const auto objective = [&] {
      Array<double> unused;
      return loss->evaluate(batch.embeddings, batch.labels, unused);
    };
    expect_gradient_matches("embeddings", batch.embeddings, gradient, objective, random);
    for (std::size_t i = 0; i < parameter_gradients.size(); ++i) {
      TrainableParameter<double>& parameter = *loss->parameters()[i];
      expect_gradient_matches(parameter.name, parameter.value, parameter_gradients[i], objective,
                              random);
    }
  }
}

TEST_P(EveryLoss, WritesTheGradientAndAddsToItsParameters) {
  std::mt19937_64 random(3);
  const LossBatch batch = random_batch(GetParam(), random);
  const auto loss = make_loss<double>(GetParam().spec, batch.context, threads_);
  zero_gradients(*loss);
  Array<double> gradient;
  loss->evaluate(batch.embeddings, batch.labels, gradient);
  std::vector<Array<double>> once;
  for (auto* parameter : loss->parameters()) once.push_back(parameter->gradient);

  Array<double> dirty(batch.embeddings.shape());
  dirty.fill(99);
  loss->evaluate(batch.embeddings, batch.labels, dirty);
  for (std::size_t i = 0; i < dirty.size(); ++i) EXPECT_EQ(dirty[i], gradient[i]);
  for (std::size_t p = 0; p < once.size(); ++p) {
    const Array<double>& twice = loss->parameters()[p]->gradient;
    for (std::size_t i = 0; i < twice.size(); ++i) EXPECT_NEAR(twice[i], 2 * once[p][i], 1e-12);
  }
}

template <class T>
void expect_finite(const LossSpecimen& specimen, const LossBatch& batch, ThreadPool& threads,
                   const std::string& what) {
  SCOPED_TRACE(specimen.spec + ", " + what);
  const auto loss = make_loss<T>(specimen.spec, batch.context, threads);
  zero_gradients(*loss);
  Array<T> gradient;
  EXPECT_TRUE(
      std::isfinite(loss->evaluate(array_cast<T>(batch.embeddings), batch.labels, gradient)));
  // A row as short as a float can tell from zero may be pushed hard, but not to infinity.
  for (std::size_t i = 0; i < gradient.size(); ++i) ASSERT_TRUE(std::isfinite(gradient[i]));
  for (auto* parameter : loss->parameters()) {
    for (std::size_t i = 0; i < parameter->gradient.size(); ++i) {
      ASSERT_TRUE(std::isfinite(parameter->gradient[i])) << parameter->name;
    }
  }
  for (const auto& [name, value] : loss->figures()) EXPECT_TRUE(std::isfinite(value)) << name;
}

void expect_finite_in_both(const LossSpecimen& specimen, const LossBatch& batch,
                           ThreadPool& threads, const std::string& what) {
  expect_finite<float>(specimen, batch, threads, what);
  expect_finite<double>(specimen, batch, threads, what);
}

TEST_P(EveryLoss, StaysFiniteWhereNothingCanBeLearned) {
  std::mt19937_64 random(5);
  const LossBatch batch = random_batch(GetParam(), random);
  const std::size_t n = batch.labels.labels.size();

  LossBatch changed = batch;
  std::fill(changed.labels.labels.begin(), changed.labels.labels.end(), 0);
  expect_finite_in_both(GetParam(), changed, threads_, "one person");

  changed = batch;
  const std::size_t dimensions = batch.context.dimensions;
  for (std::size_t i = 0; i < changed.embeddings.size(); ++i) {
    changed.embeddings[i] = batch.embeddings[i % dimensions];
  }
  expect_finite_in_both(GetParam(), changed, threads_, "identical embeddings");
  changed.labels.teacher.fill(1);
  expect_finite_in_both(GetParam(), changed, threads_, "identical embeddings and teacher");
  for (const double value : {0.0, 1e-30, 1e-13, 1e6}) {
    changed = batch;
    for (std::size_t i = 0; i < changed.embeddings.size(); ++i) changed.embeddings[i] *= value;
    expect_finite_in_both(GetParam(), changed, threads_, "times " + std::to_string(value));
  }
  if (loss_needs(GetParam().spec).episodes) return;  // The rest is no episode.

  changed = batch;
  for (std::size_t i = 0; i < n; ++i) {
    changed.labels.labels[i] = i < kTestClasses ? static_cast<int>(i) : kUnlabelled;
  }
  expect_finite_in_both(GetParam(), changed, threads_, "one photo each");
  std::fill(changed.labels.labels.begin(), changed.labels.labels.end(), kUnlabelled);
  expect_finite_in_both(GetParam(), changed, threads_, "nobody labelled");

  changed = batch;
  changed.labels.labels = {0};
  changed.embeddings.resize({1, dimensions});
  changed.labels.teacher.resize({1, batch.context.teacher_dimensions});
  expect_finite_in_both(GetParam(), changed, threads_, "one photo");
}

TEST_P(EveryLoss, ShowsWhatIsNotANumber) {
  std::mt19937_64 random(7);
  LossBatch batch = random_batch(GetParam(), random);
  const auto loss = make_loss<double>(GetParam().spec, batch.context, threads_);
  for (std::size_t row = 0; row < batch.labels.labels.size(); ++row) {
    if (batch.labels.labels[row] < 0) continue;
    Array<double> broken = batch.embeddings;
    broken[row * batch.context.dimensions] = std::numeric_limits<double>::quiet_NaN();
    Array<double> gradient;
    EXPECT_FALSE(std::isfinite(loss->evaluate(broken, batch.labels, gradient))) << "row " << row;
  }
}

TEST_P(EveryLoss, GivesTheSameBitsAgainAndWithAnyNumberOfThreadsTheSameValue) {
  std::mt19937_64 random(9);
  const LossBatch batch = random_batch(GetParam(), random);
  const Array<float> embeddings = array_cast<float>(batch.embeddings);
  ThreadPool single(1);
  Array<float> first;
  Array<float> again;
  Array<float> alone;
  const auto loss = make_loss<float>(GetParam().spec, batch.context, threads_);
  const double value = loss->evaluate(embeddings, batch.labels, first);
  const auto other = make_loss<float>(GetParam().spec, batch.context, threads_);
  EXPECT_EQ(other->evaluate(embeddings, batch.labels, again), value);
  const auto by_one = make_loss<float>(GetParam().spec, batch.context, single);
  // Slices differ in the last bits of float sums.
  EXPECT_NEAR(by_one->evaluate(embeddings, batch.labels, alone), value, 1e-5);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(again[i], first[i]);
    EXPECT_NEAR(alone[i], first[i], 1e-5);
  }
}

TEST_P(EveryLoss, AgreesInFloatAndDoubleAtTrainingSize) {
  std::mt19937_64 random(11);
  LossBatch batch;
  const std::size_t n = 32;
  batch.context = {128, kTestClasses, GetParam().has_longer_teacher ? 160u : 128u, 1};
  batch.embeddings.resize({n, 128});
  batch.labels.teacher.resize({n, batch.context.teacher_dimensions});
  std::normal_distribution<double> normal(0, 0.09);
  for (std::size_t i = 0; i < batch.embeddings.size(); ++i) {
    batch.embeddings[i] = static_cast<float>(normal(random));
  }
  for (std::size_t i = 0; i < batch.labels.teacher.size(); ++i) {
    batch.labels.teacher[i] = static_cast<float>(normal(random));
  }
  for (std::size_t i = 0; i < n; ++i) {
    batch.labels.labels.push_back(static_cast<int>(i / 5));
    if (loss_needs(GetParam().spec).episodes) batch.labels.is_query.push_back(i % 5 > 0);
  }
  const auto in_float = make_loss<float>(GetParam().spec, batch.context, threads_);
  const auto in_double = make_loss<double>(GetParam().spec, batch.context, threads_);
  Array<float> gradient;
  Array<double> exact;
  const double loss =
      in_float->evaluate(array_cast<float>(batch.embeddings), batch.labels, gradient);
  const double exact_loss = in_double->evaluate(batch.embeddings, batch.labels, exact);
  // 128 products summed in float are good to 1e-6 or so; exp(8 cos) and scales of 8 leave 1e-5.
  EXPECT_NEAR(loss, exact_loss, 1e-5 * std::max(1.0, exact_loss));
  for (std::size_t i = 0; i < exact.size(); ++i) ASSERT_NEAR(gradient[i], exact[i], 1e-5);
}

TEST_P(EveryLoss, RefusesLabelsOfAnotherBatch) {
  std::mt19937_64 random(13);
  const LossBatch batch = random_batch(GetParam(), random);
  const auto loss = make_loss<double>(GetParam().spec, batch.context, threads_);
  Array<double> gradient;
  Array<double> fewer = batch.embeddings;
  fewer.resize({batch.labels.labels.size() - 1, batch.context.dimensions});
  expect_error(ErrorCode::kInvalidArgument, "embeddings",
               [&] { loss->evaluate(fewer, batch.labels, gradient); });
  Array<double> image = batch.embeddings;
  image.resize({batch.labels.labels.size(), 1, 1, 2});
  expect_error(ErrorCode::kInvalidArgument, "[batch, dimensions]",
               [&] { loss->evaluate(image, batch.labels, gradient); });
}

}  // namespace
}  // namespace visavis::losses_test
