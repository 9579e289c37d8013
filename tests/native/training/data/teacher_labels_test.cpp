#include "native/training/data/teacher_labels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "core/model/embedder.h"
#include "native/preparation/augmentation.h"
#include "tests/core/face/fake_models.h"
#include "tests/native/training/data/training_fixture.h"

namespace visavis::teacher_labels_test {
namespace {

class TeacherLabelsTest : public testing::Test {
 protected:
  TeacherLabelsTest() {
    // Photos 0 and 1 are unlike; number 0 is black, of which the fake embedder can say nothing.
    images_.write("spare", 40);
    images_.write("set/a", 2);
    folder_.write("set/b/broken.png", Bytes{1, 2, 3});
    data_ = list_training_data({{(folder_ / "set").string()}});
    cache_ = prepare_whole(data_, folder_ / "images.cache");
  }
  TeacherLabels label(const Model& teacher) const {
    return label_with_teacher(teacher, cache_, data_.photos.size(), file_, 2);
  }

  TemporaryFolder folder_;
  ImageWriter images_{folder_};
  TrainingData data_;
  ImageCache cache_;
  std::filesystem::path file_ = folder_ / "images.cache.teacher";
};

TEST_F(TeacherLabelsTest, AreTheUnitMeanOfPhotoAndMirrorImage) {
  const Model teacher = fake_embedder();
  const TeacherLabels labels = label(teacher);
  Embedder embedder(teacher);
  ASSERT_EQ(labels.length(), embedder.embedding_length());
  AugmentationPlan mirrored;
  mirrored.is_flipped = true;
  for (const std::size_t photo : {0U, 1U}) {
    const PreparedImage prepared = cache_.read(photo);
    const Embedding plain = embedder.embed(plain_crop(prepared, 112, 112));
    const Embedding mirror = embedder.embed(planned_crop(prepared, mirrored, 112, 112));
    double norm = 0;
    for (std::size_t i = 0; i < plain.size(); ++i) {
      norm += std::pow(static_cast<double>(plain[i]) + mirror[i], 2);
    }
    for (std::size_t i = 0; i < plain.size(); ++i) {
      EXPECT_NEAR(labels.of(photo)[i], (plain[i] + mirror[i]) / std::sqrt(norm), 1e-5)
          << "photo " << photo << ", element " << i;
    }
  }
}

TEST_F(TeacherLabelsTest, AreFoundAgain) {
  const TeacherLabels first = label(fake_embedder());
  const std::uintmax_t size = std::filesystem::file_size(file_);
  const TeacherLabels again = label(fake_embedder());
  EXPECT_EQ(std::filesystem::file_size(file_), size) << "photos were asked for again";
  for (const std::size_t photo : {0U, 1U}) {
    for (std::size_t i = 0; i < first.length(); ++i) {
      EXPECT_EQ(first.of(photo)[i], again.of(photo)[i]);
    }
  }
}

TEST_F(TeacherLabelsTest, AnotherTeacherIsAskedAnew) {
  label(fake_embedder());
  const std::uintmax_t size = std::filesystem::file_size(file_);
  Model other = fake_embedder();
  other.preprocessing.mean.front() += 1;
  label(other);
  EXPECT_GT(std::filesystem::file_size(file_), size);
}

TEST_F(TeacherLabelsTest, WhatCouldNotBePreparedHasNone) {
  ASSERT_FALSE(cache_.has(2));
  const TeacherLabels labels = label(fake_embedder());
  for (const float value : labels.of(2)) EXPECT_EQ(value, 0);
}

}  // namespace
}  // namespace visavis::teacher_labels_test
