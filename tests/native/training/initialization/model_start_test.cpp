#include "native/training/initialization/model_start.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "core/model/preprocess.h"
#include "core/network/architectures.h"
#include "core/network/runtime.h"
#include "native/system/thread_pool.h"
#include "native/training/network/trainable_network.h"
#include "native/training/run/export_model.h"
#include "tests/core/base/expect_error.h"

namespace visavis::model_start_test {
namespace {

/// Of any architecture.
ArchitectureOptions small_input() {
  ArchitectureOptions options;
  options.height = options.width = 32;
  options.embedding_length = 16;
  options.normalizes_output = false;
  return options;
}

/// Of mobilefacenet.
ArchitectureOptions small_options(double expansion = 1) {
  ArchitectureOptions options = small_input();
  options.width_factor = 0.25;
  options.expansion = expansion;
  return options;
}

std::vector<FineImage> noisy_images(std::size_t count, int side) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> pixel(0, 255);
  std::vector<FineImage> images;
  for (std::size_t i = 0; i < count; ++i) {
    FineImage image(side, side);
    for (float& value : image.pixels) value = pixel(random);
    images.push_back(std::move(image));
  }
  return images;
}

/// As a trained network is exported: normalisations of any mean and variance, folded in; and
/// another preprocessing than the trainer's, as an imported one has.
Model trained_model(const std::string& architecture, const ArchitectureOptions& options) {
  ThreadPool threads(1);
  const NetworkSpec spec = make_architecture(architecture, options);
  TrainableNetwork<float> network(spec, 3, threads);
  Parameters parameters = network.get_parameters();
  std::mt19937 random(5);
  std::uniform_real_distribution<float> uniform(0.5F, 1.5F);
  for (auto& [name, values] : parameters) {
    if (name.find("norm.") == std::string::npos && name.find(".slope") == std::string::npos) {
      continue;
    }
    const bool is_centred =
        name.find(".mean") != std::string::npos || name.find(".shift") != std::string::npos;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = uniform(random) - (is_centred ? 1.0F : 0.0F);
    }
  }
  Model model = export_model("teacher", spec, parameters, {}, {}, {});
  model.preprocessing = {std::vector<float>(static_cast<std::size_t>(options.channels), 110.0F),
                         std::vector<float>(static_cast<std::size_t>(options.channels), 0.02F)};
  return model;
}

/// Mean squared difference of two networks' outputs, as a share of the first's variance.
double lost_variance(const Tensor& expected, const Tensor& actual) {
  EXPECT_EQ(expected.shape(), actual.shape());
  const std::size_t features = expected.shape().back();
  const std::size_t rows = expected.size() / features;
  double difference = 0;
  double variance = 0;
  for (std::size_t f = 0; f < features; ++f) {
    double mean = 0;
    for (std::size_t r = 0; r < rows; ++r) mean += expected[r * features + f];
    mean /= static_cast<double>(rows);
    for (std::size_t r = 0; r < rows; ++r) {
      difference += std::pow(expected[r * features + f] - actual[r * features + f], 2);
      variance += std::pow(expected[r * features + f] - mean, 2);
    }
  }
  return difference / variance;
}

/// What the network gives for the images once it has started from the model.
Tensor output_after_start(const Model& model, const NetworkSpec& spec,
                          const std::vector<FineImage>& images, bool is_training) {
  const Preprocessing preprocessing = training_preprocessing(static_cast<int>(spec.input[2]));
  const ModelStart start = start_from_model(model, spec, preprocessing, images, 1);
  ThreadPool threads(1);
  TrainableNetwork<float> network(spec, 11, threads);
  for (TrainableParameter<float>* parameter : network.parameters()) {
    EXPECT_EQ(start.parameters.count(parameter->name), 1U) << parameter->name;
    EXPECT_EQ(start.parameters.at(parameter->name).shape(), parameter->value.shape());
    parameter->value = start.parameters.at(parameter->name);
  }
  const Tensor input = network_input(images, preprocessing);
  Array<float> array(input.shape());
  std::copy(input.begin(), input.end(), array.data());
  const Array<float>& output = network.forward(array, is_training);
  return {output.shape(), std::vector<float>(output.data(), output.data() + output.size())};
}

Tensor output_of(const Model& model, const std::vector<FineImage>& images) {
  return Network(model.network, model.parameters)
      .run(network_input(images, model.preprocessing))
      .front();
}

TEST(ModelStart, ANetworkOfTheSameSizeComputesWhatTheModelDoes) {
  for (const std::string& architecture : architecture_names()) {
    const ArchitectureOptions options =
        architecture == "mobilefacenet" ? small_options() : small_input();
    const Model model = trained_model(architecture, options);
    const NetworkSpec spec = make_architecture(architecture, options);
    const std::vector<FineImage> images = noisy_images(24, 32);
    const Tensor expected = output_of(model, images);
    // Zero padding is grey to one preprocessing and black to the other: the borders differ a
    // little.
    EXPECT_LT(lost_variance(expected, output_after_start(model, spec, images, false)), 0.02)
        << architecture;
    EXPECT_LT(lost_variance(expected, output_after_start(model, spec, images, true)), 0.02)
        << architecture << ", by the statistics of the batch";
  }
}

TEST(ModelStart, WithTheSamePreprocessingItIsExact) {
  const ArchitectureOptions options = small_options();
  Model model = trained_model("mobilefacenet", options);
  model.preprocessing = training_preprocessing(3);
  const NetworkSpec spec = make_architecture("mobilefacenet", options);
  const std::vector<FineImage> images = noisy_images(24, 32);
  const Tensor expected = output_of(model, images);
  EXPECT_LT(lost_variance(expected, output_after_start(model, spec, images, false)), 1e-6);
  EXPECT_LT(lost_variance(expected, output_after_start(model, spec, images, true)), 1e-6);
}

TEST(ModelStart, PruningLosesLittleWhereChannelsSayTheSame) {
  const ArchitectureOptions half = small_options(0.5);
  const NetworkSpec narrow = make_architecture("mobilefacenet", half);
  Model model = trained_model("mobilefacenet", small_options());
  model.preprocessing = training_preprocessing(3);
  // Each second channel inside a block is a copy of the one before it.
  for (auto& [name, values] : model.parameters) {
    const bool is_expanding = name.find("_expand") != std::string::npos;
    if (name.find("block") != 0 ||
        (!is_expanding && name.find("_depthwise") == std::string::npos)) {
      continue;
    }
    const Shape& shape = values.shape();
    const std::size_t per_channel =
        is_expanding && shape.size() == 4 ? values.size() / shape.front() : 1;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i / per_channel % 2 == 1) values[i] = values[i - per_channel];
    }
  }
  const std::vector<FineImage> images = noisy_images(24, 32);
  const ModelStart start = start_from_model(model, narrow, training_preprocessing(3), images, 1);
  ASSERT_EQ(start.lost.size(), 15U) << "a block each";
  for (const double lost : start.lost) EXPECT_LT(lost, 1e-3);
  const Tensor expected = output_of(model, images);
  EXPECT_LT(lost_variance(expected, output_after_start(model, narrow, images, true)), 0.01);
}

void expect_refused(const Model& model, const std::string& architecture,
                    const ArchitectureOptions& options, const std::string& part) {
  expect_error(ErrorCode::kModelMismatch, part, [&] {
    start_from_model(model, make_architecture(architecture, options), training_preprocessing(3),
                     noisy_images(2, 32), 1);
  });
}

TEST(ModelStart, RefusesAnotherNetworkNamingLayerAndRemedy) {
  const Model model = trained_model("mobilefacenet", small_options());
  expect_refused(model, "conv4", small_input(), "layer 'stem");
  expect_refused(model, "conv4", small_input(), "--arch");
  ArchitectureOptions options = small_options();
  options.width_factor = 0.125;
  expect_refused(model, "mobilefacenet", options, "--width");
  options = small_options();
  options.embedding_length = 8;
  expect_refused(model, "mobilefacenet", options, "--embedding");
  expect_refused(model, "mobilefacenet", small_options(2), "--expansion");
}

}  // namespace
}  // namespace visavis::model_start_test
