#include "native/training/metric/group_projection.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "core/base/error.h"
#include "core/model/embedder.h"
#include "core/network/runtime.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"
#include "tests/native/training/run/validation_data.h"

namespace visavis::group_projection_test {
namespace {

constexpr std::size_t kLength = 12;

struct Strangers {
  std::vector<Embedding> embeddings;
  std::vector<std::size_t> group;
};

/// Everybody has numbers of their own, and those of a group one direction in common. The second
/// group has ten times the people of the first.
Strangers strangers_of_groups(std::size_t groups) {
  std::mt19937_64 random(7);
  std::normal_distribution<float> normal(0, 1);
  Strangers made;
  for (std::size_t group = 0; group < groups; ++group) {
    for (int person = 0; person < (group == 1 ? 400 : 40); ++person) {
      Embedding v(kLength);
      for (float& number : v) number = normal(random) + 0.5F;
      v[group] += 4;
      made.embeddings.push_back(unit(std::move(v)));
      made.group.push_back(group);
    }
  }
  return made;
}

Embedding projected(const GroupProjection& projection, const Embedding& embedding) {
  const Eigen::VectorXf out =
      projection.map * Eigen::Map<const Eigen::VectorXf>(embedding.data(), kLength) +
      projection.offset;
  return unit({out.data(), out.data() + out.size()});
}

/// The mean distance of strangers within one group less that of strangers of two.
double gap(const std::vector<Embedding>& embeddings, const std::vector<std::size_t>& group) {
  double within = 0, between = 0;
  std::size_t pairs_within = 0, pairs_between = 0;
  for (std::size_t i = 0; i < embeddings.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool is_within = group[i] == group[j];
      (is_within ? within : between) += distance(embeddings[i], embeddings[j]);
      ++(is_within ? pairs_within : pairs_between);
    }
  }
  return within / static_cast<double>(pairs_within) - between / static_cast<double>(pairs_between);
}

double gap_after(const Strangers& strangers, std::size_t directions) {
  const GroupProjection projection =
      learn_group_projection(strangers.embeddings, strangers.group, directions);
  std::vector<Embedding> mapped;
  for (const Embedding& e : strangers.embeddings) mapped.push_back(projected(projection, e));
  return gap(mapped, strangers.group);
}

constexpr std::size_t kAll = kLength;

TEST(GroupProjection, LeavesStrangersOfAGroupNoMoreAlikeThanOthers) {
  const Strangers strangers = strangers_of_groups(3);
  EXPECT_LT(gap(strangers.embeddings, strangers.group), -0.4);
  EXPECT_NEAR(gap_after(strangers, kAll), 0, 0.01);
  EXPECT_LT(gap_after(strangers, 1), -0.05) << "in the other one they still differ";
}

TEST(GroupProjection, IsAProjectionOfAsManyDirectionsAsMeansDifferIn) {
  const Strangers strangers = strangers_of_groups(3);
  const auto learned = [&](std::size_t directions) {
    return learn_group_projection(strangers.embeddings, strangers.group, directions);
  };
  const GroupProjection all = learned(kAll);
  EXPECT_EQ(all.removed, 2U);
  EXPECT_EQ(all.different, 2U);
  EXPECT_TRUE((all.map * all.map).isApprox(all.map, 1e-5F));
  EXPECT_TRUE(all.map.isApprox(all.map.transpose(), 1e-5F));
  EXPECT_NEAR(all.map.trace(), kLength - 2.0, 1e-4);
  EXPECT_EQ(learned(1).removed, 1U);
  EXPECT_NEAR(learned(1).map.trace(), kLength - 1.0, 1e-4);
}

/// Groups that differ a little in one direction and much in another.
TEST(GroupProjection, TakesTheLargestDifferencesFirst) {
  Strangers strangers = strangers_of_groups(2);
  for (std::size_t i = 0; i < strangers.embeddings.size(); ++i) {
    Embedding& v = strangers.embeddings[i];
    v = Embedding(kLength, 0.1F);
    v[0] = strangers.group[i] == 0 ? 1 : -1;
    v[1] = strangers.group[i] == 0 ? 0.3F : -0.3F;
    v = unit(std::move(v));
    if (i % 2 == 0) strangers.group[i] += 2;  // The same means again: no further direction.
  }
  const GroupProjection one = learn_group_projection(strangers.embeddings, strangers.group, kAll);
  EXPECT_EQ(one.different, 1U);
  EXPECT_NEAR(one.map(0, 0), 1 - 1 / 1.09, 1e-4);
  EXPECT_NEAR(one.map(1, 1), 1 - 0.09 / 1.09, 1e-4);
}

TEST(GroupProjection, IsAppendedToAnEmbedderAndComesOffAgain) {
  const Model plain = fake_embedder();
  GroupProjection projection;
  projection.map = Eigen::MatrixXf::Identity(3, 3);
  projection.map(0, 0) = 0;
  projection.offset = Eigen::VectorXf::Zero(3);
  projection.offset[2] = 0.25F;
  Model model = plain;
  append_group_projection(model, projection);
  check_model(model);
  FineImage crop(static_cast<int>(plain.network.input[1]),
                 static_cast<int>(plain.network.input[0]));
  for (std::size_t i = 0; i < crop.pixels.size(); ++i) {
    crop.pixels[i] = static_cast<float>(60 + 70 * (i % 3));
  }
  const Embedding before = Embedder(plain).embed(crop);
  const Embedding after = Embedder(model).embed(crop);
  const Embedding expected = unit({0, before[1], before[2] + 0.25F});
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(after[k], expected[k], 1e-6);

  EXPECT_TRUE(remove_group_projection(model));
  EXPECT_EQ(model.network.layers.size(), plain.network.layers.size());
  EXPECT_EQ(model.network.outputs, plain.network.outputs);
  EXPECT_EQ(model.parameters.size(), plain.parameters.size());
  EXPECT_FALSE(remove_group_projection(model));
}

TEST(GroupProjection, LeavesOutAGroupThatHasNobody) {
  Strangers strangers = strangers_of_groups(3);
  const GroupProjection plain = learn_group_projection(strangers.embeddings, strangers.group, kAll);
  for (std::size_t& group : strangers.group) group *= 2;
  const GroupProjection gaps = learn_group_projection(strangers.embeddings, strangers.group, kAll);
  EXPECT_TRUE(gaps.map.isApprox(plain.map));
  EXPECT_TRUE(gaps.offset.isApprox(plain.offset));
}

TEST(GroupProjection, RefusesGroupsThatTellNoDirection) {
  const auto refused = [](const Strangers& strangers, const std::string& part) {
    expect_error(ErrorCode::kInvalidArgument, part,
                 [&] { learn_group_projection(strangers.embeddings, strangers.group, kAll); });
  };
  refused({}, "0 embeddings");
  refused(strangers_of_groups(1), "all are of one group");
  Strangers many = strangers_of_groups(2);
  for (std::size_t i = 0; i < many.group.size(); ++i) many.group[i] = i % 40;
  refused(many, "remove fewer");
  Strangers longer = strangers_of_groups(2);
  for (float& number : longer.embeddings[3]) number *= 2;
  refused(longer, "embedding 3 is not of length 1");
}

}  // namespace
}  // namespace visavis::group_projection_test
