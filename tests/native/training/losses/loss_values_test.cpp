// Each loss against values worked out by hand.
#include <gtest/gtest.h>

#include "core/base/error.h"
#include "native/training/losses/episode.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/training/losses/loss_batches.h"

namespace visavis::loss_values_test {
namespace {

constexpr double kExact = 1e-12;  // Double, a handful of operations.

class LossValues : public testing::Test {
 protected:
  double evaluate(const std::string& spec, const Array<double>& embeddings,
                  const BatchLabels& labels, LossContext context = {}) {
    context.dimensions = embeddings.shape()[1];
    if (labels.teacher.size() > 0) context.teacher_dimensions = labels.teacher.shape()[1];
    loss_ = make_loss<double>(spec, context, threads_);
    return loss_->evaluate(embeddings, labels, gradient_);
  }
  TrainableParameter<double>& parameter(std::size_t i) { return *loss_->parameters().at(i); }

  ThreadPool threads_{2};
  std::unique_ptr<Loss<double>> loss_;
  Array<double> gradient_;
};

Array<double> on_a_line(const std::vector<double>& values) {
  return array_of<double>({values.size(), 1}, values);
}

BatchLabels people(std::vector<int> labels) {
  BatchLabels made;
  made.labels = std::move(labels);
  return made;
}

BatchLabels episode_of(std::vector<int> labels, std::vector<bool> is_query) {
  BatchLabels made = people(std::move(labels));
  made.is_query = std::move(is_query);
  return made;
}

TEST_F(LossValues, ContrastiveWeighsBothKindsOfPairAlike) {
  // Same: d = 1, 1/2. Different: d = 3 beyond the margin, d = 2 misses it by 1, 1/2.
  const double loss = evaluate("contrastive:margin=3", on_a_line({0, 1, 3}), people({0, 0, 1}));
  EXPECT_NEAR(loss, 0.5 * 0.5 + 0.25 * 0.5, kExact);
  EXPECT_NEAR(gradient_[0], -0.5, kExact);
  EXPECT_NEAR(gradient_[1], 0.5 + 0.25, kExact);
  EXPECT_NEAR(gradient_[2], -0.25, kExact);
  EXPECT_EQ(loss_->figures().at("active pairs"), 0.5);
  EXPECT_NEAR(loss_->figures().at("positive distance"), 1, kExact);
  EXPECT_NEAR(loss_->figures().at("negative distance"), 2.5, kExact);
}

TEST_F(LossValues, TripletBatchHard) {
  // Anchors 0, 1, 1.5, 4: positives at 1, 1, 2.5, 2.5; negatives at 1.5, 0.5, 0.5, 3.
  const Array<double> line = on_a_line({0, 1, 1.5, 4});
  const BatchLabels labels = people({0, 0, 1, 1});
  EXPECT_NEAR(evaluate("triplet:margin=0.3", line, labels), (0.8 + 2.3) / 4, kExact);
  EXPECT_EQ(loss_->figures().at("active triplets"), 0.5);
  // Anchor 1: away from 0 by 1 - 0 is longer, towards 1.5 is nearer: both push it down; it is the
  // negative of anchor 1.5 besides.
  EXPECT_NEAR(gradient_[0], -0.25, kExact);
  EXPECT_NEAR(gradient_[1], 0.25 + 0.25 + 0.25, kExact);
  EXPECT_NEAR(gradient_[2], -0.25 - 0.25 - 0.25, kExact);
  EXPECT_NEAR(gradient_[3], 0.25, kExact);

  EXPECT_NEAR(evaluate("triplet:margin=0.3,distance=squared", line, labels), (1.05 + 6.3) / 4,
              kExact);
  const auto soft = [](double gap) { return std::log(1 + std::exp(gap)); };
  EXPECT_NEAR(evaluate("triplet:margin=soft", line, labels),
              (soft(-0.5) + soft(0.5) + soft(2) + soft(-0.5)) / 4, kExact);
  EXPECT_EQ(loss_->figures().at("active triplets"), 0.5);
}

TEST_F(LossValues, TripletLeavesUnlabelledPhotosOut) {
  const double with =
      evaluate("triplet:margin=0.3", on_a_line({0, 1, 0.4, 1.5, 4}), people({0, 0, -1, 1, 1}));
  EXPECT_NEAR(with, (0.8 + 2.3) / 4, kExact);
  EXPECT_EQ(gradient_[2], 0);
}

TEST_F(LossValues, TripletWithoutTrioIsZero) {
  EXPECT_EQ(evaluate("triplet", on_a_line({0, 1}), people({0, 0})), 0);
  EXPECT_EQ(loss_->figures().at("active triplets"), 0);
}

TEST_F(LossValues, PrototypicalWithUnequalShots) {
  // Prototypes 1 (of 0 and 2) and 4; the query 2 is at squared distances 1 and 4.
  const double loss = evaluate("prototypical", on_a_line({0, 4, 2, 2}),
                               episode_of({5, 9, 5, 5}, {false, false, false, true}));
  EXPECT_NEAR(loss, std::log(1 + std::exp(-3)), kExact);
  EXPECT_EQ(loss_->figures().at("episode accuracy"), 1);
  EXPECT_NEAR(evaluate("prototypical:scale=2", on_a_line({0, 4, 2, 2}),
                       episode_of({5, 9, 5, 5}, {false, false, false, true})),
              std::log(1 + std::exp(-6)), kExact);
}

TEST_F(LossValues, PrototypicalStaysExactWhereTheOwnClassIsHopeless) {
  const double loss = evaluate("prototypical", on_a_line({0, 100, 100}),
                               episode_of({0, 1, 0}, {false, false, true}));
  EXPECT_NEAR(loss, 10000, kExact);
  EXPECT_NEAR(gradient_[2], 2 * 100, 1e-9);
  EXPECT_EQ(loss_->figures().at("episode accuracy"), 0);
}

TEST_F(LossValues, MatchingAddsTheAttentionOfAClass) {
  // Cosines of the query with the support: 1 and 0 (its class), -1.
  const auto embeddings = array_of<double>({4, 2}, {1, 0, 0, 3, -1, 0, 2, 0});
  const BatchLabels labels = episode_of({0, 0, 1, 0}, {false, false, false, true});
  const double e = std::exp(1.0);
  EXPECT_NEAR(evaluate("matching", embeddings, labels), -std::log((e + 1) / (e + 1 + 1 / e)),
              kExact);
  // Squared distances 1, 13 and 9.
  const double own = std::exp(-1.0) + std::exp(-13.0);
  EXPECT_NEAR(evaluate("matching:similarity=euclidean", embeddings, labels),
              -std::log(own / (own + std::exp(-9.0))), kExact);
}

TEST_F(LossValues, EpisodesThatAreNone) {
  expect_error(ErrorCode::kInvalidArgument, "does not say which photos are queries", [&] {
    evaluate("prototypical", on_a_line({0, 1}), people({0, 1}));
  });
  expect_error(ErrorCode::kInvalidArgument, "has queries but no support", [&] {
    evaluate("matching", on_a_line({0, 1}), episode_of({0, 1}, {false, true}));
  });
  expect_error(ErrorCode::kInvalidArgument, "no support photos", [&] {
    evaluate("matching", on_a_line({0, 1}), episode_of({0, 1}, {true, true}));
  });
  expect_error(ErrorCode::kInvalidArgument, "no query photos", [&] {
    evaluate("matching", on_a_line({0, 1}), episode_of({0, 1}, {false, false}));
  });
  expect_error(ErrorCode::kInvalidArgument, "leaves nothing to tell apart",
               [&] { check_episode_plan(1, 1, 1); });
  expect_error(ErrorCode::kInvalidArgument, "shows nothing of a class",
               [&] { check_episode_plan(2, 0, 1); });
  expect_error(ErrorCode::kInvalidArgument, "ask nothing", [&] { check_episode_plan(2, 1, 0); });
  EXPECT_NO_THROW(check_episode_plan(2, 1, 1));
}

class ArcFaceValues : public LossValues {
 protected:
  /// Loss of one embedding at `angle` from its class, whose rival is a quarter turn further on.
  double at_angle(double angle, const std::string& spec = "arcface:scale=10,margin=0.5",
                  std::uint64_t step = 0) {
    LossContext context;
    context.classes = 2;
    const auto embedding = array_of<double>({1, 2}, {3 * std::cos(angle), 3 * std::sin(angle)});
    BatchLabels labels = people({0});
    labels.step = step;
    evaluate(spec, embedding, labels, context);
    parameter(0).value = array_of<double>({2, 2}, {2, 0, 0, 0.5});
    return loss_->evaluate(embedding, labels, gradient_);
  }
  static double expected(double target, double other) {
    return std::log(1 + std::exp(10 * (other - target)));
  }
};

TEST_F(ArcFaceValues, AddsTheMarginToTheAngle) {
  EXPECT_NEAR(at_angle(0.7), expected(std::cos(1.2), std::sin(0.7)), kExact);
  EXPECT_NEAR(at_angle(0.7, "arcface:scale=10,margin=0"), expected(std::cos(0.7), std::sin(0.7)),
              kExact);
  EXPECT_EQ(loss_->figures().at("class accuracy"), 1);
  EXPECT_NEAR(loss_->figures().at("target cosine"), std::cos(0.7), kExact);
}

TEST_F(ArcFaceValues, WarmsTheMarginUp) {
  const std::string spec = "arcface:scale=10,margin=0.5,warmup=10";
  EXPECT_NEAR(at_angle(0.7, spec, 0), expected(std::cos(0.7), std::sin(0.7)), kExact);
  EXPECT_NEAR(at_angle(0.7, spec, 5), expected(std::cos(0.95), std::sin(0.7)), kExact);
  EXPECT_NEAR(at_angle(0.7, spec, 500), expected(std::cos(1.2), std::sin(0.7)), kExact);
}

TEST_F(ArcFaceValues, TargetFallsWithTheAngleWithoutAStep) {
  // loss = log(1 + exp(10 (sin - target))), solved for the target.
  const auto target_at = [&](double angle) {
    return std::sin(angle) - std::log(std::expm1(at_angle(angle))) / 10;
  };
  double previous = target_at(0);
  for (int i = 1; i < 314; ++i) {
    const double target = target_at(0.01 * i);
    EXPECT_LE(target, previous + 1e-5) << "angle " << 0.01 * i;  // 1e-5: the floor of the sine.
    EXPECT_NEAR(target, previous, 0.011) << "angle " << 0.01 * i;
    previous = target;
  }
}

TEST_F(ArcFaceValues, RefusesALabelBeyondTheClasses) {
  LossContext context;
  context.classes = 2;
  expect_error(ErrorCode::kInvalidArgument, "label 2 for 2 classes",
               [&] { evaluate("arcface", on_a_line({1}), people({2}), context); });
}

TEST_F(LossValues, DistillationIsOneMinusTheCosine) {
  BatchLabels labels;
  labels.teacher = array_of<float>({2, 2}, {5, 0, 0, 1});
  EXPECT_NEAR(evaluate("distill", array_of<double>({2, 2}, {1, 1, 0, 7}), labels),
              (1 - std::sqrt(0.5)) / 2, 1e-7);  // The teacher is float.
  EXPECT_TRUE(loss_->parameters().empty());
  labels.teacher = array_of<float>({1, 1}, {-2});
  const auto student = array_of<double>({1, 2}, {1, 1});
  evaluate("distill", student, labels);
  parameter(0).value = array_of<double>({1, 2}, {3, 1});
  EXPECT_NEAR(loss_->evaluate(student, labels, gradient_), 2, kExact);
}

TEST_F(LossValues, RelationalDistancesInUnitsOfTheirMean) {
  BatchLabels labels;
  labels.teacher = array_of<float>({3, 1}, {0, 2, 6});
  EXPECT_NEAR(evaluate("relational:angle=0", on_a_line({0, 1, 3}), labels), 0, kExact);
  // Student 1/2, 2/2, 3/2 against teacher 3/4, 3/4, 3/2.
  labels.teacher = array_of<float>({3, 1}, {0, 1, 2});
  EXPECT_NEAR(evaluate("relational:angle=0", on_a_line({0, 1, 3}), labels),
              (0.5 * 0.0625 + 0.5 * 0.0625) / 3, kExact);
}

TEST_F(LossValues, RelationalAngles) {
  BatchLabels labels;  // Cosines 1/2 at every corner against 0, sqrt(1/2), sqrt(1/2).
  labels.teacher = array_of<float>({3, 2}, {0, 0, 1, 0, 0.5, std::sqrt(0.75)});
  const double sharp = std::sqrt(0.5) - 0.5;
  EXPECT_NEAR(evaluate("relational:distance=0,angle=3",
                       array_of<double>({3, 2}, {0, 0, 4, 0, 0, 4}), labels),
              3 * (0.5 * 0.25 + 2 * 0.5 * sharp * sharp) / 3, 1e-7);  // The teacher is float.
}

TEST_F(LossValues, RelationalAnglesOfLargeBatchesAreTakenInGroups) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  Array<double> embeddings({300, 2});
  for (std::size_t i = 0; i < embeddings.size(); ++i) embeddings[i] = normal(random);
  BatchLabels labels;
  labels.teacher = array_cast<float>(embeddings);
  EXPECT_NEAR(evaluate("relational", embeddings, labels), 0, 1e-6);  // The teacher is float.
  for (std::size_t i = 0; i < labels.teacher.size(); i += 2) labels.teacher[i] *= 3;
  EXPECT_GT(evaluate("relational", embeddings, labels), 0.01);
}

TEST_F(LossValues, KochIsASigmoidOfTheWeightedL1Distance) {
  const auto embeddings = array_of<double>({2, 2}, {0, 1, 2, 0.5});
  for (const int other : {0, 1}) {
    const BatchLabels labels = people({0, other});
    evaluate("koch", embeddings, labels);
    parameter(0).value = array_of<double>({2}, {-0.5, 3});
    parameter(1).value = array_of<double>({1}, {0.25});
    const double p_same = 1 / (1 + std::exp(-(0.25 - 0.5 * 2 + 3 * 0.5)));
    EXPECT_NEAR(loss_->evaluate(embeddings, labels, gradient_),
                -std::log(other == 0 ? p_same : 1 - p_same), kExact);
    EXPECT_EQ(loss_->figures().at("pair accuracy"), other == 0 ? 1 : 0);
  }
}

TEST_F(LossValues, SumsAreWeighted) {
  const Array<double> line = on_a_line({0, 1, 1.5, 4});
  const BatchLabels labels = people({0, 0, 1, 1});
  const double triplet = evaluate("triplet:margin=0.3", line, labels);
  const Array<double> triplet_gradient = gradient_;
  const double contrastive = evaluate("contrastive:margin=3", line, labels);
  const Array<double> contrastive_gradient = gradient_;
  EXPECT_NEAR(
      evaluate("triplet:margin=0.3,weight=0.25+contrastive:margin=3,weight=2", line, labels),
      0.25 * triplet + 2 * contrastive, kExact);
  for (std::size_t i = 0; i < line.size(); ++i) {
    EXPECT_NEAR(gradient_[i], 0.25 * triplet_gradient[i] + 2 * contrastive_gradient[i], kExact);
  }
  EXPECT_NEAR(loss_->figures().at("triplet loss"), triplet, kExact);
  EXPECT_EQ(loss_->figures().count("active pairs"), 1u);
}

}  // namespace
}  // namespace visavis::loss_values_test
