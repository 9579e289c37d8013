#include "native/training/data/teacher_labels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "core/image/resample.h"
#include "core/image/similarity_transform.h"
#include "core/model/embedder.h"
#include "native/preparation/augmentation.h"
#include "tests/core/face/fake_models.h"
#include "tests/native/preparation/drawn_face.h"
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
    return label_with_teacher(teacher, {}, cache_, data_.photos.size(), file_, 2, no_progress());
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

TEST_F(TeacherLabelsTest, SideBySideDistanceIsTheRootMeanSquare) {
  Model other = fake_embedder();
  other.preprocessing.scale.front() *= 3;
  const TeacherLabels first = label(fake_embedder()), second = label(other);
  const TeacherLabels both = side_by_side({first, second});
  ASSERT_EQ(both.length(), first.length() + second.length());
  const auto squared_distance = [](const TeacherLabels& labels) {
    double sum = 0;
    for (std::size_t i = 0; i < labels.length(); ++i) {
      sum += std::pow(static_cast<double>(labels.of(0)[i]) - labels.of(1)[i], 2);
    }
    return sum;
  };
  // Floats of about 0.1, some hundred of them.
  EXPECT_NEAR(squared_distance(both), (squared_distance(first) + squared_distance(second)) / 2,
              1e-6);
}

AlignmentTemplate drawn_template() { return {{kTemplatePoints.begin(), kTemplatePoints.end()}}; }

/// A network with an input of `side` pixels that wants the face moved so, in 112 pixels.
Model model_with_template(int side, const SimilarityTransform& move) {
  Model model = fake_embedder();
  model.network.input[0] = model.network.input[1] = static_cast<std::size_t>(side);
  model.alignment.points.clear();
  for (const Point& point : kTemplatePoints) {
    const Point moved = move.apply(point);
    const auto scale = static_cast<float>(side) / 112;
    model.alignment.points.push_back({moved.x * scale, moved.y * scale});
  }
  return model;
}

TEST(CropForTest, IsNothingForTheSameTemplate) {
  EXPECT_TRUE(is_plain(crop_for(model_with_template(128, {}), drawn_template())));
  EXPECT_TRUE(is_plain(crop_for(model_with_template(128, {1, 0.5, 0, 0}), {}))) << "whole images";
}

TEST(CropForTest, ShowsTheModelItsOwnTemplate) {
  const PreparedImage face = drawn_face(288);
  const Model model = model_with_template(128, {1.1, 0.22, -3, 5});
  const FineImage crop = planned_crop(face, crop_for(model, drawn_template()), 128, 128);
  const FineImage expected = resample(
      face.image, fit_similarity(*face.points, model.alignment.points), 128, 128, Border::kBlack);
  // Of 255. Rounding only, as in AugmentationTest.PlainCropIsTheAligners, with an angle more.
  EXPECT_LT(largest_difference(crop, expected), 0.05F);
}

}  // namespace
}  // namespace visavis::teacher_labels_test
