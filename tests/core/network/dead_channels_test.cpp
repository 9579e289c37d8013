#include "core/network/dead_channels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "core/network/runtime.h"
#include "tests/core/model/random_models.h"

namespace visavis::dead_channels_test {
namespace {

/// The sums lose terms and get others into the bias, in fp32 (2^-24 each).
constexpr double kRounding = 1e-6;

Window window(int kernel, int padding) {
  Window w;
  w.kernel_height = w.kernel_width = kernel;
  w.padding = {padding, padding, padding, padding};
  return w;
}

/// A network, its random weights, and the means to kill channels of it.
struct Subject {
  explicit Subject(NetworkSpec network)
      : random(3), spec(std::move(network)), parameters(random.parameters(spec)) {}

  /// Output channel of a convolution or fully connected layer: nothing but its bias is left.
  void kill(const std::string& layer, std::size_t channel, float bias) {
    Tensor& filter = parameters.at(layer + ".filter");
    const std::size_t size = filter.size() / filter.shape()[0];
    for (std::size_t i = 0; i < size; ++i) filter[channel * size + i] = 0;
    parameters.at(layer + ".bias")[channel] = bias;
  }

  /// Input channel that no output of a dense layer reads any more.
  void ignore(const std::string& layer, std::size_t channel) {
    Tensor& filter = parameters.at(layer + ".filter");
    const std::size_t channels = filter.shape().back();
    for (std::size_t i = channel; i < filter.size(); i += channels) filter[i] = 0;
  }

  /// Removes, expects `count` channels to go and the outputs to stay.
  void expect_removed(std::size_t count) {
    const Tensor input = random.input(spec, 2);
    const std::vector<Tensor> before = Network(spec, parameters).run(input);
    EXPECT_EQ(remove_dead_channels(spec, parameters), count);
    const std::vector<Tensor> after = Network(spec, parameters).run(input);
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t o = 0; o < after.size(); ++o) {
      ASSERT_EQ(after[o].shape(), before[o].shape());
      float largest = 0;
      for (const float value : before[o]) largest = std::max(largest, std::abs(value));
      for (std::size_t i = 0; i < after[o].size(); ++i) {
        ASSERT_NEAR(after[o][i], before[o][i], kRounding * largest) << "element " << i;
      }
    }
    EXPECT_EQ(remove_dead_channels(spec, parameters), 0U) << "some were left for a second pass";
  }

  std::size_t channels(const std::string& layer) const {
    return parameters.at(layer + ".filter").shape()[0];
  }

  Random random;
  NetworkSpec spec;
  Parameters parameters;
};

NetworkSpec begun() { return {{8, 8, 3}, {}, {}}; }

NetworkSpec finished(NetworkSpec spec) {
  spec.outputs = {static_cast<ValueId>(spec.layers.size())};
  return spec;
}

/// conv1 -> `activation` -> conv2, whose padding is given.
Subject chain(LayerKind activation, int padding) {
  NetworkSpec spec = begun();
  ValueId v = add_layer(spec, "conv1", Convolution{window(3, 1), 6}, {0});
  v = add_layer(spec, "activation", std::move(activation), {v});
  add_layer(spec, "conv2", Convolution{window(3, padding), 4}, {v});
  return Subject(finished(spec));
}

TEST(DeadChannels, NothingGoesWhereAllIsAlive) { chain(Relu{}, 1).expect_removed(0); }

TEST(DeadChannels, AConstantIsFoldedIntoTheNextBias) {
  const std::vector<LayerKind> activations = {Relu{},
                                              Prelu{},
                                              Sigmoid{},
                                              Clip{-1, 1},
                                              LeakyRelu{},
                                              HardSwish{},
                                              HardSigmoid{},
                                              Dropout{},
                                              Elementwise{Function::kTanh},
                                              MaxPool{window(2, 0)},
                                              AveragePool{window(2, 0)},
                                              Elementwise{Function::kGelu},
                                              Elementwise{Function::kAbsolute}};
  for (const LayerKind& activation : activations) {
    for (const float bias : {0.7F, -0.7F, 0.0F}) {
      SCOPED_TRACE(kind_name(activation) + " of " + std::to_string(bias));
      Subject subject = chain(activation, 0);
      subject.kill("conv1", 0, bias);
      subject.kill("conv1", 4, bias / 2);
      subject.expect_removed(2);
      EXPECT_EQ(subject.channels("conv1"), 4U);
    }
  }
}

TEST(DeadChannels, ALayerWithoutABiasGetsOne) {
  NetworkSpec spec = begun();
  const ValueId v = add_layer(spec, "conv1", Convolution{window(1, 0), 3}, {0});
  add_layer(spec, "conv2", Convolution{window(1, 0), 2, 1, false}, {v});
  Subject subject(finished(spec));
  subject.kill("conv1", 1, 0.5F);
  subject.expect_removed(1);
  EXPECT_TRUE(subject.parameters.contains("conv2.bias"));
}

TEST(DeadChannels, PaddingKeepsAConstantOtherThanZero) {
  Subject subject = chain(Relu{}, 1);
  subject.kill("conv1", 1, 0.7F);   // Zeros beyond the border would not be 0.7.
  subject.kill("conv1", 2, -0.7F);  // 0 behind the ReLU.
  subject.expect_removed(1);
  EXPECT_EQ(subject.channels("conv1"), 5U);
}

TEST(DeadChannels, DepthwisePaddingKeepsAConstantToo) {
  for (const int padding : {0, 1}) {
    NetworkSpec spec = begun();
    ValueId v = add_layer(spec, "conv1", Convolution{window(1, 0), 4}, {0});
    v = add_layer(spec, "depthwise", DepthwiseConvolution{window(3, padding)}, {v});
    add_layer(spec, "conv2", Convolution{window(1, 0), 4}, {v});
    Subject subject(finished(spec));
    subject.kill("conv1", 0, 0.0F);
    subject.kill("conv1", 3, 0.7F);
    subject.expect_removed(padding == 0 ? 2 : 1);
  }
}

TEST(DeadChannels, AZeroDepthwiseFilterKillsWhatItReads) {
  NetworkSpec spec = begun();
  ValueId v = add_layer(spec, "conv1", Convolution{window(3, 1), 4}, {0});
  v = add_layer(spec, "depthwise", DepthwiseConvolution{window(3, 1)}, {v});
  add_layer(spec, "conv2", Convolution{window(1, 0), 4}, {v});
  Subject subject(finished(spec));
  subject.ignore("depthwise", 2);
  subject.expect_removed(1);
}

TEST(DeadChannels, AChannelThatMeetsOnlyZerosGoesWithWhatItAloneReads) {
  NetworkSpec spec = begun();
  ValueId v = add_layer(spec, "conv1", Convolution{window(3, 1), 4}, {0});
  v = add_layer(spec, "conv2", Convolution{window(3, 1), 4}, {v});
  add_layer(spec, "conv3", Convolution{window(3, 1), 4}, {v});
  Subject subject(finished(spec));
  subject.ignore("conv3", 1);
  // Only conv2's channel 1, which goes, reads conv1's channel 0.
  Tensor& filter = subject.parameters.at("conv2.filter");
  for (std::size_t i = 0; i < filter.size(); i += 4) {
    if (i / (9 * 4) != 1) filter[i] = 0;
  }
  subject.expect_removed(2);
}

/// Both summands come from convolutions of their own.
Subject sum() {
  NetworkSpec spec = begun();
  const ValueId a = add_layer(spec, "left", Convolution{window(3, 1), 5}, {0});
  const ValueId b = add_layer(spec, "right", Convolution{window(1, 0), 5}, {0});
  const ValueId v = add_layer(spec, "add", Add{}, {a, b});
  add_layer(spec, "conv", Convolution{window(1, 0), 3}, {v});
  return Subject(finished(spec));
}

TEST(DeadChannels, ASummandAloneStays) {
  Subject subject = sum();
  subject.kill("left", 1, 0.3F);
  subject.expect_removed(0);
}

TEST(DeadChannels, BothSummandsGo) {
  Subject subject = sum();
  subject.kill("left", 1, 0.3F);
  subject.kill("right", 1, -0.8F);
  subject.expect_removed(2);
}

TEST(DeadChannels, AChannelOfSqueezeAndExcitationGoesEverywhere) {
  NetworkSpec spec = begun();
  const ValueId v = add_layer(spec, "conv1", Convolution{window(3, 1), 6}, {0});
  ValueId gate = add_layer(spec, "pool", GlobalAveragePool{}, {v});
  gate = add_layer(spec, "squeeze", FullyConnected{3}, {gate});
  gate = add_layer(spec, "relu", Relu{}, {gate});
  gate = add_layer(spec, "excite", FullyConnected{6}, {gate});
  gate = add_layer(spec, "sigmoid", Sigmoid{}, {gate});
  const ValueId scaled = add_layer(spec, "scale", Multiply{}, {v, gate});
  add_layer(spec, "conv2", Convolution{window(3, 1), 4}, {scaled});
  Subject subject(finished(spec));
  subject.kill("conv1", 2, 0.0F);  // Times any gate 0: the gate's channel goes, too.
  subject.kill("squeeze", 0, 0.4F);
  subject.expect_removed(3);
  EXPECT_EQ(subject.channels("excite"), 5U);
}

TEST(DeadChannels, ConcatenationAndChannelPadAreFollowed) {
  NetworkSpec spec = begun();
  const ValueId a = add_layer(spec, "left", Convolution{window(3, 1), 3}, {0});
  ValueId b = add_layer(spec, "right", Convolution{window(1, 0), 4}, {0});
  b = add_layer(spec, "pad", ChannelPad{1, 2}, {b});
  const ValueId v = add_layer(spec, "join", Concatenate{2}, {a, b});
  add_layer(spec, "conv", Convolution{window(1, 0), 3}, {v});
  Subject subject(finished(spec));
  subject.kill("left", 2, 0.5F);
  subject.kill("right", 0, -0.5F);
  subject.expect_removed(5);  // The three channels of zeros as well.
  EXPECT_EQ(subject.parameters.at("conv.filter").shape().back(), 5U);
}

TEST(DeadChannels, FlattenedChannelsGoAtEveryPlace) {
  for (const bool is_flattened : {false, true}) {
    NetworkSpec spec = begun();
    ValueId v = add_layer(spec, "conv1", Convolution{window(3, 1), 4}, {0});
    if (is_flattened) v = add_layer(spec, "flatten", Flatten{}, {v});
    add_layer(spec, "dense", FullyConnected{5}, {v});
    Subject subject(finished(spec));
    subject.kill("conv1", 1, 0.6F);
    subject.expect_removed(1);
    EXPECT_EQ(subject.parameters.at("dense.filter").shape(), (Shape{5, 8 * 8 * 3}));
  }
}

TEST(DeadChannels, ReshapesThatKeepChannelsApartAreFollowed) {
  NetworkSpec spec = begun();
  ValueId v = add_layer(spec, "conv1", Convolution{window(3, 1), 4}, {0});
  v = add_layer(spec, "rows", Reshape{{64, 4}}, {v});
  v = add_layer(spec, "image", Reshape{{4, 16, 4}}, {v});
  add_layer(spec, "conv2", Convolution{window(1, 0), 2}, {v});
  Subject subject(finished(spec));
  subject.kill("conv1", 1, 0.6F);
  subject.expect_removed(1);
}

TEST(DeadChannels, WhatMixesChannelsKeepsThem) {
  const std::vector<LayerKind> mixers = {Softmax{}, L2Normalize{}, Transpose{{2, 0, 1}},
                                         Reshape{{8, 16, 3}}, Slice{{0, 0, 1}, {8, 8, 3}}};
  for (const LayerKind& mixer : mixers) {
    SCOPED_TRACE(kind_name(mixer));
    NetworkSpec spec = begun();
    const ValueId v = add_layer(spec, "conv1", Convolution{window(3, 1), 6}, {0});
    add_layer(spec, "mixer", mixer, {v});
    Subject subject(finished(spec));
    subject.kill("conv1", 1, 0.6F);
    subject.expect_removed(0);
  }
}

TEST(DeadChannels, GroupedConvolutionsAndOutputsKeepAll) {
  NetworkSpec spec = begun();
  ValueId v = add_layer(spec, "conv1", Convolution{window(3, 1), 4}, {0});
  v = add_layer(spec, "conv2", Convolution{window(1, 0), 4, 2}, {v});
  Subject subject(finished(spec));
  subject.kill("conv1", 1, 0.0F);
  subject.kill("conv2", 1, 0.0F);
  subject.expect_removed(0);
}

TEST(DeadChannels, OneChannelStaysWhereAllAreDead) {
  Subject subject = chain(Relu{}, 1);
  for (std::size_t c = 0; c < 6; ++c) subject.kill("conv1", c, 0.0F);
  subject.expect_removed(5);
  EXPECT_EQ(subject.channels("conv1"), 1U);
}

TEST(DeadChannels, TinyWeightsAreZeroFirst) {
  Subject subject = chain(Relu{}, 1);
  Tensor& filter = subject.parameters.at("conv1.filter");
  for (std::size_t i = 0; i < 27; ++i) filter[i] = 1e-38F;
  subject.parameters.at("conv1.bias")[0] = -1e-38F;
  subject.expect_removed(1);
}

}  // namespace
}  // namespace visavis::dead_channels_test
