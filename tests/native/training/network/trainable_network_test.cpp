#include "native/training/network/trainable_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/network/architectures.h"
#include "tests/native/training/layers/gradient_check.h"

namespace visavis::trainable_network_test {
namespace {

const Window kThree{3, 3, 1, 1, 1, 1, {1, 1, 1, 1}};

/// What a network can be put together from: normalisations read by one layer, by several, by layers
/// that can and cannot map, twice in a row, of the input and at the output; additions of values
/// that are read again, and of one value to itself.
NetworkSpec tangled_network() {
  NetworkSpec spec;
  spec.input = {6, 5, 3};
  ValueId v = add_layer(spec, "bn0", BatchNormalization{}, {0});
  v = add_layer(spec, "conv1", Convolution{kThree, 4, 1, false}, {v});
  v = add_layer(spec, "bn1", BatchNormalization{}, {v});
  const ValueId stem = add_layer(spec, "prelu1", Prelu{}, {v});
  v = add_layer(spec, "expand", Convolution{{}, 8, 1, false}, {stem});
  v = add_layer(spec, "bn2", BatchNormalization{}, {v});
  v = add_layer(spec, "prelu2", Prelu{}, {v});
  v = add_layer(spec, "depthwise", DepthwiseConvolution{kThree, true}, {v});
  v = add_layer(spec, "bn3", BatchNormalization{}, {v});
  v = add_layer(spec, "relu3", Relu{}, {v});
  v = add_layer(spec, "project", Convolution{{}, 4, 1, true}, {v});
  const ValueId linear = add_layer(spec, "bn4", BatchNormalization{}, {v});
  const ValueId sum = add_layer(spec, "add", Add{}, {linear, stem});
  const ValueId own = add_layer(spec, "conv5", Convolution{{}, 4, 1, true}, {sum});
  v = add_layer(spec, "bn5", BatchNormalization{}, {own});
  v = add_layer(spec, "bn6", BatchNormalization{}, {v});
  v = add_layer(spec, "sigmoid", Sigmoid{}, {v});
  v = add_layer(spec, "add2", Add{}, {v, own});  // A normalised value that is read beside.
  v = add_layer(spec, "add3", Add{}, {v, sum});
  v = add_layer(spec, "add4", Add{}, {v, v});
  v = add_layer(spec, "bn7", BatchNormalization{}, {v});
  const ValueId last = add_layer(spec, "relu7", Relu{}, {v});
  const ValueId half = add_layer(spec, "half", Convolution{kThree, 4, 1, false}, {last});
  const ValueId pooled = add_layer(spec, "pool", MaxPool{{2, 2, 2, 2, 1, 1, {}}}, {last});
  const ValueId flat = add_layer(spec, "flat", Flatten{}, {pooled});
  v = add_layer(spec, "add5", Add{}, {half, last});
  v = add_layer(spec, "mean", GlobalAveragePool{}, {v});
  v = add_layer(spec, "dense1", FullyConnected{6, true}, {v});
  const ValueId other = add_layer(spec, "dense2", FullyConnected{6, false}, {flat});
  v = add_layer(spec, "add6", Add{}, {v, other});
  spec.outputs = {add_layer(spec, "bn8", BatchNormalization{}, {v})};
  return spec;
}

class NetworkGradients : public ::testing::Test {
 protected:
  ThreadPool threads_{2};
  std::mt19937_64 random_{11};

  /// Holds the gradients of all parameters to central differences of sum(output * weights).
  void check(const NetworkSpec& spec, bool is_training) {
    TrainableNetwork<double> network(spec, 3, threads_);
    for (auto* p : network.parameters()) {
      if (p->is_trained) fill_uniform(p->value, random_);
    }
    std::vector<Array<double>> kept;
    for (auto* p : network.parameters()) kept.push_back(p->value);
    Array<double> input({3, spec.input[0], spec.input[1], spec.input[2]});
    fill_uniform(input, random_);
    Array<double> weights(network.forward(input, is_training).shape());
    fill_uniform(weights, random_);
    const auto objective = [&] {
      for (std::size_t i = 0; i < kept.size(); ++i) {
        TrainableParameter<double>& p = *network.parameters()[i];
        if (!p.is_trained) p.value = kept[i];  // Running statistics move with every forward.
      }
      const Array<double>& output = network.forward(input, is_training);
      double sum = 0;
      for (std::size_t i = 0; i < output.size(); ++i) sum += output[i] * weights[i];
      return sum;
    };
    // Twice: the second pass works in the first one's buffers.
    for (int pass = 0; pass < 2; ++pass) {
      network.zero_gradients();
      objective();
      std::vector<std::size_t> ready;
      network.backward(weights, [&](std::size_t i) { ready.push_back(i); });
      std::sort(ready.begin(), ready.end());
      ASSERT_EQ(ready.size(), network.parameters().size());
      for (std::size_t i = 0; i < ready.size(); ++i) EXPECT_EQ(ready[i], i);
    }
    for (auto* p : network.parameters()) {
      if (p->is_trained) {
        expect_gradient_matches(p->name, p->value, p->gradient, objective, random_, 4);
      }
    }
  }
};

TEST_F(NetworkGradients, OfATangledNetworkInTraining) { check(tangled_network(), true); }
TEST_F(NetworkGradients, OfATangledNetworkInInference) { check(tangled_network(), false); }

double largest_of(const Array<double>& array) {
  double largest = 0;
  for (std::size_t i = 0; i < array.size(); ++i) largest = std::max(largest, std::abs(array[i]));
  return largest;
}

/// Fills both with the same random floats.
void fill_both(Array<double>& wide, Array<float>& narrow, std::mt19937_64& random) {
  fill_uniform(wide, random);
  narrow.resize(wide.shape());
  for (std::size_t i = 0; i < wide.size(); ++i) {
    narrow[i] = static_cast<float>(wide[i]);
    wide[i] = static_cast<double>(narrow[i]);
  }
}

/// The kernels in float against the same in double. Rounding (2^-24 a step, tens of layers,
/// enlarged by batch normalisation over few values) leaves 1e-3 of a parameter's largest gradient,
/// where a wrong term would be of its own size. No less than 1e-3 of 1e-3 of the network's largest:
/// some of mobilefacenet's gradients are zero in theory, since a later normalisation undoes the
/// parameter, and float has only its rounding there (3e-7 of the largest). In double these are
/// 1e-16 of the largest (shifts before a 1x1 convolution) and 1e-5 (scales before PReLU and a
/// depthwise convolution: undone but for epsilon).
TEST(TrainableNetwork, FloatGradientsFollowDouble) {
  for (const std::string& name : architecture_names()) {
    ArchitectureOptions options;
    options.height = options.width = 40;
    options.embedding_length = 16;
    const NetworkSpec spec = make_architecture(name, options);
    ThreadPool threads(2);
    TrainableNetwork<float> narrow(spec, 5, threads);
    TrainableNetwork<double> wide(spec, 5, threads);
    wide.set_parameters(narrow.get_parameters());
    std::mt19937_64 random(6);
    Array<double> input({4, 40, 40, 3});
    Array<float> input_float;
    fill_both(input, input_float, random);
    Array<double> weights(wide.forward(input, true).shape());
    Array<float> weights_float;
    fill_both(weights, weights_float, random);
    narrow.forward(input_float, true);
    wide.backward(weights);
    narrow.backward(weights_float);
    double largest = 0;
    for (auto* p : wide.parameters()) largest = std::max(largest, largest_of(p->gradient));
    for (std::size_t p = 0; p < wide.parameters().size(); ++p) {
      const Array<double>& expected = wide.parameters()[p]->gradient;
      Array<double> error = expected;
      for (std::size_t i = 0; i < error.size(); ++i) {
        error[i] -= static_cast<double>(narrow.parameters()[p]->gradient[i]);
      }
      EXPECT_LT(largest_of(error), 1e-3 * std::max(largest_of(expected), 1e-3 * largest))
          << name << ", " << wide.parameters()[p]->name;
    }
  }
}

TEST(TrainableNetwork, TheSameThreadsGiveTheSameBits) {
  ArchitectureOptions options;
  options.height = options.width = 33;
  options.dropout = 0.2;
  std::vector<std::vector<float>> runs;
  for (int run = 0; run < 2; ++run) {
    ThreadPool threads(2);
    TrainableNetwork<float> network(make_architecture("mobilefacenet", options), 5, threads);
    Array<float> input({6, 33, 33, 3});
    std::mt19937 random(1);
    for (std::size_t i = 0; i < input.size(); ++i) {
      input[i] = static_cast<float>(random() % 1000) / 500 - 1;
    }
    const Array<float> output = network.forward(input, true);
    network.backward(output);
    runs.emplace_back(output.data(), output.data() + output.size());
    for (auto* p : network.parameters()) {
      runs.back().insert(runs.back().end(), p->gradient.data(),
                         p->gradient.data() + p->gradient.size());
    }
  }
  EXPECT_EQ(runs[0], runs[1]);
}

}  // namespace
}  // namespace visavis::trainable_network_test
