#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "native/training/run/validation.h"
#include "tests/native/training/run/validation_data.h"

namespace visavis::embedding_map_test {
namespace {

ValidationResult embedded(const ScatteredPeople& plan) {
  ValidationResult result;
  std::tie(result.embeddings, result.identity) = scattered_people(plan);
  return result;
}

double apart(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y); }

TEST(EmbeddingMap, KeepsPeopleApartAndTogether) {
  const EmbeddingMap map = map_embeddings(embedded({60, 3, 32, 0.3F, 1}), 100);
  ASSERT_EQ(map.points.size(), 60U);
  // Each point's nearest neighbour is of the same person.
  for (std::size_t i = 0; i < map.points.size(); ++i) {
    std::size_t nearest = i == 0 ? 1 : 0;
    for (std::size_t j = 0; j < map.points.size(); ++j) {
      if (j != i && apart(map.points[i], map.points[j]) < apart(map.points[i], map.points[nearest]))
        nearest = j;
    }
    EXPECT_EQ(map.identity[i], map.identity[nearest]) << "point " << i;
  }
}

TEST(EmbeddingMap, TwoClustersLieFurtherApartThanTheyAreWide) {
  const EmbeddingMap map = map_embeddings(embedded({80, 2, 16, 0.2F, 2}), 100);
  double widest = 0;
  double gap = 1e9;
  for (std::size_t i = 0; i < map.points.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double d = apart(map.points[i], map.points[j]);
      if (map.identity[i] == map.identity[j]) widest = std::max(widest, d);
      if (map.identity[i] != map.identity[j]) gap = std::min(gap, d);
    }
  }
  EXPECT_GT(gap, widest);
}

TEST(EmbeddingMap, IsTheSameEveryTime) {
  const ValidationResult photos = embedded({50, 5, 32, 0.5F, 3});
  const EmbeddingMap a = map_embeddings(photos, 100);
  const EmbeddingMap b = map_embeddings(photos, 100);
  for (std::size_t i = 0; i < a.points.size(); ++i) {
    ASSERT_EQ(a.points[i].x, b.points[i].x) << "point " << i;
    ASSERT_EQ(a.points[i].y, b.points[i].y) << "point " << i;
  }
}

TEST(EmbeddingMap, TakesWholePeopleWithMostPhotosFirst) {
  ValidationResult photos = embedded({12, 12, 8, 0.5F, 4});
  photos.identity = {0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4};
  const EmbeddingMap map = map_embeddings(photos, 8);
  // 2 and 3 have three photos; 4 would make nine, 1 just fits.
  EXPECT_EQ(map.identity, (std::vector<std::int32_t>{2, 2, 2, 3, 3, 3, 1, 1}));
  EXPECT_EQ(map_embeddings(photos, 2).identity, (std::vector<std::int32_t>{1, 1}));
  photos.identity.assign(12, 5);
  EXPECT_EQ(map_embeddings(photos, 8).points.size(), 8U)
      << "one person with more than may be shown";
}

TEST(EmbeddingMap, FewOrEqualPointsStayFinite) {
  for (const std::size_t count : {0U, 1U, 2U, 3U, 4U, 5U}) {
    const EmbeddingMap map = map_embeddings(embedded({count, 2, 8, 0.5F, 6}), 100);
    ASSERT_EQ(map.points.size(), count);
    for (const Point& p : map.points)
      EXPECT_TRUE(std::isfinite(p.x) && std::isfinite(p.y)) << count;
  }
  ValidationResult same;
  same.embeddings.assign(20, Embedding{0.6F, 0.8F});
  same.identity.assign(20, 0);
  for (const Point& p : map_embeddings(same, 100).points) {
    EXPECT_TRUE(std::isfinite(p.x) && std::isfinite(p.y)) << p.x << ", " << p.y;
  }
}

TEST(EmbeddingMap, TwoPointsLieAsFarApartAsTheirEmbeddings) {
  ValidationResult photos;
  photos.embeddings = {{1, 0, 0}, {0, 1, 0}};
  photos.identity = {0, 1};
  const EmbeddingMap map = map_embeddings(photos, 10);
  EXPECT_NEAR(apart(map.points[0], map.points[1]), std::sqrt(2.0), 1e-6) << "PCA keeps distances";
}

}  // namespace
}  // namespace visavis::embedding_map_test
