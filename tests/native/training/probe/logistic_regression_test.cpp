#include "native/training/probe/logistic_regression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/model/classifier.h"
#include "native/training/probe/linear_probe.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"

namespace visavis::logistic_regression_test {
namespace {

LogisticRegression fit(const LabelledExamples& examples, double ridge, bool balanced = false) {
  return fit_logistic_regression(examples, {ridge, balanced});
}

/// Unit embeddings scattered round one direction per class.
LabelledExamples scattered(std::size_t classes, std::size_t length, std::size_t per_class) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  LabelledExamples examples;
  examples.classes = classes;
  for (std::size_t i = 0; i < classes * per_class; ++i) {
    Embedding embedding(length);
    float square = 0;
    for (std::size_t j = 0; j < length; ++j) {
      embedding[j] = normal(random) + (j == i % classes ? 2.0F : 0.0F);
      square += embedding[j] * embedding[j];
    }
    for (float& value : embedding) value /= std::sqrt(square);
    examples.embeddings.push_back(embedding);
    examples.label.push_back(i % classes);
  }
  return examples;
}

/// By its definition, sums written out; `weight` of each example.
double objective(const LabelledExamples& examples, const std::vector<double>& weight,
                 const Eigen::MatrixXd& weights, const Eigen::VectorXd& bias, double ridge) {
  double loss = 0;
  for (std::size_t i = 0; i < examples.label.size(); ++i) {
    std::vector<double> logits;
    double sum = 0;
    for (Eigen::Index c = 0; c < weights.rows(); ++c) {
      double logit = bias(c);
      for (Eigen::Index j = 0; j < weights.cols(); ++j) {
        logit += weights(c, j) * examples.embeddings[i][static_cast<std::size_t>(j)];
      }
      logits.push_back(logit);
      sum += std::exp(logit);
    }
    loss += weight[i] * (std::log(sum) - logits[examples.label[i]]);
  }
  return loss + ridge / 2 * weights.squaredNorm();
}

/// The objective is convex: where all its slopes are 0 there is its minimum.
void expect_minimum(const LabelledExamples& examples, const std::vector<double>& weight,
                    const LogisticRegression& found, double ridge) {
  EXPECT_NEAR(found.objective, objective(examples, weight, found.weights, found.bias, ridge),
              1e-12);
  constexpr double kStep = 1e-5;
  const auto slope = [&](const auto& move) {
    Eigen::MatrixXd weights = found.weights;
    Eigen::VectorXd bias = found.bias;
    move(weights, bias, kStep);
    const double above = objective(examples, weight, weights, bias, ridge);
    move(weights, bias, -2 * kStep);
    return (above - objective(examples, weight, weights, bias, ridge)) / (2 * kStep);
  };
  // Central differences of a value near 1 are exact to about 1e-16 / step.
  for (Eigen::Index c = 0; c < found.weights.rows(); ++c) {
    for (Eigen::Index j = 0; j < found.weights.cols(); ++j) {
      EXPECT_NEAR(slope([&](auto& w, auto&, double by) { w(c, j) += by; }), 0, 1e-8)
          << c << ',' << j;
    }
    EXPECT_NEAR(slope([&](auto&, auto& b, double by) { b(c) += by; }), 0, 1e-8) << c;
  }
}

TEST(LogisticRegressionTest, MeetsAnOptimumComputedByHand) {
  // Examples at -1 and 1: weights -w and w, biases 0, and the slope in w is
  // -2 / (1 + e^2w) + 2 ridge w. At w = 1 that is 0 for this ridge.
  const LabelledExamples examples{{{-1}, {1}}, {0, 1}, 2};
  const double ridge = 1 / (1 + std::exp(2.0));
  const LogisticRegression found = fit(examples, ridge);
  EXPECT_NEAR(found.weights(0, 0), -1, 1e-7);
  EXPECT_NEAR(found.weights(1, 0), 1, 1e-7);
  EXPECT_NEAR(found.bias(0), 0, 1e-7);
  EXPECT_NEAR(found.bias(1), 0, 1e-7);
  EXPECT_NEAR(found.objective, std::log1p(std::exp(-2.0)) + ridge, 1e-12);
}

TEST(LogisticRegressionTest, WithoutADifferenceTellsTheSharesOfTheClasses) {
  const LabelledExamples examples{{{1, 0}, {1, 0}, {1, 0}, {1, 0}}, {0, 1, 1, 1}, 2};
  const LogisticRegression plain = fit(examples, 0.01);
  EXPECT_NEAR(plain.weights.norm(), 0, 1e-9);
  EXPECT_NEAR(plain.bias(1) - plain.bias(0), std::log(3.0), 1e-7);
  const LogisticRegression balanced = fit(examples, 0.01, true);
  EXPECT_NEAR(balanced.bias(1) - balanced.bias(0), 0, 1e-7);
}

TEST(LogisticRegressionTest, EverySlopeIsZeroForThreeClasses) {
  LabelledExamples examples = scattered(3, 5, 12);
  for (const double ridge : {1e-4, 1e-2, 1.0}) {
    SCOPED_TRACE(ridge);
    const std::vector<double> alike(36, 1.0 / 36);
    const LogisticRegression found = fit(examples, ridge);
    expect_minimum(examples, alike, found, ridge);
    EXPECT_NEAR(found.bias.sum(), 0, 1e-8);
    EXPECT_NEAR(found.weights.colwise().sum().norm(), 0, 1e-7 / ridge);
  }
}

TEST(LogisticRegressionTest, BalancedClassesWeighAlike) {
  LabelledExamples examples = scattered(3, 4, 10);
  for (std::size_t i = 0; i < 30; i += 3) {  // The first class three times.
    for (int again = 0; again < 2; ++again) {
      examples.embeddings.push_back(examples.embeddings[i]);
      examples.label.push_back(0);
    }
  }
  std::vector<double> weight;
  for (const std::size_t label : examples.label) weight.push_back(label == 0 ? 1.0 / 90 : 1.0 / 30);
  const LogisticRegression balanced = fit(examples, 0.01, true);
  expect_minimum(examples, weight, balanced, 0.01);
  const LogisticRegression once = fit(scattered(3, 4, 10), 0.01);
  EXPECT_NEAR((balanced.weights - once.weights).norm(), 0, 1e-6);
  EXPECT_GT((fit(examples, 0.01).weights - once.weights).norm(), 1e-2);
}

TEST(LogisticRegressionTest, TheSameExamplesGiveTheSameBits) {
  const LabelledExamples examples = scattered(4, 16, 25);
  const LogisticRegression a = fit(examples, 1e-3), b = fit(examples, 1e-3);
  EXPECT_EQ(a.weights, b.weights);
  EXPECT_EQ(a.bias, b.bias);
}

TEST(LogisticRegressionTest, RefusesWhatItCannotLearnFrom) {
  const LabelledExamples sound{{{-1}, {1}}, {0, 1}, 2};
  for (const double ridge : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    expect_error(ErrorCode::kInvalidArgument, "ridge", [&] { fit(sound, ridge); });
  }
  const auto expect_refused = [](const LabelledExamples& examples, const std::string& part) {
    expect_error(ErrorCode::kInvalidArgument, part, [&] { fit(examples, 0.01); });
  };
  expect_refused({{{-1}, {1}}, {0, 0}, 1}, "two classes");
  expect_refused({{{-1}, {1}}, {0, 0}, 2}, "a class has no examples");
  expect_refused({{{-1}, {1}}, {0, 2}, 2}, "a label is no class");
  expect_refused({{{-1}, {1}}, {0}, 2}, "2 embeddings with 1 labels");
  expect_refused({{{-1}, {1, 0}}, {0, 1}, 2}, "differ in length");
}

TEST(LinearProbeTest, AppendsOneLayerBehindAnEmbeddingOfUnitLength) {
  Model model = fake_embedder();
  model.alignment = {};
  LogisticRegression regression;
  regression.weights = Eigen::MatrixXd::Zero(2, 3);
  regression.weights(0, 0) = 1;
  regression.weights(1, 1) = 2;
  regression.bias = Eigen::Vector2d(0.5, -0.5);
  append_probe(model, regression);
  EXPECT_TRUE(model.calibration.points.empty());
  ASSERT_EQ(model.network.layers.size(), 3U) << "mean, its unit vector, logits";
  FineImage image(112, 112);
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    image.pixels[i] = 30, image.pixels[i + 1] = 40;
  }
  const std::vector<float> probabilities = Classifier(model).probabilities(image);
  // The embedding is (0.6, 0.8, 0): logits 1.1 and 1.1.
  EXPECT_NEAR(probabilities[0], 0.5, 1e-5);
  EXPECT_NEAR(probabilities[1], 0.5, 1e-5);
}

TEST(LinearProbeTest, KeepsTheNormalisationThatIsThere) {
  Model model = fake_embedder();
  model.network.outputs = {
      add_layer(model.network, "unit", L2Normalize{}, {model.network.outputs.front()})};
  LogisticRegression regression;
  regression.weights = Eigen::MatrixXd::Zero(2, 3);
  regression.bias = Eigen::Vector2d::Zero();
  append_probe(model, regression);
  EXPECT_EQ(model.network.layers.size(), 3U);
  regression.weights = Eigen::MatrixXd::Zero(2, 4);
  Model other = fake_embedder();
  expect_error(ErrorCode::kInvalidArgument, "length 4, the model's have length 3",
               [&] { append_probe(other, regression); });
}

}  // namespace
}  // namespace visavis::logistic_regression_test
