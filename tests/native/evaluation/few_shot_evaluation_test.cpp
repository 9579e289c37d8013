#include "native/evaluation/few_shot_evaluation.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/core/base/expect_error.h"
#include "tests/core/model/random_models.h"

namespace visavis::few_shot_evaluation_test {
namespace {

EpisodeTablePlan plan_of(std::size_t way, std::size_t shot, std::size_t queries = 5) {
  EpisodeTablePlan plan;
  plan.ways = {way};
  plan.shots = {shot};
  plan.queries = queries;
  return plan;
}

EpisodeAccuracy accuracy_of(const std::vector<EmbeddedClass>& classes, const EpisodeTablePlan& plan,
                            int threads = 2) {
  return evaluate_episodes(classes, plan, {}, threads).front();
}

/// Images of a class scattered round a place on a line.
EmbeddedClass class_at(float place, const std::string& name, const std::string& group,
                       std::size_t images, float scatter, Random& random) {
  EmbeddedClass entry{name, group, {}};
  entry.embeddings.reserve(images);
  for (std::size_t i = 0; i < images; ++i) {
    entry.embeddings.push_back({place + random.real(-scatter, scatter), 0});
  }
  return entry;
}

std::vector<ImageClass> listed(const std::vector<std::pair<std::string, std::size_t>>& classes) {
  std::vector<ImageClass> listed;
  for (const auto& [name, images] : classes) {
    listed.push_back({name, name.substr(0, name.find('/')), std::vector<PhotoRef>(images)});
  }
  return listed;
}

class FewShotEvaluationTest : public testing::Test {
 protected:
  FewShotEvaluationTest() {
    for (int c = 0; c < 10; ++c) {
      const auto place = static_cast<float>(c);
      apart_.push_back(class_at(place, "apart " + std::to_string(c), "", 12, 0.2F, random_));
      alike_.push_back(class_at(0, "alike " + std::to_string(c), "", 12, 1, random_));
    }
  }
  Random random_{17};
  std::vector<EmbeddedClass> apart_;
  std::vector<EmbeddedClass> alike_;
};

TEST_F(FewShotEvaluationTest, ClassesThatDoNotOverlapAreToldAlways) {
  // Scattered by 0.2 round places 1 apart: never more than 0.4 from the own mean, 0.6 from others'.
  const EpisodeAccuracy accuracy = accuracy_of(apart_, plan_of(5, 2));
  EXPECT_EQ(accuracy.way, 5U);
  EXPECT_EQ(accuracy.shot, 2U);
  EXPECT_EQ(accuracy.accuracy, 1);
  EXPECT_EQ(accuracy.ci95, 0);
}

TEST_F(FewShotEvaluationTest, ClassesOfNoDifferenceAreToldByChance) {
  const EpisodeAccuracy accuracy = accuracy_of(alike_, plan_of(5, 1));
  // Six standard errors: the draw is fixed, but any should do.
  EXPECT_NEAR(accuracy.accuracy, 0.2, 3 * accuracy.ci95);
  EXPECT_GT(accuracy.ci95, 0.001);
  EXPECT_LT(accuracy.ci95, 0.02);
}

TEST_F(FewShotEvaluationTest, TheIntervalShrinksWithTheRootOfTheEpisodes) {
  EpisodeTablePlan plan = plan_of(5, 1);
  const double ci95 = accuracy_of(alike_, plan).ci95;
  plan.episodes = 9 * plan.episodes;
  EXPECT_NEAR(accuracy_of(alike_, plan).ci95 / ci95, 1 / 3.0, 0.05);
}

TEST_F(FewShotEvaluationTest, ThreadsDoNotMatterAndSeedsDo) {
  EpisodeTablePlan plan = plan_of(5, 1);
  plan.episodes = 50;
  const double accuracy = accuracy_of(alike_, plan, 1).accuracy;
  EXPECT_EQ(accuracy_of(alike_, plan, 3).accuracy, accuracy);
  plan.seed = 2;
  EXPECT_NE(accuracy_of(alike_, plan, 3).accuracy, accuracy);
}

TEST_F(FewShotEvaluationTest, ACellForEveryWayAndShot) {
  EpisodeTablePlan plan;
  plan.ways = {2, 10};
  plan.shots = {1, 3};
  plan.episodes = 20;
  const auto cells = evaluate_episodes(alike_, plan, {}, 1);
  ASSERT_EQ(cells.size(), 4U);
  EXPECT_EQ(cells[1].way, 2U);
  EXPECT_EQ(cells[1].shot, 3U);
  EXPECT_EQ(cells[2].way, 10U);
  EXPECT_GT(cells[0].accuracy, cells[2].accuracy);
  const nlohmann::ordered_json json = to_json({{"net", "nearest:cosine", cells}}, plan, 10);
  ASSERT_EQ(json["table"].size(), 4U);
  EXPECT_EQ(json["table"][3]["way"], 10);
  EXPECT_EQ(json["table"][3]["shot"], 3);
  EXPECT_EQ(json["table"][3]["episodes"], 20);
  EXPECT_EQ(json["table"][3]["accuracy"], cells[3].accuracy);
  EXPECT_EQ(json["table"][3]["ci95"], cells[3].ci95);
}

TEST_F(FewShotEvaluationTest, ImagesWithoutEmbeddingAreErrorsAndNeverSupport) {
  for (EmbeddedClass& entry : apart_) {
    for (std::size_t i = 0; i < 6; ++i) entry.embeddings[i].clear();
  }
  // One of the six others is the support; 5 of the 11 that are left can be told.
  const EpisodeAccuracy accuracy = accuracy_of(apart_, plan_of(3, 1, 11));
  EXPECT_NEAR(accuracy.accuracy, 5 / 11.0, 1e-12);
  expect_error(ErrorCode::kInvalidArgument, "'apart ",
               [&] { (void)accuracy_of(apart_, plan_of(3, 7, 2)); });
}

TEST_F(FewShotEvaluationTest, WithinGroupsOnlyTheirOwnClassesCompete) {
  // Two alphabets that cannot be told from each other, each easily told within.
  std::vector<EmbeddedClass> classes;
  for (const std::string group : {"A", "B"}) {
    for (int c = 0; c < 4; ++c) {
      classes.push_back(class_at(static_cast<float>(c), group + "/" + std::to_string(c), group, 8,
                                 0.01F, random_));
    }
  }
  EpisodeTablePlan plan = plan_of(4, 1);
  EXPECT_LT(accuracy_of(classes, plan).accuracy, 0.95);
  plan.within_group = true;
  EXPECT_EQ(accuracy_of(classes, plan).accuracy, 1);
  plan.ways = {5};
  expect_error(ErrorCode::kInvalidArgument, "as many classes in one folder; there are 4",
               [&] { (void)accuracy_of(classes, plan); });
}

TEST_F(FewShotEvaluationTest, PlansThatCannotBeDrawnAreRefused) {
  const auto classes = listed({{"A/1", 8}, {"A/2", 8}, {"B/1", 6}});
  EXPECT_NO_THROW(check_plan(plan_of(3, 1), classes));
  const auto refused = [&](const std::string& part, EpisodeTablePlan plan) {
    expect_error(ErrorCode::kInvalidArgument, part, [&] { check_plan(plan, classes); });
  };
  refused("'B/1' has 6 images; a shot of 3 and 5 queries take 8", plan_of(3, 3));
  refused("a way of 4 needs as many classes; there are 3", plan_of(4, 1));
  refused("a way of 1", plan_of(1, 1));
  refused("a shot of 0", plan_of(2, 0));
  refused("a query", plan_of(2, 1, 0));
  EpisodeTablePlan within = plan_of(3, 1);
  within.within_group = true;
  refused("in one folder; there are 2", within);
  within.episodes = 0;
  refused("an episode", within);
  within.ways.clear();
  refused("name a way", within);
}

}  // namespace
}  // namespace visavis::few_shot_evaluation_test
