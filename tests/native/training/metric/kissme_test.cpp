#include "native/training/metric/kissme.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/base/error.h"
#include "tests/native/training/run/validation_data.h"

namespace visavis::kissme_test {
namespace {

using testing::HasSubstr;

constexpr std::size_t kLength = 24;

/// People differ in the first half of the numbers, photos of one person in the second half, by more
/// than people do; an offset of the source lies on one number of the first half.
LabelledEmbeddings people_in_noise(std::size_t people, std::uint64_t seed, float source_offset) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(0, 1);
  LabelledEmbeddings made;
  for (std::size_t person = 0; person < people; ++person) {
    Embedding centre(kLength);
    for (std::size_t k = 0; k < kLength / 2; ++k) centre[k] = normal(random);
    const auto source = static_cast<std::uint32_t>(person % 2);
    centre[0] += source_offset * static_cast<float>(source);
    for (int photo = 0; photo < 4; ++photo) {
      Embedding v = centre;
      for (std::size_t k = 0; k < kLength; ++k) {
        v[k] += (k < kLength / 2 ? 0.3F : 2.5F) * normal(random);
      }
      made.embeddings.push_back(unit(std::move(v)));
      made.identity.push_back(static_cast<std::int32_t>(person));
      made.source.push_back(source);
    }
  }
  return made;
}

std::vector<float> mapped(const LinearMetric& metric, const Embedding& embedding) {
  const Eigen::VectorXf out =
      metric.map * Eigen::Map<const Eigen::VectorXf>(embedding.data(),
                                                     static_cast<Eigen::Index>(embedding.size()));
  return {out.data(), out.data() + out.size()};
}

/// Of a metric of `dimensions`, on other people than it was learned from.
double eer_in_metric(const LinearMetric& metric, const LabelledEmbeddings& people) {
  std::vector<Embedding> embeddings;
  for (const Embedding& embedding : people.embeddings) {
    Embedding out = mapped(metric, embedding);
    out.push_back(static_cast<float>(3 * metric.scale));
    embeddings.push_back(unit(std::move(out)));
  }
  return compare_embeddings(std::move(embeddings), people.identity, 1, 0).eer;
}

TEST(Kissme, TellsPeopleApartWhereNoiseHidesThem) {
  const LabelledEmbeddings others = people_in_noise(80, 2, 0);
  const double plain = compare_embeddings(others.embeddings, others.identity, 1, 0).eer;
  EXPECT_GT(plain, 0.3) << "noise hides people";
  const LinearMetric metric = learn_kissme(people_in_noise(120, 1, 0), kLength / 2);
  EXPECT_LT(eer_in_metric(metric, others), plain / 2);
}

TEST(Kissme, KeepsTheDirectionsThatTellMostFirstAndNoMoreThanThereAre) {
  const LinearMetric metric = learn_kissme(people_in_noise(120, 1, 0), kLength + 3);
  ASSERT_EQ(metric.map.rows(), static_cast<Eigen::Index>(kLength + 3));
  for (Eigen::Index r = 1; r < metric.map.rows(); ++r) {
    EXPECT_LE(metric.map.row(r).norm(), metric.map.row(r - 1).norm()) << "row " << r;
  }
  EXPECT_GT(metric.map.row(0).head(kLength / 2).norm(), 0.9 * metric.map.row(0).norm())
      << "of the half in which people differ";
  EXPECT_EQ(metric.map.bottomRows(3).norm(), 0);
}

TEST(Kissme, WhatTellsSourcesApartDoesNotCount) {
  const double of_one_source = learn_kissme(people_in_noise(200, 1, 0), 12).map.col(0).norm();
  const double offset = learn_kissme(people_in_noise(200, 1, 12), 12).map.col(0).norm();
  LabelledEmbeddings together = people_in_noise(200, 1, 12);
  together.source.assign(together.source.size(), 0);
  const double blind = learn_kissme(together, 12).map.col(0).norm();
  EXPECT_LT(offset, 1.5 * of_one_source);
  EXPECT_GT(blind, 1.5 * offset) << "else the test shows nothing";
}

TEST(Kissme, AnEmbedderInTheMetricGivesTheMapAndTheConstantAtUnitLength) {
  std::mt19937_64 random(3);
  Model model = identity_model(2, 4);  // 24 numbers
  const LinearMetric metric = learn_kissme(people_in_noise(60, 4, 0), 10);
  Image picture(4, 2);
  for (int i = 0; i < 24; ++i) {
    picture.pixel(i / 3 % 4, i / 12)[i % 3] = static_cast<std::uint8_t>(random() % 256);
  }
  const FineImage crop(picture);
  const Embedding before = Embedder(model).embed(crop);
  append_metric(model, metric);
  check_model(model);
  const Embedding after = Embedder(model).embed(crop);
  Embedding expected = mapped(metric, before);
  expected.push_back(static_cast<float>(3 * metric.scale));
  expected = unit(std::move(expected));
  ASSERT_EQ(after.size(), expected.size());
  for (std::size_t i = 0; i < after.size(); ++i) EXPECT_NEAR(after[i], expected[i], 1e-6);
  EXPECT_TRUE(remove_metric(model));
  check_model(model);
  EXPECT_EQ(Embedder(model).embed(crop), before);
  EXPECT_FALSE(remove_metric(model)) << "there is none left";
}

TEST(Kissme, RefusesWhatNothingCanBeLearnedFrom) {
  const auto message_of = [](const LabelledEmbeddings& labelled) -> std::string {
    try {
      learn_kissme(labelled, 4);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was refused";
  };
  LabelledEmbeddings strangers = people_in_noise(4, 1, 0);
  for (std::size_t i = 0; i < strangers.identity.size(); ++i) {
    strangers.identity[i] = static_cast<std::int32_t>(i);
  }
  EXPECT_THAT(message_of(strangers), HasSubstr("nobody has two photos"));
  LabelledEmbeddings unlike = people_in_noise(4, 1, 0);
  unlike.embeddings.back().pop_back();
  EXPECT_THAT(message_of(unlike), HasSubstr("length 24 and 23"));
  LabelledEmbeddings unlabelled = people_in_noise(4, 1, 0);
  unlabelled.identity.pop_back();
  EXPECT_THAT(message_of(unlabelled), HasSubstr("15 identities"));
  LabelledEmbeddings collapsed = people_in_noise(4, 1, 0);
  collapsed.embeddings.assign(collapsed.embeddings.size(), collapsed.embeddings.front());
  EXPECT_THAT(message_of(collapsed), HasSubstr("learned nothing"));
  EXPECT_THAT(message_of({}), HasSubstr("0 embeddings"));
}

}  // namespace
}  // namespace visavis::kissme_test
