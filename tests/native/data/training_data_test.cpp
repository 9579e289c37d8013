#include "native/data/training_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "tests/native/training/data/training_fixture.h"

namespace visavis::training_data_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TrainingDataTest : public testing::Test {
 protected:
  std::string place(const std::string& name) const { return (folder_ / name).string(); }

  TemporaryFolder folder_;
  ImageWriter images_{folder_};
};

TEST_F(TrainingDataTest, TellsPeopleApartBySourceAndFolder) {
  images_.write("one/Ada", 2);
  images_.write("one/Bo", 1);
  images_.write("two/Ada", 1);
  const TrainingData data = list_training_data({{place("one")}, {place("two") + "/"}});
  EXPECT_THAT(data.identities,
              ElementsAre(place("one") + "/Ada", place("one") + "/Bo", place("two") + "/Ada"));
  EXPECT_THAT(data.identity_source, ElementsAre(0U, 0U, 1U));
  EXPECT_EQ(data.folder(2), "Ada");
  ASSERT_EQ(data.photos.size(), 4U);
  EXPECT_EQ(data.photos[1].identity, 0);
  EXPECT_EQ(data.photos[3].identity, 2);
  EXPECT_EQ(data.name(3), place("two") + "/Ada/100.png");
}

TEST_F(TrainingDataTest, AnEmptyFolderIsNobody) {
  images_.write("one/Ada", 1);
  std::filesystem::create_directories(folder_ / "one/Nobody");
  EXPECT_THAT(list_training_data({{place("one")}}).identities, ElementsAre(place("one") + "/Ada"));
}

TEST_F(TrainingDataTest, SaysWhatLiesThereAndIsNotTrainedOn) {
  images_.write("one/Ada", 1);
  images_.write("one", 1);  // Beside the people's folders: 100.png.
  folder_.write("one/Ada/notes.txt", std::string("notes"));
  std::filesystem::create_directories(folder_ / "one/Nobody");
  const TrainingData data = list_training_data({{place("one")}});
  EXPECT_THAT(data.identities, ElementsAre(place("one") + "/Ada"));
  EXPECT_THAT(data.left_out,
              testing::UnorderedElementsAre(HasSubstr("one/100.png: lies in nobody's folder"),
                                            HasSubstr("one/Ada/notes.txt: the file is no image"),
                                            HasSubstr("one/Nobody: no photos in this folder")));
  images_.write("flat", 2);
  EXPECT_EQ(list_training_data({{place("flat")}}).photos.size(), 2U) << "told by their names";
}

TEST_F(TrainingDataTest, PhotosOfAnUnlabelledSourceShowNobody) {
  images_.write("crowd/street", 2);
  const TrainingData data = list_training_data({{place("crowd"), 1, false}});
  EXPECT_TRUE(data.identities.empty());
  EXPECT_EQ(data.photos[1].identity, kUnlabelled);
}

TEST_F(TrainingDataTest, NamesMatchClassesAndTheFoldersOfClasses) {
  images_.write("set/Greek/c1", 1);
  images_.write("set/Greek/c2", 1);
  images_.write("set/Old_Greek/c1", 1);
  images_.write("Latin/c1", 1);
  const TrainingData data = list_training_data({{place("set")}, {place("Latin")}});
  EXPECT_EQ(data.parent(0), place("set") + "/Greek");
  EXPECT_EQ(data.parent(3), place("Latin"));
  const auto named = [&](const std::vector<std::string>& names) {
    return identities_named(data, names, "--leave-out");
  };
  EXPECT_THAT(named({"Greek"}), ElementsAre(true, true, false, false));
  EXPECT_THAT(named({"set/Greek/", "Latin"}), ElementsAre(true, true, false, true));
  EXPECT_THAT(named({"Greek/c2"}), ElementsAre(false, true, false, false));
  EXPECT_THAT(named({"c1"}), ElementsAre(true, false, true, true));
  EXPECT_THAT(named({place("set") + "/Greek"}), ElementsAre(true, true, false, false));
  EXPECT_THAT(error_of([&] {
                named({"Greek", "Klingon"});
              }),
              testing::AllOf(HasSubstr("--leave-out Klingon:"),
                             testing::EndsWith("there are Greek, Latin, Old_Greek")));
  EXPECT_THAT(error_of([&] { named({""}); }), HasSubstr("--leave-out "));
}

TEST_F(TrainingDataTest, WhatIsLeftOutIsAsIfItWereNotThere) {
  images_.write("set/Greek/c1", 2);
  images_.write("set/Latin/c1", 1);
  images_.write("set/Tagalog/c1", 2);
  images_.write("crowd/street", 1);
  const std::vector<DataSource> sources{{place("set")}, {place("crowd"), 1, false}};
  const TrainingData data = leave_out(list_training_data(sources), {"Greek"});
  EXPECT_THAT(data.identities,
              ElementsAre(place("set") + "/Latin/c1", place("set") + "/Tagalog/c1"));
  EXPECT_EQ(data.identity_source.size(), 2U);
  std::vector<std::string> names;
  std::vector<std::int32_t> identities;
  for (std::size_t i = 0; i < data.photos.size(); ++i) {
    names.push_back(data.name(i));
    identities.push_back(data.photos[i].identity);
  }
  EXPECT_THAT(
      names, ElementsAre(place("set") + "/Latin/c1/100.png", place("set") + "/Tagalog/c1/100.png",
                         place("set") + "/Tagalog/c1/101.png", place("crowd") + "/street/100.png"));
  EXPECT_THAT(identities, ElementsAre(0, 1, 1, kUnlabelled));
}

TEST_F(TrainingDataTest, RefusesASourceGivenTwice) {
  images_.write("one/Ada", 1);
  std::filesystem::create_directory_symlink(folder_ / "one", folder_ / "link");
  for (const std::string& again : {place("one"), place("one/"), place("./one"), place("link")}) {
    EXPECT_THAT(error_of([&] {
                  list_training_data({{place("one")}, {again}});
                }),
                HasSubstr("same training data"))
        << again;
  }
}

TEST_F(TrainingDataTest, RefusesAWeightThatIsNotAboveZero) {
  images_.write("one/Ada", 1);
  for (const double weight : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")}) {
    EXPECT_THAT(error_of([&] {
                  list_training_data({{place("one"), weight}});
                }),
                HasSubstr("not above 0"))
        << weight;
  }
}

TEST_F(TrainingDataTest, RefusesNoSourceAndASourceWithoutPhotos) {
  EXPECT_THAT(error_of([] { list_training_data({}); }), HasSubstr("no training data"));
  std::filesystem::create_directories(folder_ / "bare");
  EXPECT_THAT(error_of([&] { list_training_data({{place("bare")}}); }),
              HasSubstr("no image files"));
}

}  // namespace
}  // namespace visavis::training_data_test
