#include "tests/core/face/fake_models.h"

#include <array>
#include <string>

#include "core/face/face_detector.h"
#include "core/model/classifier.h"

namespace visavis {
namespace {

Window window_of(int kernel) {
  Window window;
  window.kernel_height = window.kernel_width = kernel;
  window.stride_height = window.stride_width = kernel;
  return window;
}

/// 1x1 convolution of `input` (3 channels) with one weight throughout and the given biases.
ValueId add_projection(Model& model, const std::string& name, ValueId input, float weight,
                       const std::vector<float>& bias) {
  Convolution convolution;
  convolution.out_channels = static_cast<int>(bias.size());
  Tensor filter({bias.size(), 1, 1, 3});
  for (std::size_t i = 0; i < filter.size(); ++i) filter[i] = weight;
  model.parameters.emplace(name + ".filter", filter);
  model.parameters.emplace(name + ".bias", Tensor({bias.size()}, bias));
  return add_layer(model.network, name, convolution, {input});
}

/// `per_cell` boxes of side `box`, centred on their anchors, with a plausible face in them.
std::vector<float> box_values(int per_cell, float box) {
  constexpr std::array<float, 2 * kFaceKeypoints> kFace{-0.2F, -0.15F, 0.2F,  -0.15F, 0,    0.05F,
                                                        0,     0.25F,  -0.4F, -0.1F,  0.4F, -0.1F};
  std::vector<float> values;
  for (int i = 0; i < per_cell; ++i) {
    values.insert(values.end(), {0, 0, box, box});
    for (const float share : kFace) values.push_back(share * box);
  }
  return values;
}

}  // namespace

Model fake_detector(int size, float box) {
  Model model;
  model.name = "fake-detector";
  model.kind = ModelKind::kFaceDetector;
  const auto side = static_cast<std::size_t>(size);
  model.network.input = {side, side, 3};
  model.preprocessing = {{0, 0, 0}, {1 / 255.0F, 1 / 255.0F, 1 / 255.0F}};
  model.detector = {{{size / 16, 2}, {size / 8, 6}}, kFaceKeypoints, 0.5F};

  const ValueId fine = add_layer(model.network, "fine", AveragePool{window_of(size / 16)}, {0});
  const ValueId coarse = add_layer(model.network, "coarse", AveragePool{window_of(size / 8)}, {0});
  const ValueId logits0 =
      add_projection(model, "logits0", fine, 20.0F / 3, std::vector<float>(2, -10));
  const ValueId logits1 = add_projection(model, "logits1", coarse, 0, std::vector<float>(6, -100));
  const ValueId boxes0 = add_projection(model, "boxes0", fine, 0, box_values(2, box));
  const ValueId boxes1 = add_projection(model, "boxes1", coarse, 0, box_values(6, box));
  NetworkSpec& network = model.network;
  network.outputs = {add_layer(network, "scores0", Reshape{{512, 1}}, {logits0}),
                     add_layer(network, "scores1", Reshape{{384, 1}}, {logits1}),
                     add_layer(network, "values0", Reshape{{512, 16}}, {boxes0}),
                     add_layer(network, "values1", Reshape{{384, 16}}, {boxes1})};
  return model;
}

Model fake_landmarks() {
  Model model;
  model.name = "fake-landmarks";
  model.kind = ModelKind::kFaceLandmarks;
  model.network.input = {64, 64, 1};
  model.preprocessing = {{0}, {1 / 256.0F}};
  std::vector<float> bias(2 * kFaceLandmarks, 0.5F);
  const auto place = [&bias](std::initializer_list<std::size_t> indices, float x, float y) {
    for (const std::size_t i : indices) bias[2 * i] = x / 64, bias[2 * i + 1] = y / 64;
  };
  place({37, 38, 40, 41}, 20, 24);
  place({43, 44, 46, 47}, 44, 24);
  place({30}, 32, 36);
  place({48, 60}, 22, 50);
  place({54, 64}, 42, 50);
  FullyConnected constant;
  constant.out_features = static_cast<int>(bias.size());
  const ValueId mean = add_layer(model.network, "mean", GlobalAveragePool{}, {0});
  model.network.outputs = {add_layer(model.network, "points", constant, {mean})};
  model.parameters.emplace("points.filter", Tensor({bias.size(), 1}));
  model.parameters.emplace("points.bias", Tensor({bias.size()}, bias));
  return model;
}

Model fake_embedder() {
  Model model;
  model.name = "fake-embedder";
  model.network.input = {112, 112, 3};
  model.preprocessing = {{0, 0, 0}, {1 / 128.0F, 1 / 128.0F, 1 / 128.0F}};
  model.alignment.points = {{38.8F, 52.2F}, {74, 52}, {56.5F, 72.2F}, {42, 92.9F}, {71.2F, 92.7F}};
  model.network.outputs = {add_layer(model.network, "mean", GlobalAveragePool{}, {0})};
  for (const double distance : {0.2, 0.5, 1.0}) {
    const Rate fmr{distance / 10, distance / 20, distance / 5};
    const Rate fnmr{(2 - distance) / 10, (2 - distance) / 20, (2 - distance) / 5};
    model.calibration.points.push_back({distance, fmr, fnmr});
  }
  model.calibration.genuine_pairs = model.calibration.impostor_pairs = 1000;
  model.calibration.threshold = 0.5;
  return model;
}

Model fake_confirmation(float weight) {
  Model model;
  model.name = "fake-confirmation";
  model.kind = ModelKind::kClassifier;
  model.network.input = {48, 48, 1};
  model.preprocessing = {{255}, {1 / 255.0F}};  // White is 0, black -1.
  FullyConnected logits;
  logits.out_features = 2;
  const ValueId mean = add_layer(model.network, "mean", GlobalAveragePool{}, {0});
  model.network.outputs = {add_layer(model.network, "logits", logits, {mean})};
  model.parameters.emplace("logits.filter", Tensor({2, 1}, {weight, 0}));
  model.parameters.emplace("logits.bias", Tensor({2}, {4.6F, 0}));
  add_class_names(model.record, {kFaceClass, "other"});
  return model;
}

FaceModels fake_models() {
  return {fake_detector(128, 64), fake_detector(256, 128), fake_landmarks(), fake_embedder(),
          fake_confirmation()};
}

Image photo_with_square(int width, int height, int left, int top, int side) {
  Image photo(width, height);
  for (int y = top; y < top + side; ++y) {
    for (int x = left; x < left + side; ++x) {
      for (int c = 0; c < 3; ++c) photo.pixel(x, y)[c] = 255;
    }
  }
  return photo;
}

}  // namespace visavis
