#include "native/evaluation/decision_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "native/evaluation/decision_counts.h"
#include "tests/core/base/expect_error.h"

namespace visavis::decision_choice_test {
namespace {

using testing::HasSubstr;

/// A unit vector of 16 numbers that stand round `towards` with this spread.
Embedding drawn(const Embedding& towards, double spread, std::mt19937_64& random) {
  std::normal_distribution<double> normal(0, spread);
  Embedding drawn = towards;
  double squares = 0;
  for (float& value : drawn) {
    value += static_cast<float>(normal(random));
    squares += double{value} * value;
  }
  for (float& value : drawn) value /= static_cast<float>(std::sqrt(squares));
  return drawn;
}

/// Two groups of 150 strangers: those of "close" stand round a direction, those of "apart" anywhere.
struct Strangers {
  Strangers() {
    std::mt19937_64 random(11);
    Embedding centre(16);
    centre[0] = 1;
    const Embedding nowhere(16);
    alike.groups = {{"apart", kPeople, {}}, {"close", kPeople, {}}};
    for (std::size_t g = 0; g < 2; ++g) {
      for (std::size_t i = 0; i < kPeople; ++i) {
        alike.people.push_back({photos.size(), g});
        EmbeddedPhoto photo;
        photo.embedding = drawn(g == 1 ? centre : nowhere, 0.4, random);
        for (std::size_t j = photos.size() - i; j < photos.size(); ++j) {
          alike.groups[g].distances.push_back(
              static_cast<float>(distance(photo.embedding, photos[j].embedding)));
        }
        photos.push_back(photo);
      }
      std::sort(alike.groups[g].distances.begin(), alike.groups[g].distances.end());
    }
  }
  static constexpr std::size_t kPeople = 150;
  AlikeStrangers alike;
  std::vector<EmbeddedPhoto> photos;
};

EmbeddedPhoto photo_at(double degrees, double confidence = 0.9) {
  EmbeddedPhoto photo;
  photo.embedding = {static_cast<float>(std::cos(degrees * M_PI / 180)),
                     static_cast<float>(std::sin(degrees * M_PI / 180))};
  photo.fitness.confidence = confidence;
  return photo;
}

/// One page against a hundred selfies that lie 1, 2, .. 100 degrees from it.
struct Pages {
  Pages() {
    photos.push_back(photo_at(0));
    for (std::uint32_t i = 1; i <= 100; ++i) {
      photos.push_back(photo_at(i));
      protocol.pairs.push_back({0, i, true});
    }
    protocol.name = "pages";
  }
  Protocol protocol;
  std::vector<EmbeddedPhoto> photos;
};

double chord(double degrees) { return 2 * std::sin(degrees / 2 * M_PI / 180); }

TEST(DecisionChoice, AMatchIsAsRareInTheWorstGroupAsThePolicySays) {
  const Strangers strangers;
  const Pages pages;
  const DecisionChoice choice =
      choose_decision(strangers.alike, strangers.photos, pages.protocol, pages.photos, 1);
  const DecisionTable& table = choice.table;
  EXPECT_LT(table.of(DecisionPolicy::kCareful).match_if_good,
            table.of(DecisionPolicy::kBalanced).match_if_good);
  for (const ChosenBound& chosen : choice.matches) {
    EXPECT_EQ(chosen.group, "close");
    const DecisionBounds& bounds = table.of(chosen.policy);
    EXPECT_LT(bounds.match, bounds.match_if_good);
    EXPECT_NEAR(chosen.fmr.value, kPolicyFmrs[static_cast<std::size_t>(chosen.policy)], 1e-9);
    EXPECT_LE(chosen.fmr.low, chosen.fmr.value);
    EXPECT_GT(chosen.fmr.high, 1.2 * chosen.fmr.value) << "150 people tell it this roughly";
  }
  // One in a thousand of 11,175 pairs can still be counted.
  const double counted =
      false_match_rate(strangers.alike.groups[1], table.of(DecisionPolicy::kLenient).match_if_good)
          .value;
  EXPECT_NEAR(counted, 1e-3, 5e-4);
  EXPECT_THAT(to_text(choice), HasSubstr("balanced"));
  check_decision(table);
}

TEST(DecisionChoice, AtMostTwoGoodPairsInAHundredAreAMismatch) {
  const Strangers strangers;
  Pages pages;
  const auto mismatch = [&] {
    return choose_decision(strangers.alike, strangers.photos, pages.protocol, pages.photos, 1)
        .table.of(DecisionPolicy::kBalanced)
        .mismatch;
  };
  EXPECT_GT(mismatch(), chord(98) - 1e-6);
  EXPECT_LT(mismatch(), chord(99));
  // The three farthest selfies are poor: they are a review anyway.
  for (const std::size_t i : {98U, 99U}) pages.photos[i].fitness.confidence = 0.5;
  pages.photos[100].fitness.issues = {QualityIssue::kBlurred};
  EXPECT_GT(mismatch(), chord(95) - 1e-6);
  EXPECT_LT(mismatch(), chord(96));
  const DecisionCounts counts =
      decide_pairs(pages.protocol, pages.photos, {0.5, 0.6, mismatch(), kGoodConfidence});
  EXPECT_EQ(counts.genuine[2], 2U);
  EXPECT_EQ(counts.genuine[0] + counts.genuine[1], 98U);
  EXPECT_THAT(to_text(counts.genuine), HasSubstr("mismatch 2 (2.00%)"));
}

TEST(DecisionChoice, RefusesPagesThatShowNobody) {
  const Strangers strangers;
  Pages pages;
  pages.photos[0].embedding.clear();
  expect_error(ErrorCode::kInvalidArgument, "no pair of one person shows two faces", [&] {
    choose_decision(strangers.alike, strangers.photos, pages.protocol, pages.photos, 1);
  });
  const DecisionCounts counts = decide_pairs(pages.protocol, pages.photos, {0.5, 0.6, 1, 0.8});
  EXPECT_EQ(counts.genuine[1], 100U) << "without a face a human must look";
}

}  // namespace
}  // namespace visavis::decision_choice_test
