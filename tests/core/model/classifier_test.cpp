#include "core/model/classifier.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"

namespace visavis::classifier_test {
namespace {

FineImage plain(int size, float r, float g, float b) {
  FineImage image(size, size);
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    image.pixels[i] = r, image.pixels[i + 1] = g, image.pixels[i + 2] = b;
  }
  return image;
}

/// Logits of the mean colour in shares of white: red + 1, 2 green, -4 blue.
Model fake_classifier() {
  Model model;
  model.name = "fake-classifier";
  model.kind = ModelKind::kClassifier;
  model.network.input = {4, 4, 3};
  model.preprocessing = {{0, 0, 0}, {1 / 255.0F, 1 / 255.0F, 1 / 255.0F}};
  const ValueId mean = add_layer(model.network, "mean", GlobalAveragePool{}, {0});
  model.network.outputs = {add_layer(model.network, "logits", FullyConnected{3, true}, {mean})};
  model.parameters.emplace("logits.filter", Tensor({3, 3}, {1, 0, 0, 0, 2, 0, 0, 0, -4}));
  model.parameters.emplace("logits.bias", Tensor({3}, {1, 0, 0}));
  return model;
}

void expect_softmax(const std::vector<float>& probabilities, const std::vector<double>& logits) {
  ASSERT_EQ(probabilities.size(), logits.size());
  double sum = 0;
  for (const double logit : logits) sum += std::exp(logit);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    // The mean of equal floats rounds in its last places.
    EXPECT_NEAR(probabilities[i], std::exp(logits[i]) / sum, 1e-6) << "class " << i;
  }
}

TEST(ClassifierTest, GivesTheSoftmaxOfTheLogits) {
  Classifier classifier(fake_classifier());
  EXPECT_EQ(classifier.input_size(), 4);
  EXPECT_EQ(classifier.class_count(), 3U);
  expect_softmax(classifier.probabilities(plain(4, 255, 0, 0)), {2, 0, 0});
  expect_softmax(classifier.probabilities(plain(4, 0, 127.5F, 0)), {1, 1, 0});
  expect_softmax(classifier.probabilities(plain(4, 51, 255, 255)), {1.2, 2, -4});
}

TEST(ClassifierTest, LargeLogitsDoNotOverflow) {
  Model model = fake_classifier();
  model.parameters["logits.bias"] = Tensor({3}, {1000, 999, -1000});
  Classifier classifier(model);
  const std::vector<float> probabilities = classifier.probabilities(plain(4, 0, 0, 0));
  EXPECT_NEAR(probabilities[0], 1 / (1 + std::exp(-1.0)), 1e-6);
  EXPECT_NEAR(probabilities[1], 1 / (1 + std::exp(1.0)), 1e-6);
  EXPECT_EQ(probabilities[2], 0);
}

TEST(ClassifierTest, AGreyNetworkSeesLuma) {
  Model model = fake_classifier();
  model.network.input = {4, 4, 1};
  model.preprocessing = {{0}, {1 / 255.0F}};
  model.parameters["logits.filter"] = Tensor({3, 1}, {1, 2, -4});
  Classifier classifier(model);
  expect_softmax(classifier.probabilities(plain(4, 0, 255, 0)), {1.587, 1.174, -2.348});
}

TEST(ClassifierTest, NamesItsClassesWhereTheRecordDoes) {
  Model model = fake_classifier();
  EXPECT_TRUE(Classifier(model).classes().empty());
  const std::vector<std::string> names{"cats, dogs", "class 1", ""};
  model.record = {{"data", "pets"}};
  add_class_names(model.record, names);
  EXPECT_EQ(Classifier(model).classes(), names);
  model.record.pop_back();
  EXPECT_TRUE(Classifier(model).classes().empty()) << "the third class has no name";
  model.kind = ModelKind::kEmbedder;
  EXPECT_TRUE(class_names(model).empty());
}

TEST(ClassifierTest, RefusesOtherModels) {
  const auto expect_mismatch = [](const std::function<void(Model&)>& change) {
    Model model = fake_classifier();
    change(model);
    expect_error(ErrorCode::kModelMismatch, "is no classifier", [&] { Classifier{model}; });
  };
  expect_mismatch([](Model& model) { model.kind = ModelKind::kEmbedder; });
  expect_mismatch([](Model& model) { model.network.input = {4, 5, 3}; });
  expect_mismatch([](Model& model) { model.network.input = {4, 4, 2}; });
  expect_mismatch([](Model& model) { model.network.outputs = {1, 2}; });
  expect_mismatch([](Model& model) {
    model.network.layers.back().kind = FullyConnected{1, true};
    model.parameters["logits.filter"] = Tensor({1, 3});
    model.parameters["logits.bias"] = Tensor({1});
  });
  expect_error(ErrorCode::kModelMismatch, "fake-landmarks", [] { Classifier{fake_landmarks()}; });
}

TEST(ClassifierTest, RefusesWhatItCannotClassify) {
  Classifier classifier(fake_classifier());
  expect_error(ErrorCode::kInvalidArgument, "image of 4x5 pixels, the network takes 4x4",
               [&] { classifier.probabilities(FineImage(4, 5)); });
  Model overflowing = fake_classifier();
  overflowing.preprocessing.scale = {3e38F, 3e38F, 3e38F};
  expect_error(ErrorCode::kInternal, "not finite",
               [&] { Classifier(overflowing).probabilities(plain(4, 200, 200, 200)); });
}

}  // namespace
}  // namespace visavis::classifier_test
