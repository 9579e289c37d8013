#include "core/fewshot/few_shot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/core/base/expect_error.h"
#include "tests/core/model/random_models.h"

namespace visavis::few_shot_test {
namespace {

using Values = std::vector<float>;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr double kRounding = 1e-6;  // Floats of about 1, sums of a few.

FewShotOptions options_of(FewShotMethod method, Similarity similarity, double scale = 1) {
  FewShotOptions options;
  options.method = method;
  options.similarity = similarity;
  options.scale = scale;
  return options;
}

const FewShotOptions kPrototypesEuclidean =
    options_of(FewShotMethod::kPrototypes, Similarity::kEuclidean);

/// "left" at 0 and 2, "right" at 5: on a line.
SupportSet line() {
  SupportSet set(1);
  set.add_class("left", Values{0, 2});
  set.add_class("right", Values{5});
  return set;
}

const RankedClass& ranked(const FewShotAnswer& answer, std::size_t index) {
  for (const RankedClass& entry : answer.ranking) {
    if (entry.index == index) return entry;
  }
  throw Error(ErrorCode::kInternal, "class not ranked");
}

std::vector<std::string> names(const SupportSet& set) {
  std::vector<std::string> names;
  for (const SupportClass& entry : set.classes()) names.push_back(entry.name);
  return names;
}

TEST(FewShotTest, PrototypesAreComparedBySquaredDistance) {
  // Prototypes 1 and 5, the query 2: squared distances 1 and 9.
  const FewShotAnswer answer = line().classify(Values{2}, kPrototypesEuclidean);
  ASSERT_EQ(answer.ranking.size(), 2U);
  EXPECT_EQ(answer.ranking[0].index, 0U);
  EXPECT_NEAR(answer.ranking[0].probability, 1 / (1 + std::exp(-8.0)), kRounding);
  EXPECT_NEAR(answer.ranking[1].probability, 1 / (1 + std::exp(8.0)), kRounding);
  EXPECT_NEAR(answer.ranking[0].distance, 1, kRounding);
  EXPECT_NEAR(answer.ranking[1].distance, 3, kRounding);
  EXPECT_FALSE(answer.is_rejected);
}

TEST(FewShotTest, TheScaleSharpensProbabilities) {
  FewShotOptions options = kPrototypesEuclidean;
  options.scale = 0.1;
  const FewShotAnswer answer = line().classify(Values{2}, options);
  EXPECT_NEAR(answer.ranking[0].probability, 1 / (1 + std::exp(-0.8)), kRounding);
}

TEST(FewShotTest, MatchingAddsTheAttentionToEachExample) {
  // Squared distances 9 and 1 to the two of "left", 4 to the one of "right".
  const FewShotAnswer answer =
      line().classify(Values{3}, options_of(FewShotMethod::kMatching, Similarity::kEuclidean, 0.5));
  const double left = std::exp(-4.5) + std::exp(-0.5);
  const double right = std::exp(-2.0);
  EXPECT_NEAR(ranked(answer, 0).probability, left / (left + right), kRounding);
  EXPECT_NEAR(ranked(answer, 1).probability, right / (left + right), kRounding);
  EXPECT_NEAR(ranked(answer, 0).distance, 1, kRounding) << "to the nearest example";
}

TEST(FewShotTest, NearestCountsOnlyTheBestPair) {
  const FewShotAnswer answer =
      line().classify(Values{3}, options_of(FewShotMethod::kNearest, Similarity::kEuclidean, 0.5));
  EXPECT_NEAR(ranked(answer, 0).probability, 1 / (1 + std::exp(-1.5)), kRounding);
}

TEST(FewShotTest, MethodsMayDisagree) {
  SupportSet set(1);
  set.add_class("spread", Values{-4, 4});
  set.add_class("tight", Values{1.5F, 1.5F});
  const Values query{3};
  const auto best = [&](FewShotMethod method, double scale) {
    return set.classify(query, options_of(method, Similarity::kEuclidean, scale)).ranking[0].index;
  };
  EXPECT_EQ(best(FewShotMethod::kPrototypes, 1), 1U) << "0 against 1.5";
  EXPECT_EQ(best(FewShotMethod::kNearest, 1), 0U) << "4 against 1.5";
  EXPECT_EQ(best(FewShotMethod::kMatching, 0.1), 1U) << "two at 1.5 outweigh one at 4";
  EXPECT_EQ(best(FewShotMethod::kMatching, 10), 0U) << "a sharp attention sees the nearest alone";
}

TEST(FewShotTest, CosinesIgnoreLengths) {
  SupportSet set(2);
  set.add_class("x", Values{100, 0});
  set.add_class("y", Values{0, 0.01F});
  const FewShotAnswer answer =
      set.classify(Values{3, 4}, options_of(FewShotMethod::kMatching, Similarity::kCosine, 5));
  EXPECT_EQ(answer.ranking[0].index, 1U);
  EXPECT_NEAR(answer.ranking[0].probability, 1 / (1 + std::exp(5 * (0.6 - 0.8))), kRounding);
  // Between unit vectors |u - v|^2 = 2 - 2 u.v.
  EXPECT_NEAR(answer.ranking[0].distance, std::sqrt(2 - 2 * 0.8), kRounding);
}

TEST(FewShotTest, WithoutDirectionNothingIsAlike) {
  SupportSet set(2);
  set.add_class("zero", Values{0, 0});
  set.add_class("x", Values{1, 0});
  const FewShotOptions options = options_of(FewShotMethod::kPrototypes, Similarity::kCosine);
  EXPECT_EQ(set.classify(Values{1, 0.1F}, options).ranking[0].index, 1U);
  EXPECT_EQ(set.classify(Values{-1, 0.1F}, options).ranking[0].index, 0U) << "a cosine of 0";
  EXPECT_NEAR(set.classify(Values{0, 0}, options).ranking[0].probability, 0.5, kRounding);
}

TEST(FewShotTest, AnExampleItselfIsAtDistanceZeroHoweverFarFromTheOrigin) {
  SupportSet set(3);
  set.add_class("far", Values{1000.5F, -2000.25F, 3000});
  set.add_class("beside", Values{1000.5F, -2000.25F, 3000.01F});
  const FewShotAnswer answer = set.classify(Values{1000.5F, -2000.25F, 3000}, kPrototypesEuclidean);
  EXPECT_EQ(answer.ranking[0].index, 0U);
  EXPECT_EQ(answer.ranking[0].distance, 0);
}

TEST(FewShotTest, OfEquallyProbableClassesTheNearerComesFirst) {
  // All but one probability are 0 as doubles; the order behind is still that of distances.
  SupportSet set(1);
  set.add_class("far", Values{3000});
  set.add_class("farther", Values{4000});
  set.add_class("here", Values{0});
  set.add_class("near", Values{2000});
  const FewShotAnswer answer = set.classify(Values{0}, kPrototypesEuclidean);
  std::vector<std::size_t> order;
  for (const RankedClass& entry : answer.ranking) order.push_back(entry.index);
  EXPECT_EQ(order, (std::vector<std::size_t>{2, 3, 0, 1}));
  EXPECT_EQ(answer.ranking[1].probability, 0);
}

/// Of a set of one-dimensional embeddings none of which is negative: how far it lies from 0.
double prototype(const SupportSet& set, std::size_t class_index) {
  for (const RankedClass& entry : set.classify(Values{0}, kPrototypesEuclidean).ranking) {
    if (entry.index == class_index) return entry.distance;
  }
  return -1;
}

TEST(FewShotTest, ClassesAndExamplesComeAndGo) {
  SupportSet set = line();
  set.add_class("third", Values{10});
  set.add_example("left", Values{7});
  EXPECT_EQ(names(set), (std::vector<std::string>{"left", "right", "third"}));
  EXPECT_EQ(set.classes()[0].shots, 3U);
  EXPECT_EQ(set.classes()[2].first, 4U);
  EXPECT_EQ(Values(set.rows().begin(), set.rows().end()), (Values{0, 2, 7, 5, 10}));
  EXPECT_EQ(prototype(set, 0), 3);

  set.remove_example("left", 1);
  EXPECT_EQ(Values(set.rows().begin(), set.rows().end()), (Values{0, 7, 5, 10}));
  EXPECT_EQ(prototype(set, 0), 3.5F);

  set.remove_class("right");
  EXPECT_EQ(names(set), (std::vector<std::string>{"left", "third"}));
  EXPECT_EQ(Values(set.rows().begin(), set.rows().end()), (Values{0, 7, 10}));
  EXPECT_EQ(prototype(set, 1), 10);
  EXPECT_EQ(set.find("third"), 1U);
  EXPECT_EQ(set.find("right"), std::nullopt);
  EXPECT_EQ(set.classify(Values{9}, kPrototypesEuclidean).ranking[0].index, 1U);

  set.add_class("right", Values{-1});
  EXPECT_EQ(set.classify(Values{-2}, kPrototypesEuclidean).ranking[0].index, 2U);
}

TEST(FewShotTest, RowsOfTheSetItselfMayBeAdded) {
  SupportSet set = line();
  for (int i = 0; i < 20; ++i) set.add_example("left", set.rows().subspan(2, 1));
  EXPECT_EQ(set.classes()[0].shots, 22U);
  EXPECT_NEAR(prototype(set, 0), (0 + 2 + 20 * 5) / 22.0, 1e-5);
}

/// Whatever was done to a set, it answers as one that is made afresh.
TEST(FewShotTest, ManyChangesLeaveNoTrace) {
  Random random(5);
  SCOPED_TRACE(random.trace());
  const std::size_t length = 4;
  const auto embedding = [&] {
    Values values(length);
    for (float& value : values) value = random.real(-1, 1);
    return values;
  };
  SupportSet set(length);
  for (int step = 0; step < 400; ++step) {
    const std::string name = "class " + std::to_string(random.integer(0, 7));
    const auto found = set.find(name);
    if (!found) {
      set.add_class(name, embedding());
    } else if (random.integer(0, 4) == 0) {
      set.remove_class(name);
    } else if (random.coin() && set.classes()[*found].shots > 1) {
      const int last = static_cast<int>(set.classes()[*found].shots) - 1;
      set.remove_example(name, static_cast<std::size_t>(random.integer(0, last)));
    } else {
      set.add_example(name, embedding());
    }
  }
  SupportSet fresh(length);
  for (const SupportClass& entry : set.classes()) {
    fresh.add_class(entry.name, set.rows().subspan(entry.first * length, entry.shots * length));
  }
  ASSERT_GE(set.classes().size(), 2U);
  ASSERT_EQ(names(set), names(fresh));
  for (const auto method :
       {FewShotMethod::kPrototypes, FewShotMethod::kMatching, FewShotMethod::kNearest}) {
    for (const auto similarity : {Similarity::kEuclidean, Similarity::kCosine}) {
      const Values query = embedding();
      const auto one = set.classify(query, options_of(method, similarity)).ranking;
      const auto other = fresh.classify(query, options_of(method, similarity)).ranking;
      for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_EQ(one[i].index, other[i].index) << to_string(method) << i;
        EXPECT_EQ(one[i].probability, other[i].probability) << to_string(method) << i;
      }
    }
  }
}

TEST(FewShotTest, OtherEmbeddingsOfTheSameExamples) {
  const SupportSet other = line().with_embeddings(Values{0, 1, 2, 3, 4, 5}, 2);
  EXPECT_EQ(other.embedding_length(), 2U);
  EXPECT_EQ(names(other), names(line()));
  // The prototype of the first class is (1, 2).
  EXPECT_EQ(other.classify(Values{1, 2}, kPrototypesEuclidean).ranking[0].distance, 0);
  EXPECT_EQ(other.classify(Values{4, 5}, kPrototypesEuclidean).ranking[0].index, 1U);
  expect_error(ErrorCode::kInvalidArgument, "each of 3 examples", [] {
    (void)line().with_embeddings(Values{0, 1, 2, 3}, 2);
  });
}

TEST(FewShotTest, QueriesFarFromEveryClassAreRejected) {
  FewShotOptions options = kPrototypesEuclidean;
  options.rejection_distance = 2;
  EXPECT_FALSE(line().classify(Values{6.5F}, options).is_rejected);
  const FewShotAnswer answer = line().classify(Values{7}, options);
  EXPECT_TRUE(answer.is_rejected) << "accepted is a distance below the threshold, and it is 2";
  EXPECT_EQ(answer.ranking[0].index, 1U) << "the ranking stays";
  // The nearest example, not the mean of "left", counts where examples are compared.
  options.rejection_distance = 0.9;
  EXPECT_TRUE(line().classify(Values{0}, options).is_rejected);
  options.method = FewShotMethod::kMatching;
  EXPECT_FALSE(line().classify(Values{0}, options).is_rejected);
}

TEST(FewShotTest, OneClassNeedsAThreshold) {
  SupportSet set(1);
  set.add_class("only", Values{1});
  expect_error(ErrorCode::kInvalidArgument, "add a second class or give a rejection threshold",
               [&] { (void)set.classify(Values{1}, kPrototypesEuclidean); });
  FewShotOptions options = kPrototypesEuclidean;
  options.rejection_distance = 0.5;
  EXPECT_FALSE(set.classify(Values{1.2F}, options).is_rejected);
  EXPECT_TRUE(set.classify(Values{1.6F}, options).is_rejected);
  set.remove_class("only");
  expect_error(ErrorCode::kInvalidArgument, "no classes",
               [&] { (void)set.classify(Values{1}, options); });
}

TEST(FewShotTest, RefusesWhatIsNoEmbeddingOrNoName) {
  const auto refused = [](const std::string& part, auto action) {
    SupportSet set(2);
    set.add_class("A", Values{1, 0, 0, 1});
    set.add_class("B", Values{1, 1});
    expect_error(ErrorCode::kInvalidArgument, part, [&] { action(set); });
    EXPECT_EQ(names(set), (std::vector<std::string>{"A", "B"})) << "nothing was changed";
    EXPECT_EQ(set.rows().size(), 6U);
  };
  refused("without a name", [](SupportSet& set) { set.add_class("", Values{1, 2}); });
  refused("'A' exists already", [](SupportSet& set) { set.add_class("A", Values{1, 2}); });
  refused("'C' has no examples", [](SupportSet& set) { set.add_class("C", Values{}); });
  refused("no whole number", [](SupportSet& set) { set.add_class("C", Values{1, 2, 3}); });
  refused("'C' has an embedding that is not finite", [](SupportSet& set) {
    set.add_class("C", Values{1, 2, kNan, 0});
  });
  refused("not finite", [](SupportSet& set) { set.add_example("A", Values{0, kInfinity}); });
  refused("not finite", [](SupportSet& set) { set.add_example("A", Values{0, 1e30F}); });
  refused("of length 4", [](SupportSet& set) { set.add_example("A", Values{1, 2, 3, 4}); });
  refused("no class 'C'", [](SupportSet& set) { set.add_example("C", Values{1, 2}); });
  refused("no class 'C'", [](SupportSet& set) { set.remove_class("C"); });
  refused("no class 'C'", [](SupportSet& set) { set.remove_example("C", 0); });
  refused("no example 2", [](SupportSet& set) { set.remove_example("A", 2); });
  refused("remove the class", [](SupportSet& set) { set.remove_example("B", 0); });
  refused("of length 3", [](SupportSet& set) { (void)set.classify(Values{1, 2, 3}); });
  refused("a query", [](SupportSet& set) { (void)set.classify(Values{kNan, 0}); });
  refused("scale", [](SupportSet& set) {
    (void)set.classify(Values{1, 0}, options_of(FewShotMethod::kNearest, Similarity::kCosine, 0));
  });
  refused("rejection distance", [](SupportSet& set) {
    FewShotOptions options;
    options.rejection_distance = kNan;
    (void)set.classify(Values{1, 0}, options);
  });
  expect_error(ErrorCode::kInvalidArgument, "length 0", [] { SupportSet(0); });
}

}  // namespace
}  // namespace visavis::few_shot_test
