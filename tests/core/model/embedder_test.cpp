#include "core/model/embedder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"
#include "tests/core/model/random_models.h"

namespace visavis::embedder_test {
namespace {

Image plain(int size, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
  Image image(size, size);
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    image.pixels[i] = r, image.pixels[i + 1] = g, image.pixels[i + 2] = b;
  }
  return image;
}

ErrorCode code_of_embedding(const Model& model, const Image& crop) {
  try {
    Embedder(model).embed(crop);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode{};
}

TEST(EmbedderTest, IsTheUnitVectorOfTheNetworksOutput) {
  Embedder embedder(fake_embedder());
  EXPECT_EQ(embedder.input_width(), 112);
  EXPECT_EQ(embedder.input_height(), 112);
  EXPECT_EQ(embedder.embedding_length(), 3U);
  const Embedding embedding = embedder.embed(plain(112, 30, 40, 0));
  ASSERT_EQ(embedding.size(), 3U);
  // The mean of 12544 equal floats may round in its last places.
  EXPECT_NEAR(embedding[0], 0.6, 1e-5);
  EXPECT_NEAR(embedding[1], 0.8, 1e-5);
  EXPECT_NEAR(embedding[2], 0, 1e-5);
}

TEST(EmbedderTest, ABatchGivesWhatSingleRunsGive) {
  Embedder embedder(fake_embedder());
  const std::vector<FineImage> crops{plain(112, 9, 0, 0), plain(112, 0, 0, 200),
                                     plain(112, 5, 5, 5)};
  const std::vector<Embedding> batch = embedder.embed_batch(crops);
  ASSERT_EQ(batch.size(), 3U);
  for (std::size_t i = 0; i < crops.size(); ++i) {
    EXPECT_LE(distance(batch[i], embedder.embed(crops[i])), 1e-6) << i;
  }
  EXPECT_TRUE(embedder.embed_batch({}).empty());
}

TEST(EmbedderTest, WithMirrorIsTheUnitMeanOfBothSides) {
  Random random(11);
  SCOPED_TRACE(random.trace());
  // One filter over the whole image: left and right count differently.
  Model model = fake_embedder();
  model.network = {};
  model.network.input = {4, 6, 3};
  const Window whole{4, 6, 1, 1, 1, 1, {0, 0, 0, 0}};
  model.network.outputs = {add_layer(model.network, "conv", Convolution{whole, 5, 1, false}, {0})};
  model.parameters = random.parameters(model.network);
  Embedder embedder(model);
  FineImage crop(6, 4);
  for (float& sample : crop.pixels) sample = random.real(0, 255);

  const Embedding plain = embedder.embed(crop), mirror = embedder.embed(mirrored(crop));
  const Embedding mean = embedder.embed_with_mirror(crop);
  ASSERT_GT(distance(plain, mirror), 0.01) << "the test's network must tell sides apart";
  EXPECT_NEAR(distance(mean, plain), distance(mean, mirror), 1e-5);
  double norm = 0;
  for (const float value : mean) norm += static_cast<double>(value) * value;
  EXPECT_NEAR(norm, 1, 1e-5);
  EXPECT_LE(distance(mean, embedder.embed_with_mirror(mirrored(crop))), 1e-5);
}

TEST(EmbedderTest, RefusesWhatItCannotEmbed) {
  EXPECT_EQ(code_of_embedding(fake_embedder(), Image(64, 112)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code_of_embedding(fake_landmarks(), Image(64, 64)), ErrorCode::kModelMismatch);
  // Black is this network's zero vector: no direction, no embedding.
  EXPECT_EQ(code_of_embedding(fake_embedder(), Image(112, 112)), ErrorCode::kInternal);
  Model overflowing = fake_embedder();
  overflowing.preprocessing.scale = {3e38F, 3e38F, 3e38F};
  EXPECT_EQ(code_of_embedding(overflowing, plain(112, 200, 200, 200)), ErrorCode::kInternal);
}

TEST(EmbedderTest, DistanceIsTheNormOfTheDifference) {
  EXPECT_EQ(distance({1, 0}, {1, 0}), 0);
  EXPECT_EQ(distance({1, 0}, {-1, 0}), 2);
  EXPECT_NEAR(distance({1, 0}, {0, 1}), std::sqrt(2.0), 1e-12);
  expect_error(ErrorCode::kInvalidArgument, "must come from one model", [&] {
    distance({1, 0}, {1, 0, 0});
  });
  expect_error(ErrorCode::kInvalidArgument, "must come from one model", [&] { distance({}, {}); });
}

}  // namespace
}  // namespace visavis::embedder_test
