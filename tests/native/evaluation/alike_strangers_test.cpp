#include "native/evaluation/alike_strangers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "native/evaluation/stranger_rates.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis::alike_strangers_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// More than kFewestStrangerPairs pairs: 150 * 149 / 2 = 11,175.
constexpr std::size_t kPeople = 150;

/// Unit vectors on half a circle, one for each group: strangers of x lie 1 degree apart, those of y
/// 0.5, one of x and one of y 90.
class AlikeStrangersTest : public testing::Test {
 protected:
  AlikeStrangersTest() {
    table_ = "id,origin,sex\n";
    for (std::size_t i = 0; i < 2 * kPeople; ++i) {
      const std::string id = std::to_string(1000 + i);
      folder_.write(id + "_1.jpg", std::string("x"));
      const bool is_x = i < kPeople;
      table_ += id + (is_x ? ",x,f\n" : ",y,m\n");
      const double degrees = is_x ? static_cast<double>(i) : static_cast<double>(i - kPeople) / 2;
      EmbeddedPhoto photo;
      const auto x = static_cast<float>(std::cos(degrees * M_PI / 180));
      const auto y = static_cast<float>(std::sin(degrees * M_PI / 180));
      photo.embedding = is_x ? Embedding{x, y, 0, 0} : Embedding{0, 0, x, y};
      embedded_.push_back(photo);
    }
    dataset_.emplace(Dataset::open(folder_.path().string()));
    for (std::size_t i = 0; i < dataset_->images().size(); ++i) {
      photos_.push_back({&*dataset_, i});
    }
  }

  [[nodiscard]] AlikeStrangers compare(double same_person_below = 0) const {
    return compare_alike_strangers(parse_person_table(table_, "people.csv", {}), photos_, embedded_,
                                   judges_.empty() ? embedded_ : judges_, same_person_below);
  }

  TemporaryFolder folder_;
  std::optional<Dataset> dataset_;
  std::vector<PhotoRef> photos_;
  std::vector<EmbeddedPhoto> embedded_;
  std::vector<EmbeddedPhoto> judges_;  ///< Empty: embedded_.
  std::string table_;
};

TEST_F(AlikeStrangersTest, ComparesEveryTwoOfAGroup) {
  const AlikeStrangers alike = compare();
  ASSERT_EQ(alike.groups.size(), 2U);
  EXPECT_EQ(alike.groups[0].name, "x f");
  EXPECT_EQ(alike.groups[0].people, kPeople);
  ASSERT_EQ(alike.groups[0].distances.size(), kPeople * (kPeople - 1) / 2);
  // Chords of one degree and of 149. Floats of about 1.
  EXPECT_NEAR(alike.groups[0].distances.front(), 2 * std::sin(0.5 * M_PI / 180), 1e-3);
  EXPECT_NEAR(alike.groups[0].distances.back(), 2 * std::sin(74.5 * M_PI / 180), 1e-3);
  EXPECT_TRUE(alike.duplicates.empty());
}

TEST_F(AlikeStrangersTest, WorstGroupIsTheOneWithTheLowestThreshold) {
  const AlikeStrangers alike = compare();
  EXPECT_EQ(alike.worst(1e-2).name, "y m");
  // Of 11,175 pairs of y 149 are half a degree apart, of x none are below one.
  const double between = 2 * std::sin(0.375 * M_PI / 180);
  EXPECT_NEAR(false_match_rate(alike.groups[1], between).value, 149.0 / 11175, 1e-12);
  EXPECT_EQ(false_match_rate(alike.groups[0], between).value, 0);
  EXPECT_THAT(to_text(alike, between), HasSubstr("y m"));
  expect_error(ErrorCode::kInvalidArgument, "has enough pairs to tell an FMR",
               [&] { (void)alike.worst(1e-5); });
}

TEST_F(AlikeStrangersTest, LeavesOutTheSecondPhotoOfOnePerson) {
  embedded_[7] = embedded_[3];
  const AlikeStrangers alike = compare(1e-3);
  ASSERT_EQ(alike.duplicates.size(), 1U);
  EXPECT_EQ(alike.duplicates[0].a, 3U);
  EXPECT_EQ(alike.duplicates[0].b, 7U);
  EXPECT_EQ(alike.groups[0].people, kPeople - 1);
  EXPECT_EQ(alike.people.size(), 2 * kPeople - 1);
}

TEST_F(AlikeStrangersTest, KeepsThoseWhomAnotherJudgeTellsApart) {
  judges_ = embedded_;
  embedded_[7] = embedded_[3];
  EXPECT_TRUE(compare(1e-3).duplicates.empty());
  judges_[20] = judges_[3];
  const AlikeStrangers alike = compare(1e-3);
  ASSERT_EQ(alike.duplicates.size(), 1U);
  EXPECT_EQ(alike.duplicates[0].b, 20U);
}

TEST_F(AlikeStrangersTest, LeavesOutTheSecondPhotoInAnotherGroup) {
  embedded_[kPeople + 7] = embedded_[3];
  const AlikeStrangers alike = compare(1e-3);
  ASSERT_EQ(alike.duplicates.size(), 1U);
  EXPECT_EQ(alike.duplicates[0].b, kPeople + 7);
  EXPECT_EQ(alike.groups[1].people, kPeople - 1);
}

TEST_F(AlikeStrangersTest, TellsAnyStrangersFromThoseOfOneGroup) {
  const AlikeStrangers alike = compare();
  const std::vector<float> distances = distances_between(alike, embedded_);
  ASSERT_EQ(distances.size(), kPeople * (2 * kPeople - 1));
  const double between = 2 * std::sin(0.625 * M_PI / 180);  // 1.25 degrees
  CalibrationTable table = calibrate_at({0.5F}, distances, between, "test", 20);
  put_stranger_rates(table, alike, embedded_, "origin and sex", "y m", 1, 50);
  const CalibrationPoint at = rates_at(table, between);
  // Below that: of x the 149 neighbours, of y the 149 and 148 that lie 0.5 and 1 apart.
  constexpr double kPairs = kPeople * (kPeople - 1) / 2.0;
  constexpr double kAll = kPeople * (2.0 * kPeople - 1);
  EXPECT_NEAR(at.fmr.value, (149 + 149 + 148) / kAll, 1e-12);
  ASSERT_TRUE(at.alike_fmr);
  EXPECT_NEAR(at.alike_fmr->value, (149 / kPairs + 297 / kPairs) / 2, 1e-12);
  const Rate of_pairs = rate_with_interval(149 + 149 + 148, distances.size());
  EXPECT_LE(at.fmr.low, of_pairs.low);
  EXPECT_GE(at.fmr.high, of_pairs.high);
  EXPECT_LT(at.fmr.low, at.fmr.value);
  ASSERT_TRUE(table.alike);
  EXPECT_EQ(table.alike->groups, 2U);
  EXPECT_EQ(table.alike->people, 2 * kPeople);
  EXPECT_EQ(table.alike->pairs, 2 * kPeople * (kPeople - 1) / 2);
  EXPECT_EQ(table.points.back().alike_fmr->value, 1) << "at distance 2 all match";
}

TEST_F(AlikeStrangersTest, NamesGroupsThatAreTooSmallAndLeavesOutWhoHasNoFace) {
  for (std::size_t i = 0; i < kPeople / 2; ++i) embedded_[i].embedding.clear();
  const AlikeStrangers alike = compare();
  EXPECT_EQ(alike.groups.size(), 1U);
  EXPECT_THAT(alike.left_out, ElementsAre("x f"));
}

TEST_F(AlikeStrangersTest, EverybodyNeedsARow) {
  PersonTable table = parse_person_table(table_, "people.csv", {});
  check_people_have_rows(table, photos_);
  table.people.erase("1003");
  try {
    check_people_have_rows(table, photos_);
    FAIL() << "somebody without a row was accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("people.csv: no row for '1003', whose photo 1003_1.jpg is compared"));
  }
}

}  // namespace
}  // namespace visavis::alike_strangers_test
