#include "native/evaluation/stranger_evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "tests/core/base/expect_error.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis::stranger_evaluation_test {
namespace {

/// 150 * 149 / 2 = 11,175 pairs: more than kFewestStrangerPairs.
constexpr std::size_t kPeople = 150;

/// The chord of an angle in degrees.
double chord(double degrees) { return 2 * std::sin(0.5 * degrees * M_PI / 180); }

/// Strangers of x lie 1 degree apart on half a circle, those of y 0.5 on another: of y twice as many
/// are near each other.
class StrangerEvaluationTest : public testing::Test {
 protected:
  StrangerEvaluationTest() {
    std::string table = "id,origin\n";
    for (std::size_t i = 0; i < 2 * kPeople; ++i) {
      const std::string id = std::to_string(1000 + i);
      folder_.write(id + "_1.jpg", std::string("x"));
      const bool is_x = i < kPeople;
      table += id + (is_x ? ",x\n" : ",y\n");
      const double angle =
          (is_x ? static_cast<double>(i) : static_cast<double>(i - kPeople) / 2) * M_PI / 180;
      const auto c = static_cast<float>(std::cos(angle));
      const auto s = static_cast<float>(std::sin(angle));
      embedded_.emplace_back().embedding = is_x ? Embedding{c, s, 0, 0} : Embedding{0, 0, c, s};
    }
    dataset_.emplace(Dataset::open(folder_.path().string()));
    for (std::size_t i = 0; i < dataset_->images().size(); ++i) photos_.push_back({&*dataset_, i});
    table_ = parse_person_table(table, "people.csv", {});
  }

  [[nodiscard]] StrangerEvaluation evaluate(double threshold) const {
    const AlikeStrangers strangers =
        compare_alike_strangers(table_, photos_, embedded_, embedded_, 0);
    return evaluate_strangers(strangers, embedded_, {"people.csv", "origin"}, threshold, pairs_, 1);
  }

  TemporaryFolder folder_;
  std::optional<Dataset> dataset_;
  std::vector<PhotoRef> photos_;
  std::vector<EmbeddedPhoto> embedded_;
  PersonTable table_;
  /// One of two genuine pairs is nearer than any threshold below.
  std::vector<LabelledPair> pairs_{{0.0001F, true}, {1.9F, true}, {1.9F, false}};
};

TEST_F(StrangerEvaluationTest, TellsTheRatesOfGroupsAndTheWorst) {
  const StrangerEvaluation evaluation = evaluate(chord(1.2));
  ASSERT_EQ(evaluation.groups.size(), 2U);
  EXPECT_EQ(evaluation.people, 2 * kPeople);
  EXPECT_EQ(evaluation.pairs, kPeople * (2 * kPeople - 1));
  // Of x 149 neighbours, of y 149 neighbours and 148 at two steps.
  const double pairs = 11'175;
  EXPECT_DOUBLE_EQ(evaluation.groups[0].at_threshold.value, 149 / pairs);
  EXPECT_DOUBLE_EQ(evaluation.groups[1].at_threshold.value, (149 + 148) / pairs);
  EXPECT_DOUBLE_EQ(evaluation.fmr.value, (149 + 149 + 148) / (kPeople * (2.0 * kPeople - 1)));
  EXPECT_EQ(evaluation.worst().group, "y");
  EXPECT_EQ(evaluation.best().group, "x");
  EXPECT_LT(evaluation.groups[1].at_threshold.low, evaluation.groups[1].at_threshold.value);
  EXPECT_GT(evaluation.groups[1].at_threshold.high, evaluation.groups[1].at_threshold.value);
}

TEST_F(StrangerEvaluationTest, TellsWhatAnEqualFmrMeansForGroups) {
  const StrangerEvaluation evaluation = evaluate(1);
  // 1e-3 of 44,850 pairs are 44: fewer than the 149 nearest, so that none of these may match.
  EXPECT_NEAR(evaluation.common_threshold, chord(0.5), 1e-3);
  EXPECT_LE(evaluation.worst_at_common_fmr().at_common_fmr.value, 149 / 11'175.0);
  EXPECT_NEAR(evaluation.fair_threshold, chord(0.5), 1e-3);
  EXPECT_DOUBLE_EQ(evaluation.fnmr_at_fair_threshold.value, 0.5);
}

TEST_F(StrangerEvaluationTest, DrawsPeopleBySeed) {
  const Rate a = evaluate(chord(20)).fmr;
  const Rate b = evaluate(chord(20)).fmr;
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  EXPECT_GT(a.high - a.low, 0);
}

TEST_F(StrangerEvaluationTest, RefusesSmallGroupsBeforeAnythingIsEmbedded) {
  EXPECT_NO_THROW(check_stranger_groups(table_, photos_));
  const std::vector<PhotoRef> few(photos_.begin() + 60, photos_.begin() + 240);
  expect_error(ErrorCode::kInvalidArgument, "no group of strangers is large enough",
               [&] { check_stranger_groups(table_, few); });
}

}  // namespace
}  // namespace visavis::stranger_evaluation_test
