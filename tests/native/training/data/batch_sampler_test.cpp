#include "native/training/data/batch_sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "native/training/losses/episode.h"
#include "tests/native/training/data/training_fixture.h"

namespace visavis::batch_sampler_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Batch = std::vector<BatchItem>;

bool are_same(const Batch& a, const Batch& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const BatchItem& x, const BatchItem& y) {
                      return x.photo == y.photo && x.label == y.label && x.is_query == y.is_query &&
                             x.quarter_turns == y.quarter_turns;
                    });
}

/// Training data that exist by name only: samplers look at nothing else.
class BatchSamplerTest : public testing::Test {
 protected:
  /// A source whose people have so many photos each.
  void add_source(const std::vector<std::size_t>& photos_of_people, double weight = 1,
                  bool is_labelled = true) {
    const auto source = static_cast<std::uint32_t>(data_.sources.size());
    data_.sources.push_back({"source" + std::to_string(source), weight, is_labelled});
    for (const std::size_t photos : photos_of_people) {
      std::int32_t identity = kUnlabelled;
      if (is_labelled) {
        identity = static_cast<std::int32_t>(data_.identities.size());
        data_.identities.push_back(data_.sources.back().location + "/p" + std::to_string(identity));
        data_.identity_source.push_back(source);
        split_.label_of_identity.push_back(identity);
        ++split_.training_identities;
      }
      for (std::size_t i = 0; i < photos; ++i) {
        split_.training.push_back(static_cast<std::uint32_t>(data_.photos.size()));
        data_.photos.push_back({source, static_cast<std::uint32_t>(i), identity});
      }
    }
  }
  /// Puts the people of number first..last into a folder of the source.
  void move_into_folder(std::size_t first, std::size_t last, const std::string& folder) {
    for (std::size_t i = first; i <= last; ++i) {
      const std::string& location = data_.sources[data_.identity_source[i]].location;
      data_.identities[i] = location + "/" + folder + "/p" + std::to_string(i);
    }
  }
  void check_steps_in_any_order(const std::function<std::unique_ptr<BatchSampler>()>& make) const {
    const auto rising = make();
    std::vector<Batch> batches;
    for (std::uint64_t step = 0; step < 60; ++step) batches.push_back(rising->sample(step));
    const auto jumping = make();
    for (std::uint64_t i = 0; i < 60; ++i) {
      const std::uint64_t step = i * 37 % 60;
      EXPECT_TRUE(are_same(jumping->sample(step), batches[step])) << "step " << step;
    }
    EXPECT_FALSE(are_same(batches[0], batches[1]));
  }

  TrainingData data_;
  IdentitySplit split_;
};

TEST_F(BatchSamplerTest, PeopleBatchesHoldPPeopleTimesKPhotosOfTheirs) {
  add_source({2, 3, 4, 5, 6, 7, 8, 9, 2, 3});
  const auto sampler = make_people_sampler(data_, split_, 4, 3, 1);
  EXPECT_EQ(sampler->batch_size(), 12U);
  EXPECT_EQ(sampler->steps_per_epoch(), 5U) << "49 photos by twelves";
  for (std::uint64_t step = 0; step < 100; ++step) {
    const Batch batch = sampler->sample(step);
    ASSERT_EQ(batch.size(), 12U);
    std::set<std::int32_t> people;
    for (std::size_t i = 0; i < 12; ++i) {
      people.insert(batch[i].label);
      ASSERT_EQ(batch[i].label, batch[i / 3 * 3].label) << "a person's photos in a row";
      ASSERT_EQ(batch[i].label, data_.photos[batch[i].photo].identity);
    }
    ASSERT_EQ(people.size(), 4U) << "step " << step;
  }
}

TEST_F(BatchSamplerTest, EverybodyAndEachOfHisPhotosComesUpEquallyOften) {
  add_source({4, 6, 8, 5, 4, 7, 6});
  const auto sampler = make_people_sampler(data_, split_, 3, 4, 1);
  std::map<std::uint32_t, int> times;
  // 840 turns each: whole rounds of every person's photos (4 at a time: 1, 3, 2, 5 or 7 turns).
  for (std::uint64_t step = 0; step < 7 * 840 / 3; ++step) {
    for (const BatchItem& item : sampler->sample(step)) ++times[item.photo];
  }
  const std::vector<int> photos{4, 6, 8, 5, 4, 7, 6};
  for (const auto& [photo, count] : times) {
    const auto person = static_cast<std::size_t>(data_.photos[photo].identity);
    EXPECT_EQ(count * photos[person], 840 * 4) << "photo " << photo;
  }
}

TEST_F(BatchSamplerTest, SourcesOfOneWeightShareBatchesWhateverTheirSize) {
  add_source(std::vector<std::size_t>(100, 2));
  add_source(std::vector<std::size_t>(8, 2));
  add_source(std::vector<std::size_t>(30, 2), 2);
  const auto sampler = make_people_sampler(data_, split_, 16, 2, 1);
  std::vector<int> rows(3);
  for (std::uint64_t step = 0; step < 100; ++step) {
    for (const BatchItem& item : sampler->sample(step)) ++rows[data_.photos[item.photo].source];
  }
  EXPECT_NEAR(rows[0], 800, 4);
  EXPECT_NEAR(rows[1], 800, 4);
  EXPECT_NEAR(rows[2], 1600, 4);
}

TEST_F(BatchSamplerTest, PeopleWithOnePhotoAreLeftOutUnlessKIsOne) {
  add_source({1, 2, 1, 3});
  const auto pairs = make_people_sampler(data_, split_, 2, 2, 1);
  for (std::uint64_t step = 0; step < 20; ++step) {
    for (const BatchItem& item : pairs->sample(step)) EXPECT_EQ(item.label % 2, 1);
  }
  EXPECT_EQ(make_people_sampler(data_, split_, 4, 1, 1)->sample(0).size(), 4U);
}

TEST_F(BatchSamplerTest, TooFewPhotosAreRepeatedEvenly) {
  add_source({2, 5});
  const Batch batch = make_people_sampler(data_, split_, 2, 4, 1)->sample(0);
  std::map<std::uint32_t, int> times;
  for (const BatchItem& item : batch) ++times[item.photo];
  EXPECT_EQ(times[0], 2);
  EXPECT_EQ(times[1], 2);
}

TEST_F(BatchSamplerTest, SaysWhatPeopleBatchesLack) {
  add_source({2, 3, 1});
  EXPECT_THAT(error_of([&] { make_people_sampler(data_, split_, 3, 2, 1); }),
              AllOf(HasSubstr("3 people"), HasSubstr("2 can be used"), HasSubstr("fewer than 2")));
  EXPECT_THAT(error_of([&] { make_people_sampler(data_, split_, 2, 4, 1); }),
              HasSubstr("nobody has more than 3"));
  EXPECT_THAT(error_of([&] { make_people_sampler(data_, split_, 0, 4, 1); }), HasSubstr("empty"));
  add_source(std::vector<std::size_t>(50, 2));
  EXPECT_THAT(error_of([&] { make_people_sampler(data_, split_, 20, 2, 1); }),
              AllOf(HasSubstr("source0"), HasSubstr("puts 10"), HasSubstr("it has 2")));
}

TEST_F(BatchSamplerTest, StepsInAnyOrderGiveTheSameBatches) {
  add_source({7, 8, 9, 7, 8, 9, 7});
  add_source({6, 6, 7, 6}, 0.7);
  check_steps_in_any_order([&] { return make_people_sampler(data_, split_, 5, 3, 9); });
  check_steps_in_any_order([&] { return make_shuffled_sampler(data_, split_, 11, 9); });
  const EpisodePlan plan{4, 1, 2, true};
  check_steps_in_any_order([&] { return make_episode_sampler(data_, split_, plan, 9); });
  move_into_folder(0, 2, "Greek");
  move_into_folder(3, 6, "Latin");
  const EpisodePlan within{4, 1, 2, true, true};
  check_steps_in_any_order([&] { return make_episode_sampler(data_, split_, within, 9); });
}

TEST_F(BatchSamplerTest, SeedsGiveOtherBatches) {
  add_source(std::vector<std::size_t>(20, 4));
  EXPECT_FALSE(are_same(make_people_sampler(data_, split_, 5, 2, 1)->sample(0),
                        make_people_sampler(data_, split_, 5, 2, 2)->sample(0)));
}

TEST_F(BatchSamplerTest, ShuffledGoesThroughEveryPhotoOncePerEpoch) {
  add_source({3, 1, 5, 11});
  const auto sampler = make_shuffled_sampler(data_, split_, 5, 1);
  ASSERT_EQ(sampler->steps_per_epoch(), 4U);
  for (std::uint64_t epoch = 0; epoch < 10; ++epoch) {
    std::set<std::uint32_t> seen;
    for (std::uint64_t step = 0; step < 4; ++step) {
      for (const BatchItem& item : sampler->sample(epoch * 4 + step)) {
        seen.insert(item.photo);
        EXPECT_EQ(item.label, data_.photos[item.photo].identity);
      }
    }
    ASSERT_EQ(seen.size(), 20U) << "epoch " << epoch;
  }
}

TEST_F(BatchSamplerTest, ShuffledMixesUnlabelledPhotosInByWeight) {
  add_source(std::vector<std::size_t>(10, 5));
  add_source({3}, 3, false);  // Smaller than its share of a batch.
  const auto sampler = make_shuffled_sampler(data_, split_, 8, 1);
  int unlabelled = 0;
  for (std::uint64_t step = 0; step < 50; ++step) {
    for (const BatchItem& item : sampler->sample(step)) unlabelled += item.label < 0 ? 1 : 0;
  }
  EXPECT_NEAR(unlabelled, 300, 1);
}

TEST_F(BatchSamplerTest, ShuffledRefusesASourceWithNothingToTrainOn) {
  add_source({3, 3});
  add_source({});
  EXPECT_THAT(error_of([&] { make_shuffled_sampler(data_, split_, 4, 1); }),
              HasSubstr("source1: no usable photo"));
}

TEST_F(BatchSamplerTest, EpisodesAreWhatLossesExpect) {
  add_source({6, 6, 7, 8, 5, 6});  // The one with 5 is too small.
  const EpisodePlan plan{3, 2, 4, false};
  const auto sampler = make_episode_sampler(data_, split_, plan, 1);
  EXPECT_EQ(sampler->batch_size(), 18U);
  for (std::uint64_t step = 0; step < 30; ++step) {
    BatchLabels labels;
    std::set<std::uint32_t> photos;
    std::map<std::int32_t, std::int32_t> identity_of_class;
    for (const BatchItem& item : sampler->sample(step)) {
      labels.labels.push_back(item.label);
      labels.is_query.push_back(item.is_query);
      photos.insert(item.photo);
      const std::int32_t identity = data_.photos[item.photo].identity;
      EXPECT_NE(identity, 4);
      EXPECT_EQ(identity_of_class.emplace(item.label, identity).first->second, identity);
    }
    const Episode episode = split_episode(labels);
    EXPECT_EQ(episode.way, 3U);
    EXPECT_EQ(episode.support, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5})) << "support first";
    EXPECT_EQ(episode.query.size(), 12U);
    EXPECT_EQ(photos.size(), 18U) << "no photo twice in an episode";
  }
}

TEST_F(BatchSamplerTest, RotatedClassesAreClassesOfTheirOwn) {
  add_source({4, 4, 4});
  EpisodePlan plan{12, 1, 3, true};
  const Batch batch = make_episode_sampler(data_, split_, plan, 1)->sample(0);
  std::set<std::pair<std::int32_t, int>> classes;
  for (const BatchItem& item : batch) {
    classes.emplace(data_.photos[item.photo].identity, item.quarter_turns);
  }
  EXPECT_EQ(classes.size(), 12U);
  plan.has_rotated_classes = false;
  EXPECT_THAT(error_of([&] { make_episode_sampler(data_, split_, plan, 1); }),
              AllOf(HasSubstr("12 people or classes"), HasSubstr("3 can be used")));
}

TEST_F(BatchSamplerTest, EpisodesWithinAFolderHoldItsClassesOnly) {
  add_source(std::vector<std::size_t>(12, 4));
  move_into_folder(0, 3, "Greek");
  move_into_folder(4, 11, "Latin");
  add_source(std::vector<std::size_t>(4, 4));  // One folder: the source itself.
  EpisodePlan plan{4, 1, 3, false, true};
  const auto sampler = make_episode_sampler(data_, split_, plan, 1);
  std::map<std::string, int> episodes;
  std::map<std::int32_t, int> times;
  for (std::uint64_t step = 0; step < 120; ++step) {
    std::set<std::string> parents;
    std::set<std::int32_t> classes;
    for (const BatchItem& item : sampler->sample(step)) {
      const std::int32_t identity = data_.photos[item.photo].identity;
      parents.insert(data_.parent(static_cast<std::size_t>(identity)));
      if (classes.insert(identity).second) ++times[identity];
    }
    ASSERT_EQ(parents.size(), 1U) << "step " << step;
    ASSERT_EQ(classes.size(), 4U) << "step " << step;
    ++episodes[*parents.begin()];
  }
  // The two sources weigh the same; within the first, Latin has twice as many classes as Greek.
  EXPECT_NEAR(episodes["source0/Greek"], 20, 1);
  EXPECT_NEAR(episodes["source0/Latin"], 40, 1);
  EXPECT_NEAR(episodes["source1"], 60, 1);
  for (std::int32_t identity = 0; identity < 12; ++identity) {
    EXPECT_NEAR(times[identity], 20, 1) << "class " << identity;
  }

  plan.way = 16;
  EXPECT_THAT(error_of([&] { make_episode_sampler(data_, split_, plan, 1); }),
              AllOf(HasSubstr("source0/Greek"), HasSubstr("16 classes, and 4 can be used")));
  plan.has_rotated_classes = true;
  std::set<std::pair<std::int32_t, int>> classes;
  for (const BatchItem& item : make_episode_sampler(data_, split_, plan, 1)->sample(0)) {
    classes.emplace(data_.photos[item.photo].identity, item.quarter_turns);
  }
  EXPECT_EQ(classes.size(), 16U) << "turned classes are of the same folder";
}

TEST_F(BatchSamplerTest, SaysWhatEpisodesLack) {
  add_source({6, 6, 5, 5, 5});
  EXPECT_THAT(error_of([&] {
                make_episode_sampler(data_, split_, {5, 1, 5, false}, 1);
              }),
              AllOf(HasSubstr("2 can be used"), HasSubstr("fewer than 1 + 5 usable images")));
  EXPECT_THAT(error_of([&] {
                make_episode_sampler(data_, split_, {1, 1, 5, false}, 1);
              }),
              HasSubstr("way"));
}

}  // namespace
}  // namespace visavis::batch_sampler_test
