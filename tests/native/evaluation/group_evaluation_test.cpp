#include "native/evaluation/group_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tests/native/system/temporary_folder.h"

namespace visavis::group_evaluation_test {
namespace {

using testing::HasSubstr;

constexpr double kThreshold = 1;

/// People a to d with two photos each, every photo against every other. Only `near` pairs match.
class GroupEvaluationTest : public testing::Test {
 protected:
  GroupEvaluationTest() {
    for (const char* name : {"a_1", "a_2", "b_1", "b_2", "c_1", "c_2", "d_1", "d_2"}) {
      folder_.write(std::string(name) + ".jpg", std::string("x"));
    }
    dataset_.emplace(Dataset::open(folder_.path().string()));
    std::vector<PhotoRef> photos;
    for (std::size_t i = 0; i < dataset_->images().size(); ++i) photos.push_back({&*dataset_, i});
    protocol_ = protocol_of_all(photos, "all");
    for (const ProtocolPair& pair : protocol_.pairs) {
      pairs_.push_back({pair.is_genuine ? 0.5F : 1.5F, pair.is_genuine, true, -1});
    }
  }

  /// The pair of photos by their places: 0 and 1 are a's, 2 and 3 b's, ..
  LabelledPair& pair_of(std::uint32_t a, std::uint32_t b) {
    std::size_t i = 0;
    while (protocol_.pairs[i].a != a || protocol_.pairs[i].b != b) ++i;
    return pairs_[i];
  }

  [[nodiscard]] GroupEvaluation evaluate(const std::string& table,
                                         const CalibrationTable& calibration = {}) const {
    return evaluate_groups(parse_person_table(table, "people.csv", {}), protocol_, pairs_,
                           rates_at_threshold(pairs_, kThreshold), calibration);
  }

  TemporaryFolder folder_;
  std::optional<Dataset> dataset_;
  Protocol protocol_;
  std::vector<LabelledPair> pairs_;
};

TEST_F(GroupEvaluationTest, ComparesPeopleOfAGroupAmongThemselves) {
  pair_of(0, 2).distance = 0.9F;  // a against b: within x
  pair_of(0, 4).distance = 0.9F;  // a against c: of two groups
  pair_of(4, 5).distance = 1;     // c's own: at the threshold, no match
  const auto groups = evaluate("id,g\na,x\nb,x\nc,y\nd,\n").groups;
  ASSERT_EQ(groups.size(), 2U);
  const GroupRates& x = groups[0];
  EXPECT_EQ(x.attribute, "g");
  EXPECT_EQ(x.group, "x");
  EXPECT_EQ(x.people, 2U);
  EXPECT_EQ(x.genuine_pairs, 2U);
  EXPECT_EQ(x.impostor_pairs, 4U);
  EXPECT_DOUBLE_EQ(x.fmr.value, 0.25);
  EXPECT_DOUBLE_EQ(x.fnmr.value, 0);
  // Clopper-Pearson of 1 in 4, by R's binom.test.
  EXPECT_NEAR(x.fmr.low, 0.006309, 1e-6);
  EXPECT_NEAR(x.fmr.high, 0.805880, 1e-6);
  const GroupRates& y = groups[1];
  EXPECT_EQ(y.people, 1U) << "nothing is known of d";
  EXPECT_EQ(y.impostor_pairs, 0U);
  EXPECT_DOUBLE_EQ(y.fnmr.value, 1);
  EXPECT_FALSE(y.fmr_is_conclusive) << "no pairs";
}

TEST_F(GroupEvaluationTest, CountsPhotosWithoutAFaceAsFalseNonMatchesOnly) {
  pair_of(0, 1).has_face = false;
  pair_of(0, 2).has_face = false;
  const GroupRates x = evaluate("id,g\na,x\nb,x\nc,y\nd,y\n").groups[0];
  EXPECT_EQ(x.genuine_pairs, 2U);
  EXPECT_DOUBLE_EQ(x.fnmr.value, 0.5);
  EXPECT_EQ(x.impostor_pairs, 3U);
}

TEST_F(GroupEvaluationTest, ExpectsWhatTheModelsCalibrationPromises) {
  const std::string table = "id,g\na,x\nb,x\nc,y\nd,y\n";
  EXPECT_DOUBLE_EQ(evaluate(table).expected_fmr.value, 0) << "of all pairs, without calibration";
  CalibrationTable calibration;
  calibration.points = {{kThreshold, {0.3, 0.2, 0.4}, {0.4, 0.3, 0.5}}};
  const GroupEvaluation evaluation = evaluate(table, calibration);
  EXPECT_DOUBLE_EQ(evaluation.expected_fmr.value, 0.3);
  // No error among 4 and 2 pairs: the intervals end at 0.60 and 0.84, of 3 x 0.3 and 3 x 0.4.
  EXPECT_TRUE(evaluation.groups[0].fmr_is_conclusive);
  EXPECT_TRUE(evaluation.groups[0].fnmr_is_conclusive);
}

TEST_F(GroupEvaluationTest, SaysWhereThereAreTooFewPairs) {
  const GroupEvaluation evaluation = evaluate("id,g\na,x\nb,x\nc,y\nd,y\n");
  const std::string text = to_text(evaluation);
  EXPECT_THAT(text, HasSubstr("groups of people.csv at distance < 1.0000"));
  EXPECT_THAT(text, HasSubstr("x      2 people  FMR 0.00000 (0.00000 to 0.60236) of 4 *"));
  EXPECT_THAT(text, HasSubstr("* too few pairs to say"));
  const auto json = to_json(evaluation);
  EXPECT_EQ(json["rates"].size(), 2U);
  EXPECT_EQ(json["rates"][0]["group"], "x");
  EXPECT_EQ(json["rates"][0]["fmr_is_conclusive"], false);
}

TEST(IsTold, FromAFewErrorsOrManyPairsOn) {
  EXPECT_FALSE(has_enough_pairs(rate_with_interval(0, 1227), 1e-3));
  EXPECT_TRUE(has_enough_pairs(rate_with_interval(0, 1228), 1e-3));
  EXPECT_FALSE(has_enough_pairs(rate_with_interval(2, 100), 1e-3)) << "0.02, but perhaps 0.07";
  EXPECT_TRUE(has_enough_pairs(rate_with_interval(3, 100), 1e-3))
      << "0.03, and at most 0.09: far above";
}

}  // namespace
}  // namespace visavis::group_evaluation_test
