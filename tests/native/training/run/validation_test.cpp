#include "native/training/run/validation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/training/run/validation_data.h"

namespace visavis::validation_test {
namespace {

/// Every pair by the plain definition, in no particular order.
std::vector<LabelledPair> pairs_by_definition(const std::vector<Embedding>& embeddings,
                                              const std::vector<std::int32_t>& identity) {
  std::vector<LabelledPair> pairs;
  for (std::size_t i = 0; i < embeddings.size(); ++i) {
    for (std::size_t j = i + 1; j < embeddings.size(); ++j) {
      pairs.push_back({static_cast<float>(distance(embeddings[i], embeddings[j])),
                       identity[i] == identity[j], true, -1});
    }
  }
  return pairs;
}

std::vector<float> sorted_distances(const std::vector<LabelledPair>& pairs, bool is_genuine) {
  std::vector<float> distances;
  for (const LabelledPair& pair : pairs) {
    if (pair.is_genuine == is_genuine) distances.push_back(pair.distance);
  }
  std::sort(distances.begin(), distances.end());
  return distances;
}

TEST(Validation, MeasuresEveryPairAsItsDefinitionSays) {
  // 300 photos: several blocks of the matrix product, of which the last is not full. People are
  // interleaved, so that the sorting by identity is seen.
  const auto [embeddings, identity] = scattered_people({300, 45, 24, 0.7F, 1});
  const ValidationResult result = compare_embeddings(embeddings, identity, 2, 0);
  const auto expected = pairs_by_definition(embeddings, identity);
  ASSERT_EQ(result.pairs.size(), expected.size());
  for (const bool is_genuine : {true, false}) {
    const auto actual = sorted_distances(result.pairs, is_genuine);
    const auto wanted = sorted_distances(expected, is_genuine);
    ASSERT_EQ(actual.size(), wanted.size()) << "genuine: " << is_genuine;
    for (std::size_t i = 0; i < actual.size(); ++i) {
      // float's 24 bits over a sum of 24 products, of which a distance of 0.14 shows the most.
      ASSERT_NEAR(actual[i], wanted[i], 3e-6) << "genuine: " << is_genuine << ", rank " << i;
    }
  }
  EXPECT_EQ(result.images, 300U);
  EXPECT_EQ(result.identities, 45U);
}

TEST(Validation, ErrorRatesAreThoseOfMetricsOnTheSamePairs) {
  const auto [embeddings, identity] = scattered_people({240, 40, 16, 0.9F, 2});
  const ValidationResult result = compare_embeddings(embeddings, identity, 1, 0);
  EXPECT_DOUBLE_EQ(result.eer, equal_error_rate(det_curve(result.pairs)));
  EXPECT_GT(result.eer, 0.01) << "people must overlap for this test to tell anything";
  EXPECT_EQ(result.at_1e2.fnmr.value, operating_point(result.pairs, 1e-2).fnmr.value);
  EXPECT_EQ(result.at_1e3.fnmr.value, operating_point(result.pairs, 1e-3).fnmr.value);
  EXPECT_GT(result.at_1e3.fnmr.value, result.at_1e2.fnmr.value);
}

TEST(Validation, TellsNoFmrOf1e3FromFewerThanAThousandImpostorPairs) {
  const auto [embeddings, identity] = scattered_people({40, 10, 16, 0.9F, 3});
  const ValidationResult result = compare_embeddings(embeddings, identity, 1, 0);
  ASSERT_LT(result.pairs.size(), 1000U);
  EXPECT_EQ(result.at_1e3.threshold, result.at_1e2.threshold);
}

TEST(Validation, SampledImpostorsLeaveEveryGenuinePairAndTheRatesWhereTheyWere) {
  const auto [embeddings, identity] = scattered_people({600, 60, 16, 0.8F, 4});
  const ValidationResult all = compare_embeddings(embeddings, identity, 2, 7);
  const ValidationResult some = compare_embeddings(embeddings, identity, 2, 7, 40'000);
  EXPECT_EQ(some.pairs.size(), 40'000U);
  EXPECT_EQ(sorted_distances(some.pairs, true), sorted_distances(all.pairs, true));
  EXPECT_EQ(some.positive_distance, all.positive_distance);
  // 37,300 of 177,000 impostors, whose distances have a standard deviation of about 0.2: the mean
  // is off by 0.001, the FMR at the EER (about 10%) by 0.0016; four times that.
  EXPECT_NEAR(some.negative_distance, all.negative_distance, 0.004);
  EXPECT_NEAR(some.eer, all.eer, 0.0064);
}

TEST(Validation, SamplesDifferBySeedAndNeverByThreads) {
  const auto [embeddings, identity] = scattered_people({200, 40, 8, 0.8F, 5});
  const auto sample = [&, &e = embeddings, &id = identity](int threads, std::uint64_t seed) {
    return sorted_distances(compare_embeddings(e, id, threads, seed, 5'000).pairs, false);
  };
  EXPECT_EQ(sample(1, 1), sample(3, 1));
  EXPECT_NE(sample(1, 1), sample(1, 2));
}

TEST(Validation, KeepsImpostorsWhereGenuinePairsAboundBeyondTheLimit) {
  const auto [embeddings, identity] = scattered_people({100, 2, 8, 0.5F, 6});
  const ValidationResult result = compare_embeddings(embeddings, identity, 1, 0, 400);
  EXPECT_EQ(sorted_distances(result.pairs, true).size(), 2U * 50 * 49 / 2);
  EXPECT_EQ(sorted_distances(result.pairs, false).size(), 100U);
}

TEST(Validation, CollapseShowsInTheSpread) {
  const std::vector<Embedding> same(50, Embedding{0.6F, 0.8F});
  std::vector<std::int32_t> identity;
  for (std::int32_t i = 0; i < 50; ++i) identity.push_back(i / 2);
  const ValidationResult result = compare_embeddings(same, identity, 1, 0);
  EXPECT_LT(result.spread, 1e-6);
  EXPECT_EQ(result.negative_distance, 0) << "distances of equal embeddings";
  const auto [embeddings, people] = scattered_people({200, 40, 64, 0.2F, 8});
  // Directions that cancel out lie at distance 1 from their mean, which is 0.
  EXPECT_NEAR(compare_embeddings(embeddings, people, 1, 0).spread, 1, 0.05);
}

TEST(Validation, RefusesWhatHoldsNoPairsOfEitherKind) {
  const Embedding e{1, 0};
  expect_error(ErrorCode::kInvalidArgument, "fewer than two photos",
               [&] { compare_embeddings({}, {}, 1, 0); });
  expect_error(ErrorCode::kInvalidArgument, "one person only", [&] {
    compare_embeddings({e, e, e}, {0, 0, 0}, 1, 0);
  });
  expect_error(ErrorCode::kInvalidArgument, "no two photos of one person", [&] {
    compare_embeddings({e, e, e}, {0, 1, 2}, 1, 0);
  });
  expect_error(ErrorCode::kInvalidArgument, "leave unlabelled photos out", [&] {
    compare_embeddings({e, e, e}, {0, 0, -1}, 1, 0);
  });
  expect_error(ErrorCode::kInvalidArgument, "3 photos with 2 identities", [&] {
    compare_embeddings({e, e, e}, {0, 0}, 1, 0);
  });
  expect_error(ErrorCode::kInvalidArgument, "embeddings of different lengths", [&] {
    compare_embeddings({e, e, {1}}, {0, 0, 1}, 1, 0);
  });
}

/// Photo p shows person p / 3: a crop whose one bright pixel is the person's.
FineImage crop_of_person(std::uint32_t photo) {
  FineImage crop(4, 2);
  std::fill(crop.pixels.begin(), crop.pixels.end(), 127.5F);
  for (std::size_t c = 0; c < 3; ++c) crop.pixels[photo / 3 * 3 + c] = 255;
  return crop;
}

TEST(Validation, EmbedsThroughTheShippedNetworkInTheOrderOfThePhotos) {
  const Model model = identity_model(2, 4);
  ValidationPhotos photos;
  for (std::uint32_t i = 0; i < 24; ++i) {
    photos.photo.push_back(23 - i);
    photos.identity.push_back(static_cast<std::int32_t>((23 - i) / 3));
  }
  const ValidationResult result = validate_verification(model, photos, crop_of_person, 2, 0);
  EXPECT_EQ(result.eer, 0);
  EXPECT_NEAR(result.positive_distance, 0, 1e-6);
  EXPECT_NEAR(result.negative_distance, std::sqrt(2.0), 1e-6) << "people at right angles";
  ASSERT_EQ(result.embeddings.size(), 24U);
  EXPECT_NEAR(result.embeddings[0][7 * 3], 1 / std::sqrt(3.0), 1e-6) << "photo 23 is person 7";
  EXPECT_EQ(result.identity, photos.identity);
  const ValidationResult again = validate_verification(model, photos, crop_of_person, 1, 0);
  EXPECT_EQ(again.embeddings, result.embeddings) << "threads changed the embeddings";
}

TEST(Validation, PassesOnWhatACropThrows) {
  const ValidationPhotos photos{{0, 1, 2}, {0, 0, 1}};
  const auto broken = [](std::uint32_t) -> FineImage { throw Error(ErrorCode::kIo, "gone"); };
  expect_error(ErrorCode::kIo, "gone",
               [&] { validate_verification(identity_model(2, 4), photos, broken, 2, 0); });
}

}  // namespace
}  // namespace visavis::validation_test
