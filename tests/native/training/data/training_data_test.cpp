#include "native/training/data/training_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "native/training/loss.h"
#include "training_fixture.h"

namespace visavis {
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

TEST_F(TrainingDataTest, PhotosOfAnUnlabelledSourceShowNobody) {
  images_.write("crowd/street", 2);
  const TrainingData data = list_training_data({{place("crowd"), 1, false}});
  EXPECT_TRUE(data.identities.empty());
  EXPECT_EQ(data.photos[1].identity, kUnlabelled);
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
}  // namespace visavis
