#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "core/error.h"
#include "native/training/run/validation.h"
#include "tests/native/training/run/validation_data.h"

namespace visavis {
namespace {

ValidationResult embedded(const ScatteredPeople& plan) {
  ValidationResult result;
  std::tie(result.embeddings, result.identity) = scattered_people(plan);
  return result;
}

TEST(EpisodicValidation, ClassesThatStandApartAreAllTold) {
  const auto result = validate_episodes(embedded({200, 20, 32, 0.1F, 1}), 5, 1, 5, 100, 0);
  EXPECT_EQ(result.accuracy, 1);
  EXPECT_EQ(result.ci95, 0);
  EXPECT_EQ(result.episodes, 100U);
  EXPECT_EQ(result.way, 5U);
  EXPECT_EQ(result.shot, 1U);
}

TEST(EpisodicValidation, NoiseIsToldByChance) {
  // Noise a thousand times a class's own direction.
  const auto result = validate_episodes(embedded({400, 20, 32, 1000, 2}), 5, 1, 5, 1000, 0);
  EXPECT_GT(result.ci95, 0);
  // Three standard errors; the interval is 1.96.
  EXPECT_NEAR(result.accuracy, 0.2, result.ci95 * 3 / 1.96);
  // 25 answers, each right by 0.2: a standard deviation of at least 0.08 in an episode.
  EXPECT_NEAR(result.ci95, 1.96 * 0.08 / std::sqrt(1000.0), 0.003);
}

TEST(EpisodicValidation, MoreShotsTellMore) {
  const auto photos = embedded({400, 20, 32, 1.5F, 3});
  const auto one = validate_episodes(photos, 10, 1, 5, 200, 0);
  const auto five = validate_episodes(photos, 10, 5, 5, 200, 0);
  EXPECT_GT(five.accuracy, one.accuracy + one.ci95 + five.ci95);
}

TEST(EpisodicValidation, SameSeedSameFigure) {
  const auto photos = embedded({200, 20, 16, 1.5F, 4});
  const double first = validate_episodes(photos, 5, 1, 5, 50, 9).accuracy;
  EXPECT_EQ(validate_episodes(photos, 5, 1, 5, 50, 9).accuracy, first);
  EXPECT_NE(validate_episodes(photos, 5, 1, 5, 50, 10).accuracy, first);
}

TEST(EpisodicValidation, CutsTheWayToTheClassesThatAreLargeEnough) {
  ValidationResult photos = embedded({30, 3, 16, 0.1F, 5});
  photos.identity.push_back(7);  // A class of one photo: nothing left to ask about.
  photos.embeddings.push_back(photos.embeddings.front());
  EXPECT_EQ(validate_episodes(photos, 20, 1, 100, 10, 0).way, 3U);
  EXPECT_THROW(validate_episodes(photos, 20, 10, 1, 10, 0), Error) << "no class has 11 photos";
  EXPECT_THROW(validate_episodes(photos, 1, 1, 1, 10, 0), Error);
  EXPECT_THROW(validate_episodes(photos, 5, 1, 1, 0, 0), Error) << "no episodes";
}

}  // namespace
}  // namespace visavis
