#include "native/embedding/image_features.h"

#include <gtest/gtest.h>

#include <memory>

#include "native/data/photo_inputs.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/model/random_models.h"
#include "tests/native/commands/command_fixture.h"

namespace visavis::image_features_test {
namespace {

constexpr int kSide = 16;

class ImageFeaturesTest : public CommandTest {
 protected:
  ImageFeaturesTest() {
    // One filter over the whole image, so that every pixel counts differently.
    Model model = fake_embedder();
    model.alignment.points.clear();
    model.network = {};
    model.network.input = {kSide, kSide, 3};
    const Window whole{kSide, kSide, 1, 1, 1, 1, {0, 0, 0, 0}};
    model.network.outputs = {
        add_layer(model.network, "conv", Convolution{whole, 5, 1, false}, {0})};
    model.parameters = random_.parameters(model.network);
    save(model, "whole.visavis");
    for (std::uint8_t& sample : image_.pixels) {
      sample = static_cast<std::uint8_t>(random_.integer(0, 255));
    }
  }

  [[nodiscard]] ImageFeatures of_model() const {
    ModelChoice choice;
    choice.embedder = (fake_models_folder() / "whole.visavis").string();
    return ImageFeatures::of_model(choice);
  }

  Embedding extract(const ImageFeatures& features, const Image& image) const {
    const PhotoInputs inputs = open_photos({write(image, "image.png")}, no_progress());
    return features.extract(inputs.photos, 1, no_progress()).front().embedding;
  }

  static Image turned(const Image& image) {
    Image other(image.height, image.width);
    for (int y = 0; y < image.height; ++y) {
      for (int x = 0; x < image.width; ++x) {
        for (int c = 0; c < 3; ++c) {
          other.pixel(image.height - 1 - y, x)[c] = image.pixel(x, y)[c];
        }
      }
    }
    return other;
  }

  Random random_{31};
  Image image_{kSide, kSide};
};

TEST_F(ImageFeaturesTest, TheMeanOverAllQuarterTurnsDoesNotSeeOne) {
  ImageFeatures features = of_model();
  const Embedding plain = extract(features, image_);
  ASSERT_GT(distance(plain, extract(features, turned(image_))), 0.01)
      << "the test's network must see turns";
  features.average_rotations({0, 90, 180, 270});
  const Embedding mean = extract(features, image_);
  EXPECT_LT(distance(mean, extract(features, turned(image_))), 1e-4);
  double square = 0;
  for (const float value : mean) square += static_cast<double>(value) * value;
  EXPECT_NEAR(square, 1, 1e-5);
  features.average_rotations({0});
  EXPECT_EQ(extract(features, image_), plain);
}

TEST_F(ImageFeaturesTest, AveragesNothingElse) {
  ImageFeatures whole = of_model();
  expect_error(ErrorCode::kInvalidArgument, "finite degrees", [&] { whole.average_rotations({}); });
  ImageFeatures pixels = ImageFeatures::of_pixels();
  expect_error(ErrorCode::kUnsupported, "only embeddings of whole images", [&] {
    pixels.average_rotations({0, 10});
  });
}

TEST_F(ImageFeaturesTest, PixelsAreDarkness) {
  Image half(kPixelSide, kPixelSide);
  paint_square(half, 0, 0, kPixelSide, {255, 255, 255});
  paint_square(half, 0, 0, 7, {0, 0, 0});
  const Embedding pixels = extract(ImageFeatures::of_pixels(), half);
  ASSERT_EQ(pixels.size(), static_cast<std::size_t>(kPixelSide) * kPixelSide);
  double dark = 0;
  for (const float value : pixels) dark += value;
  EXPECT_NEAR(dark, 49, 0.01);
  EXPECT_NEAR(pixels[0], 1, 1e-5);
  EXPECT_NEAR(pixels.back(), 0, 1e-5);
}

}  // namespace
}  // namespace visavis::image_features_test
