#include "native/training/data/identity_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "tests/native/training/data/training_fixture.h"

namespace visavis::identity_split_test {
namespace {

using testing::HasSubstr;

class IdentitySplitTest : public testing::Test {
 protected:
  void list(const std::vector<std::string>& sources) {
    std::vector<DataSource> places;
    for (const std::string& source : sources) places.push_back({(folder_ / source).string()});
    data_ = list_training_data(places);
    cache_ = prepare_whole(data_, folder_ / "cache");
  }
  void write_people(const std::string& source, int people, std::size_t photos) {
    for (int i = 0; i < people; ++i) images_.write(source + "/p" + std::to_string(i), photos);
  }
  std::set<std::string> folders_of(const std::vector<std::uint32_t>& photos) const {
    std::set<std::string> folders;
    for (const std::uint32_t photo : photos) {
      const auto identity = static_cast<std::size_t>(data_.photos[photo].identity);
      folders.insert(data_.folder(identity));
    }
    return folders;
  }
  IdentitySplit split(double share, std::uint64_t seed = 1) const {
    return split_by_identity(data_, cache_, {share, {}}, seed);
  }

  TemporaryFolder folder_;
  ImageWriter images_{folder_};
  TrainingData data_;
  ImageCache cache_;
};

TEST_F(IdentitySplitTest, NobodyIsInBothPartsAndNobodyIsLost) {
  write_people("set", 100, 2);
  list({"set"});
  const IdentitySplit parts = split(0.3);
  const auto trained = folders_of(parts.training);
  const auto validated = folders_of(parts.validation);
  EXPECT_EQ(trained.size() + validated.size(), 100U);
  for (const std::string& folder : validated) EXPECT_EQ(trained.count(folder), 0U) << folder;
  EXPECT_EQ(parts.training.size() + parts.validation.size(), 200U);
  EXPECT_EQ(parts.training_identities, trained.size());
  EXPECT_EQ(parts.validation_identities, validated.size());
  // 30 expected, binomial: sigma 4.6. Fixed seed: it cannot flicker.
  EXPECT_NEAR(static_cast<double>(validated.size()), 30, 14);
}

TEST_F(IdentitySplitTest, LabelsHaveNoGaps) {
  write_people("set", 30, 2);
  list({"set"});
  const IdentitySplit parts = split(0.3);
  std::int32_t next = 0;
  for (const std::int32_t label : parts.label_of_identity) {
    if (label == kUnlabelled) continue;
    EXPECT_EQ(label, next++);
  }
  EXPECT_EQ(static_cast<std::size_t>(next), parts.training_identities);
}

TEST_F(IdentitySplitTest, NewPeopleAndPhotosAndAnotherPlaceMoveNobody) {
  write_people("set", 30, 2);
  list({"set"});
  const auto before = folders_of(split(0.3).validation);
  write_people("set", 40, 3);  // New photos of the 30, and 10 new people.
  std::filesystem::rename(folder_ / "set", folder_ / "moved");
  list({"moved"});
  const IdentitySplit parts = split(0.3);
  const auto validated = folders_of(parts.validation);
  const auto trained = folders_of(parts.training);
  EXPECT_TRUE(std::includes(validated.begin(), validated.end(), before.begin(), before.end()));
  for (const std::string& folder : before) EXPECT_EQ(trained.count(folder), 0U) << folder;
}

TEST_F(IdentitySplitTest, SeedsHoldOutOthers) {
  write_people("set", 40, 2);
  list({"set"});
  EXPECT_NE(split(0.3, 1).validation, split(0.3, 2).validation);
  EXPECT_EQ(split(0.3, 2).validation, split(0.3, 2).validation);
}

TEST_F(IdentitySplitTest, ShareZeroHoldsNobodyOut) {
  write_people("set", 3, 2);
  list({"set"});
  const IdentitySplit parts = split(0);
  EXPECT_TRUE(parts.validation.empty());
  EXPECT_EQ(parts.training.size(), 6U);
}

TEST_F(IdentitySplitTest, CountsPeopleWithOnePhotoAndHoldsThemOutOfValidation) {
  write_people("set", 40, 2);
  for (int i = 0; i < 40; ++i) images_.write("set/single" + std::to_string(i), 1);
  list({"set"});
  const IdentitySplit parts = split(0.3);
  for (const std::string& folder : folders_of(parts.validation)) {
    EXPECT_THAT(folder, testing::Not(HasSubstr("single")));
  }
  EXPECT_EQ(parts.training_identities_with_one_photo + parts.held_out_identities_with_one_photo,
            40U);
  EXPECT_GT(parts.training_identities_with_one_photo, 0U);
  EXPECT_GT(parts.held_out_identities_with_one_photo, 0U);
}

TEST_F(IdentitySplitTest, UnusablePhotosCountForNothing) {
  write_people("set", 2, 2);
  folder_.write("set/broken/1.jpg", "no image");
  list({"set"});
  const IdentitySplit parts = split(0);
  EXPECT_EQ(parts.training_identities, 2U);
  EXPECT_EQ(parts.training.size(), 4U);
  EXPECT_EQ(parts.label_of_identity[0], kUnlabelled);  // "broken" sorts first.
}

TEST_F(IdentitySplitTest, RefusesASideWithFewerThanTwoPeople) {
  write_people("set", 3, 2);
  list({"set"});
  EXPECT_THAT(error_of([&] { (void)split(1e-9); }), HasSubstr("holds out 0 people"));
  EXPECT_THAT(error_of([&] { (void)split(1 - 1e-9); }), HasSubstr("0 people with usable photos"));
  EXPECT_THAT(error_of([&] { (void)split(1); }), HasSubstr("not in 0..1"));
  EXPECT_THAT(error_of([&] { (void)split(-0.1); }), HasSubstr("not in 0..1"));
}

TEST_F(IdentitySplitTest, AnAdaptingShareLeavesBothSidesEnoughOfFewPeople) {
  // People, and the fewest and most that any seed may hold out.
  struct Case {
    int people;
    std::size_t fewest, most;
  };
  for (const Case& c : {Case{2, 0, 0}, Case{3, 0, 0}, Case{4, 2, 2}, Case{5, 2, 2}, Case{6, 2, 3},
                        Case{10, 2, 5}, Case{20, 2, 10}}) {
    const std::string source = "of" + std::to_string(c.people);
    write_people(source, c.people, 3);
    images_.write(source + "/single", 1);
    list({source});
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      const IdentitySplit parts = split_by_identity(data_, cache_, {0.1, {}, true}, seed);
      EXPECT_GE(parts.validation_identities, c.fewest) << c.people << " people, seed " << seed;
      EXPECT_LE(parts.validation_identities, c.most) << c.people << " people, seed " << seed;
      EXPECT_GE(parts.training_identities - parts.training_identities_with_one_photo, 2U);
    }
  }
}

TEST_F(IdentitySplitTest, AnAdaptingShareIsKeptWherePeopleAreEnough) {
  write_people("set", 100, 2);
  list({"set"});
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    EXPECT_EQ(split_by_identity(data_, cache_, {0.1, {}, true}, seed).validation,
              split(0.1, seed).validation);
  }
}

TEST_F(IdentitySplitTest, ValidatesOnTheFoldersThatAreNamed) {
  write_people("set/Greek", 3, 2);
  write_people("set/Latin", 2, 2);
  images_.write("set/Latin/single", 1);
  list({"set"});
  const IdentitySplit parts = split_by_identity(data_, cache_, {0.9, {"Latin"}}, 1);
  EXPECT_EQ(folders_of(parts.training),
            (std::set<std::string>{"Greek/p0", "Greek/p1", "Greek/p2"}));
  EXPECT_EQ(folders_of(parts.validation), (std::set<std::string>{"Latin/p0", "Latin/p1"}));
  EXPECT_EQ(parts.held_out_identities_with_one_photo, 1U);
  const auto error = [&](const std::vector<std::string>& names) {
    return error_of([&] { (void)split_by_identity(data_, cache_, {0.1, names}, 1); });
  };
  EXPECT_THAT(error({"Greece"}), HasSubstr("--validate-on Greece: no class"));
  EXPECT_THAT(error({"Latin/p0"}), HasSubstr("holds out 1 person or class"));
  EXPECT_THAT(error({"Greek", "Latin"}), HasSubstr("fewer names in --validate-on"));
}

TEST_F(IdentitySplitTest, UnlabelledPhotosTrainAndNeedNobody) {
  images_.write("crowd/street", 3);
  data_ = list_training_data({{(folder_ / "crowd").string(), 1, false}});
  cache_ = prepare_whole(data_, folder_ / "cache");
  EXPECT_EQ(split(0).training.size(), 3U);
  EXPECT_EQ(split(0).training_identities, 0U);
}

}  // namespace
}  // namespace visavis::identity_split_test
