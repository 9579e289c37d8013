#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "core/base/error.h"
#include "native/training/run/validation.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/training/run/validation_data.h"

namespace visavis::episodic_validation_test {
namespace {

ValidationResult embedded(const ScatteredPeople& plan) {
  ValidationResult result;
  std::tie(result.embeddings, result.identity) = scattered_people(plan);
  return result;
}

TEST(EpisodicValidation, ClassesThatStandApartAreAllTold) {
  const auto result = validate_episodes(embedded({200, 20, 32, 0.1F, 1}), {5, 1, 5, 100, 0, {}});
  EXPECT_EQ(result.accuracy, 1);
  EXPECT_EQ(result.ci95, 0);
  EXPECT_EQ(result.episodes, 100U);
  EXPECT_EQ(result.way, 5U);
  EXPECT_EQ(result.shot, 1U);
}

TEST(EpisodicValidation, NoiseIsToldByChance) {
  // Noise a thousand times a class's own direction.
  const auto result = validate_episodes(embedded({400, 20, 32, 1000, 2}), {5, 1, 5, 1000, 0, {}});
  EXPECT_GT(result.ci95, 0);
  // Three standard errors; the interval is 1.96.
  EXPECT_NEAR(result.accuracy, 0.2, result.ci95 * 3 / 1.96);
  // 25 answers, each right by 0.2: a standard deviation of at least 0.08 in an episode.
  EXPECT_NEAR(result.ci95, 1.96 * 0.08 / std::sqrt(1000.0), 0.003);
}

TEST(EpisodicValidation, MoreShotsTellMore) {
  const auto photos = embedded({400, 20, 32, 1.5F, 3});
  const auto one = validate_episodes(photos, {10, 1, 5, 200, 0, {}});
  const auto five = validate_episodes(photos, {10, 5, 5, 200, 0, {}});
  EXPECT_GT(five.accuracy, one.accuracy + one.ci95 + five.ci95);
}

TEST(EpisodicValidation, SameSeedSameFigure) {
  const auto photos = embedded({200, 20, 16, 1.5F, 4});
  const double first = validate_episodes(photos, {5, 1, 5, 50, 9, {}}).accuracy;
  EXPECT_EQ(validate_episodes(photos, {5, 1, 5, 50, 9, {}}).accuracy, first);
  EXPECT_NE(validate_episodes(photos, {5, 1, 5, 50, 10, {}}).accuracy, first);
}

TEST(EpisodicValidation, CutsTheWayToTheClassesThatAreLargeEnough) {
  ValidationResult photos = embedded({30, 3, 16, 0.1F, 5});
  photos.identity.push_back(7);  // A class of one photo: nothing left to ask about.
  photos.embeddings.push_back(photos.embeddings.front());
  EXPECT_EQ(validate_episodes(photos, {20, 1, 100, 10, 0, {}}).way, 3U);
  expect_error(ErrorCode::kInvalidArgument, "10 shots need two classes with more photos", [&] {
    validate_episodes(photos, {20, 10, 1, 10, 0, {}});
  });
  expect_error(ErrorCode::kInvalidArgument, "leaves nothing to tell apart", [&] {
    validate_episodes(photos, {1, 1, 1, 10, 0, {}});
  });
  expect_error(ErrorCode::kInvalidArgument, "at least one episode is needed", [&] {
    validate_episodes(photos, {5, 1, 1, 0, 0, {}});
  });
}

TEST(EpisodicValidation, GroupsAreNotMixed) {
  // Two classes in each of two groups: within a group they stand apart, and every class has its
  // like in the other group.
  ValidationResult photos;
  for (std::int32_t identity = 0; identity < 4; ++identity) {
    for (int i = 0; i < 4; ++i) {
      photos.embeddings.push_back(identity % 2 == 0 ? Embedding{1, 0} : Embedding{0, 1});
      photos.identity.push_back(identity);
    }
  }
  const EpisodicResult within = validate_episodes(photos, {4, 1, 3, 50, 1, {0, 0, 1, 1}});
  EXPECT_EQ(within.way, 2U);
  EXPECT_EQ(within.accuracy, 1);
  EXPECT_LT(validate_episodes(photos, {4, 1, 3, 50, 1, {}}).accuracy, 0.9);
  expect_error(ErrorCode::kInvalidArgument, "in one folder", [&] {
    validate_episodes(photos, {4, 1, 3, 50, 1, {0, 1, 2, 3}});
  });
}

TEST(EpisodicValidation, AHeadOfFullContextTellsInItsOwnWay) {
  const auto photos = embedded({100, 10, 4, 0.3F, 6});
  FewShotHead head{FewShotHeadKind::kFullContext, Similarity::kCosine, 1, 2, {}};
  for (const ParameterSpec& spec : head_parameter_specs(head.kind, 4)) {
    head.parameters.emplace(spec.name, Tensor(spec.shape));
  }
  // LSTMs of zeros give zeros: embeddings stay as they are, and a support of one shot is its own
  // prototype.
  const EpisodicPlan plan{5, 1, 5, 100, 1, {}};
  const double plain = validate_episodes(photos, plan).accuracy;
  EXPECT_GT(plain, 0.5);
  EXPECT_NEAR(validate_episodes(photos, plan, head).accuracy, plain, 1e-9);
  // A cell that is always full turns every query into the same direction.
  for (const std::string name : {"context.attention.bias"}) {
    Tensor& bias = head.parameters.at(name);
    for (std::size_t i = 0; i < bias.size(); ++i) bias[i] = 1000;
  }
  EXPECT_LT(validate_episodes(photos, plan, head).accuracy, plain - 0.1);
  head.steps = 0;
  expect_error(ErrorCode::kInvalidArgument, "steps",
               [&] { validate_episodes(photos, plan, head); });
}

}  // namespace
}  // namespace visavis::episodic_validation_test
