#include "native/training/data/batch_loader.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "core/base/error.h"
#include "core/model/embedder.h"
#include "core/model/preprocess.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"
#include "tests/native/preparation/drawn_face.h"

namespace visavis::batch_loader_test {
namespace {

/// Batch `step` holds photos step, step + 1, ...; labels are photos times ten.
class CountingSampler : public BatchSampler {
 public:
  explicit CountingSampler(std::size_t rows, bool is_episode = false)
      : rows_(rows), is_episode_(is_episode) {}
  std::vector<BatchItem> sample(std::uint64_t step) override {
    EXPECT_EQ(inside_.fetch_add(1), 0) << "called by two threads at once";
    if (step == failing_step) throw Error(ErrorCode::kInvalidArgument, "sampler: no more");
    std::vector<BatchItem> items(rows_);
    for (std::size_t i = 0; i < rows_; ++i) {
      items[i].photo = static_cast<std::uint32_t>(step + i);
      items[i].label = static_cast<std::int32_t>(10 * (step + i));
      items[i].is_query = is_episode_ && i >= rows_ / 2;
      items[i].quarter_turns = is_episode_ ? static_cast<std::uint8_t>(i % 4) : 0;
    }
    inside_ = 0;
    return items;
  }
  [[nodiscard]] std::size_t batch_size() const override { return rows_; }
  [[nodiscard]] std::size_t steps_per_epoch() const override { return 1; }
  std::uint64_t failing_step = 1000;

 private:
  std::size_t rows_;
  bool is_episode_;
  std::atomic<int> inside_ = 0;
};

/// A face whose cast is the photo's number.
PreparedImage photo(std::size_t number) {
  static const PreparedImage face = drawn_face(72);
  PreparedImage prepared = face;
  for (std::uint8_t& sample : prepared.image.pixels) {
    sample = static_cast<std::uint8_t>((sample + 11 * number) % 256);
  }
  return prepared;
}

LoaderOptions small_options(int threads) {
  LoaderOptions options;
  options.height = options.width = 40;
  options.preprocessing = {{127.5F, 127.5F, 127.5F}, {1 / 128.0F, 1 / 128.0F, 1 / 128.0F}};
  options.augmentation = parse_augmentation("face-strong");
  options.threads = threads;
  return options;
}

struct Batches {
  std::vector<float> images, teacher;
  std::vector<int> labels;
  std::vector<bool> is_query;
};

/// `count` batches one after the other, from `first` on.
Batches load(LoaderOptions options, std::uint64_t first, int count, bool is_episode = false) {
  CountingSampler sampler(19, is_episode);
  BatchLoader loader(photo, sampler, std::move(options), first);
  Batches all;
  for (int i = 0; i < count; ++i) {
    const TrainingBatch& batch = loader.next();
    EXPECT_EQ(batch.step, first + static_cast<std::uint64_t>(i));
    EXPECT_EQ(batch.labels.step, batch.step);
    const float* images = batch.images.data();
    all.images.insert(all.images.end(), images, images + batch.images.size());
    const Array<float>& teacher = batch.labels.teacher;
    all.teacher.insert(all.teacher.end(), teacher.data(), teacher.data() + teacher.size());
    const BatchLabels& labels = batch.labels;
    all.labels.insert(all.labels.end(), labels.labels.begin(), labels.labels.end());
    all.is_query.insert(all.is_query.end(), labels.is_query.begin(), labels.is_query.end());
  }
  return all;
}

TEST(BatchLoaderTest, SameBatchesWhateverTheThreads) {
  const Batches one = load(small_options(1), 0, 6);
  for (const int threads : {2, 5}) {
    const Batches many = load(small_options(threads), 0, 6);
    EXPECT_EQ(one.images, many.images) << threads << " threads";
    EXPECT_EQ(one.labels, many.labels) << threads << " threads";
  }
}

TEST(BatchLoaderTest, ResumedAtAStepTheSameBatches) {
  const Batches all = load(small_options(2), 0, 5), rest = load(small_options(2), 3, 2);
  const std::vector<float> tail(all.images.end() - static_cast<std::ptrdiff_t>(rest.images.size()),
                                all.images.end());
  EXPECT_EQ(tail, rest.images);
}

TEST(BatchLoaderTest, AnotherSeedOtherCrops) {
  LoaderOptions other = small_options(1);
  other.seed = 2;
  EXPECT_NE(load(small_options(1), 0, 1).images, load(std::move(other), 0, 1).images);
}

TEST(BatchLoaderTest, RanksShareTheGlobalBatch) {
  const Batches whole = load(small_options(1), 2, 1);
  Batches parts;
  for (const std::size_t rank : {0U, 1U, 2U}) {
    LoaderOptions options = small_options(2);
    options.rank = rank;
    options.ranks = 3;
    const Batches part = load(std::move(options), 2, 1);
    parts.images.insert(parts.images.end(), part.images.begin(), part.images.end());
    parts.labels.insert(parts.labels.end(), part.labels.begin(), part.labels.end());
  }
  EXPECT_EQ(whole.images, parts.images);
  EXPECT_EQ(whole.labels, parts.labels);
}

TEST(BatchLoaderTest, RowsArePreprocessedAsTheEmbedderDoes) {
  for (const std::size_t channels : {1U, 3U}) {
    LoaderOptions options = small_options(1);
    options.augmentation = parse_augmentation("none");
    options.preprocessing = {std::vector<float>(channels, 100.0F),
                             std::vector<float>(channels, 0.02F)};
    const Preprocessing preprocessing = options.preprocessing;
    const Batches batch = load(std::move(options), 4, 1);
    ASSERT_EQ(batch.images.size(), 19 * 40 * 40 * channels);
    for (std::size_t row = 0; row < 19; ++row) {
      const std::vector<FineImage> crop = {plain_crop(photo(4 + row), 40, 40)};
      const Tensor expected = network_input(crop, preprocessing);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        // Fused multiply-adds round once where the core rounds twice.
        ASSERT_NEAR(expected[i], batch.images[row * expected.size() + i], 1e-5)
            << channels << " channels, row " << row;
      }
    }
  }
}

TEST(BatchLoaderTest, EpisodesHaveQueriesAndTurns) {
  LoaderOptions options = small_options(1);
  options.augmentation = parse_augmentation("none");
  options.preprocessing = {{0, 0, 0}, {1, 1, 1}};
  EXPECT_TRUE(load(options, 0, 1).is_query.empty()) << "no episode";
  const Batches batch = load(options, 0, 1, true);
  ASSERT_EQ(batch.is_query.size(), 19U);
  EXPECT_FALSE(batch.is_query[8]);
  EXPECT_TRUE(batch.is_query[9]);
  const std::vector<float> row(batch.images.begin() + 3 * 40 * 40 * 3,
                               batch.images.begin() + 4 * 40 * 40 * 3);
  EXPECT_EQ(row, plain_crop(photo(3), 40, 40, 3).pixels);
}

TEST(BatchLoaderTest, TeacherSeesTheSameGeometryAtItsOwnSizeAndClean) {
  const Model teacher = fake_embedder();
  LoaderOptions options = small_options(3);
  options.augmentation = parse_augmentation("face-strong:colour=1,occlude=1");
  options.teacher = &teacher;
  LoaderOptions geometry = options;
  geometry.augmentation = parse_augmentation("none:flip=0.5,shift=0.06,scale=0.14,rotate=14");
  geometry.teacher_sees_clean = false;
  const Batches clean = load(options, 0, 2), plain = load(geometry, 0, 2);
  EXPECT_EQ(clean.teacher, plain.teacher);
  options.teacher_sees_clean = false;
  EXPECT_NE(load(options, 0, 2).teacher, clean.teacher);
}

TEST(BatchLoaderTest, TeacherSaysWhatTheEmbedderSays) {
  const Model teacher = fake_embedder();
  LoaderOptions options = small_options(2);
  options.augmentation = parse_augmentation("none");
  options.teacher = &teacher;
  const Batches batch = load(options, 0, 1);
  Embedder embedder(teacher);
  const std::size_t length = embedder.embedding_length();
  ASSERT_EQ(batch.teacher.size(), 19 * length);
  for (std::size_t row = 0; row < 19; ++row) {
    const Embedding expected = embedder.embed(plain_crop(photo(row), 112, 112));
    for (std::size_t i = 0; i < length; ++i) {
      // A batch may be summed in another order than one image.
      ASSERT_NEAR(expected[i], batch.teacher[row * length + i], 1e-5) << "row " << row;
    }
  }
}

TEST(BatchLoaderTest, WhatGoesWrongIsThrownAtItsBatch) {
  CountingSampler sampler(8);
  const auto read = [](std::size_t number) {
    // Photos 12 and 13 are first met in batch 5; row 7 of it comes before row 6 of the next.
    if (number >= 12) {
      throw Error(ErrorCode::kUnreadableImage, "photo " + std::to_string(number));
    }
    return photo(number);
  };
  BatchLoader loader(read, sampler, small_options(3), 0);
  for (int step = 0; step < 5; ++step) EXPECT_NO_THROW(loader.next()) << "step " << step;
  for (int again = 0; again < 2; ++again) {
    try {
      loader.next();
      ADD_FAILURE() << "batch 5 was given";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnreadableImage);
      EXPECT_STREQ(error.what(), "photo 12");
    }
  }
}

TEST(BatchLoaderTest, SamplerThatFailsIsHeard) {
  CountingSampler sampler(8);
  sampler.failing_step = 2;
  BatchLoader loader(photo, sampler, small_options(2), 0);
  loader.next();
  loader.next();
  expect_error(ErrorCode::kInvalidArgument, "sampler: no more", [&] { loader.next(); });
}

TEST(BatchLoaderTest, StopsInTheMiddleOfABatch) {
  CountingSampler sampler(400);
  std::atomic<int> reads = 0;
  {
    const auto read = [&reads](std::size_t number) {
      ++reads;
      return photo(number);
    };
    BatchLoader loader(read, sampler, small_options(2), 0);
    while (reads < 5) std::this_thread::yield();
  }
  EXPECT_LT(reads, 300) << "rows prepared for nobody";
}

TEST(BatchLoaderTest, PreparesAheadAndNoFurther) {
  CountingSampler sampler(8);
  std::atomic<int> reads = 0;
  const auto read = [&reads](std::size_t number) {
    ++reads;
    return photo(number);
  };
  LoaderOptions options = small_options(2);
  options.ahead = 3;
  BatchLoader loader(read, sampler, options, 0);
  while (reads < 24) std::this_thread::yield();
  loader.next();
  while (reads < 32) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(reads, 32) << "one batch given, three ahead, of 8 rows";
}

TEST(BatchLoaderTest, WaitingIsCountedButForTheFirstBatch) {
  CountingSampler sampler(4);
  std::atomic<bool> may_read = false;
  const auto read = [&may_read](std::size_t number) {
    while (!may_read) std::this_thread::yield();
    return photo(number);
  };
  BatchLoader loader(read, sampler, small_options(1), 0);
  std::thread opener([&may_read] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    may_read = true;
  });
  loader.next();
  opener.join();
  EXPECT_EQ(loader.seconds_waited(), 0);
}

std::string refusal(const LoaderOptions& options) {
  CountingSampler sampler(4);
  try {
    BatchLoader loader(photo, sampler, options, 0);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "accepted";
}

TEST(BatchLoaderTest, RefusesOptionsThatDoNotHoldTogether) {
  LoaderOptions options = small_options(1);
  options.width = 0;
  EXPECT_THAT(refusal(options), testing::HasSubstr("0x40 pixels"));
  options = small_options(1);
  options.preprocessing.scale.pop_back();
  EXPECT_THAT(refusal(options), testing::HasSubstr("3 means and 2 scales"));
  options = small_options(1);
  options.rank = 2;
  options.ranks = 2;
  EXPECT_THAT(refusal(options), testing::HasSubstr("rank 2 of 2"));
  options = small_options(1);
  options.ranks = 5;
  EXPECT_THAT(refusal(options), testing::HasSubstr("cannot be split over 5 ranks"));
}

}  // namespace
}  // namespace visavis::batch_loader_test
