#include "core/network/runtime.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/model/random_models.h"
#include "tests/core/network/reference_layers.h"

namespace visavis::runtime_test {
namespace {

/// Every element within 1e-5 of the largest one of the expected tensor: XNNPACK sums up to a few
/// hundred products in fp32 (2^-24 each) and in another order; its sigmoid and reciprocal square
/// root are good to a few units in the last place.
void expect_close(const Tensor& actual, const Tensor& expected) {
  ASSERT_EQ(actual.shape(), expected.shape());
  float largest = 1;
  for (const float value : expected) largest = std::max(largest, std::abs(value));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], 1e-5 * largest) << "at element " << i;
  }
}

void expect_matches_reference(Random& random, const NetworkSpec& spec) {
  SCOPED_TRACE("input " + to_string(spec.input));
  const Parameters parameters = random.parameters(spec);
  Network network(spec, parameters);
  // The batch sizes of one Network: smaller after larger, and back.
  for (const std::size_t batch : {2U, 1U, 3U, 3U}) {
    SCOPED_TRACE("batch " + std::to_string(batch));
    const Tensor input = random.input(spec, batch);
    const std::vector<Tensor> actual = network.run(input);
    const std::vector<Tensor> expected = run_reference(spec, parameters, input);
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) expect_close(actual[i], expected[i]);
    if (testing::Test::HasFailure()) return;
  }
}

std::string describe(const Window& w) {
  const auto pair = [](int a, int b) { return std::to_string(a) + "," + std::to_string(b); };
  return "kernel " + pair(w.kernel_height, w.kernel_width) + " stride " +
         pair(w.stride_height, w.stride_width) + " dilation " +
         pair(w.dilation_height, w.dilation_width) + " padding " +
         pair(w.padding.top, w.padding.bottom) + "," + pair(w.padding.left, w.padding.right);
}

/// Repeats a body that makes a random network and holds it against the reference.
template <class MakeSpec>
void expect_parity(unsigned seed, int repetitions, MakeSpec make_spec) {
  Random random(seed);
  SCOPED_TRACE(random.trace());
  for (int i = 0; i < repetitions && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("repetition " + std::to_string(i));
    const NetworkSpec spec = make_spec(random);
    std::string window;
    if (const auto* c = std::get_if<Convolution>(&spec.layers[0].kind))
      window = describe(c->window);
    if (const auto* p = std::get_if<MaxPool>(&spec.layers[0].kind)) window = describe(p->window);
    if (const auto* p = std::get_if<AveragePool>(&spec.layers[0].kind))
      window = describe(p->window);
    SCOPED_TRACE(kind_name(spec.layers[0].kind) + " " + window);
    expect_matches_reference(random, spec);
  }
}

TEST(RuntimeParity, Convolution) {
  expect_parity(101, 30, [](Random& random) {
    return one_layer(random.image_shape(),
                     Convolution{random.window(), random.integer(1, 20), 1, random.coin()});
  });
}

TEST(RuntimeParity, GroupedConvolution) {
  expect_parity(102, 20, [](Random& random) {
    const int groups = random.integer(2, 5);
    Shape input = random.image_shape();
    input[2] = static_cast<std::size_t>(groups * random.integer(1, 6));
    const int out = groups * random.integer(1, 6);
    return one_layer(input, Convolution{random.window(), out, groups, random.coin()});
  });
}

TEST(RuntimeParity, PointwiseConvolution) {
  expect_parity(103, 10, [](Random& random) {
    return one_layer(random.image_shape(),
                     Convolution{Window{}, random.integer(1, 40), 1, random.coin()});
  });
}

TEST(RuntimeParity, DepthwiseConvolution) {
  expect_parity(104, 30, [](Random& random) {
    return one_layer(random.image_shape(), DepthwiseConvolution{random.window(), random.coin()});
  });
}

/// MobileFaceNet ends in a 7x7 depthwise convolution: more taps than XNNPACK's kernels hold at
/// once.
TEST(RuntimeParity, DepthwiseConvolutionOverTheWholeInput) {
  expect_parity(105, 5, [](Random& random) {
    Window w;
    w.kernel_height = w.kernel_width = 7;
    return one_layer({7, 7, static_cast<std::size_t>(random.integer(1, 40))},
                     DepthwiseConvolution{w, true});
  });
}

TEST(RuntimeParity, FullyConnected) {
  expect_parity(106, 10, [](Random& random) {
    Shape input = random.image_shape();
    input[0] = static_cast<std::size_t>(random.integer(1, 4));
    input[1] = static_cast<std::size_t>(random.integer(1, 4));
    NetworkSpec spec = one_layer(input, FullyConnected{random.integer(1, 33), true});
    spec.outputs = {add_layer(spec, "second", FullyConnected{random.integer(1, 9), false}, {1})};
    return spec;
  });
}

TEST(RuntimeParity, MaxPool) {
  expect_parity(107, 40, [](Random& random) {
    return one_layer(random.image_shape(), MaxPool{random.pool_window(true)});
  });
}

TEST(RuntimeParity, AveragePool) {
  expect_parity(108, 30, [](Random& random) {
    return one_layer(random.image_shape(), AveragePool{random.pool_window(false)});
  });
}

TEST(RuntimeParity, GlobalPools) {
  expect_parity(109, 10, [](Random& random) {
    Shape input = random.image_shape();
    if (random.coin()) input[0] = input[1] = 1;
    NetworkSpec spec = one_layer(input, GlobalMaxPool{});
    spec.outputs.push_back(add_layer(spec, "average", GlobalAveragePool{}, {0}));
    return spec;
  });
}

TEST(RuntimeParity, Activations) {
  expect_parity(110, 10, [](Random& random) {
    NetworkSpec spec = one_layer(random.image_shape(), Relu{});
    spec.outputs.push_back(add_layer(spec, "prelu", Prelu{}, {0}));
    spec.outputs.push_back(add_layer(spec, "sigmoid", Sigmoid{}, {2}));
    const ValueId flat = add_layer(spec, "flat", Flatten{}, {0});
    spec.outputs.push_back(add_layer(spec, "vector_prelu", Prelu{}, {flat}));
    return spec;
  });
}

TEST(RuntimeParity, AddAndMultiply) {
  expect_parity(111, 10, [](Random& random) {
    NetworkSpec spec = one_layer(random.image_shape(), Add{}, 2);
    spec.outputs.push_back(add_layer(spec, "square", Multiply{}, {1, 1}));
    const ValueId vector = add_layer(spec, "pooled", GlobalAveragePool{}, {0});
    spec.outputs.push_back(add_layer(spec, "gated", Multiply{}, {0, vector}));
    const ValueId pixel = add_layer(spec, "pixel", Reshape{{1, 1, spec.input[2]}}, {vector});
    spec.outputs.push_back(add_layer(spec, "gated_by_pixel", Multiply{}, {1, pixel}));
    return spec;
  });
}

TEST(RuntimeParity, ShapeLayers) {
  expect_parity(112, 10, [](Random& random) {
    NetworkSpec spec =
        one_layer(random.image_shape(), ChannelPad{random.integer(0, 5), random.integer(0, 5)});
    spec.outputs.push_back(add_layer(spec, "flat", Flatten{}, {1}));
    const auto pixels = static_cast<std::size_t>(spec.input[0] * spec.input[1]);
    const ValueId rows = add_layer(spec, "rows", Reshape{{pixels, spec.input[2]}}, {0});
    spec.outputs.push_back(add_layer(spec, "below", Concatenate{0}, {rows, rows}));
    spec.outputs.push_back(add_layer(spec, "beside", Concatenate{2}, {1, 0, 0, 1, 0, 1}));
    return spec;
  });
}

TEST(RuntimeParity, L2Normalize) {
  expect_parity(113, 10, [](Random& random) {
    NetworkSpec spec = one_layer(random.image_shape(), L2Normalize{});
    const ValueId vector = add_layer(spec, "pooled", GlobalAveragePool{}, {0});
    spec.outputs.push_back(add_layer(spec, "vector", L2Normalize{}, {vector}));
    // An epsilon larger than the norm takes the norm's place.
    spec.outputs.push_back(add_layer(spec, "large_epsilon", L2Normalize{100.0F}, {vector}));
    return spec;
  });
}

/// Inside the network and as its output, read once and twice.
TEST(RuntimeParity, DropoutDoesNothing) {
  expect_parity(115, 10, [](Random& random) {
    NetworkSpec spec = one_layer(random.image_shape(), Dropout{0.5F});
    const ValueId inner = add_layer(spec, "inner", Dropout{0.25F}, {1});
    const ValueId again = add_layer(spec, "again", Dropout{0.25F}, {inner});
    spec.outputs.push_back(add_layer(spec, "relu", Relu{}, {again}));
    spec.outputs.push_back(add_layer(spec, "twice", Add{}, {again, inner}));
    return spec;
  });
}

TEST(Runtime, L2NormalizeOfZeroIsZero) {
  Network network(one_layer({1, 1, 4}, L2Normalize{}), {});
  const Tensor output = network.run(Tensor({1, 1, 1, 4}))[0];
  EXPECT_EQ(std::vector<float>(output.begin(), output.end()), std::vector<float>(4, 0.0F));
}

/// Merged or not, and wherever else the value goes, a relu after a layer is a relu.
TEST(RuntimeParity, ReluAfterEveryProducer) {
  expect_parity(114, 20, [](Random& random) {
    NetworkSpec spec;
    spec.input = random.image_shape();
    const Window window{3, 3, 1, 1, 1, 1, {1, 1, 1, 1}};
    const int channels = static_cast<int>(spec.input[2]);
    ValueId value = add_layer(spec, "conv", Convolution{window, channels, 1, true}, {0});
    value = add_layer(spec, "conv_relu", Relu{}, {value});
    if (random.coin()) spec.outputs.push_back(1);  // The value before the relu is wanted, too.
    value = add_layer(spec, "depthwise", DepthwiseConvolution{window, true}, {value});
    const ValueId before = value;
    const ValueId sum = add_layer(spec, "sum", Add{}, {0, 0});  // Stands between the two.
    value = add_layer(spec, "depthwise_relu", Relu{}, {value});
    value = add_layer(spec, "add", Add{}, {value, random.coin() ? sum : before});
    value = add_layer(spec, "add_relu", Relu{}, {value});
    value = add_layer(spec, "pool", MaxPool{{2, 2, 2, 2, 1, 1, {}}}, {value});
    value = add_layer(spec, "pool_relu", Relu{}, {value});
    value = add_layer(spec, "dense", FullyConnected{7, true}, {value});
    spec.outputs.push_back(add_layer(spec, "dense_relu", Relu{}, {value}));
    add_layer(spec, "nobody_reads_this", Sigmoid{}, {value});
    return spec;
  });
}

/// A residual network with branches, batch normalisations folded first.
TEST(RuntimeParity, WholeNetworkWithFoldedNormalisations) {
  Random random(115);
  SCOPED_TRACE(random.trace());
  Model model;
  NetworkSpec& spec = model.network;
  spec.input = {16, 14, 3};
  const Window window{3, 3, 2, 2, 1, 1, {1, 1, 1, 1}};
  ValueId value = add_layer(spec, "conv", Convolution{window, 8, 1, false}, {0});
  value = add_layer(spec, "conv_bn", BatchNormalization{}, {value});
  const ValueId stem = add_layer(spec, "prelu", Prelu{}, {value});
  value = add_layer(spec, "residual_bn", BatchNormalization{}, {stem});
  value = add_layer(spec, "grouped", Convolution{{3, 3, 1, 1, 1, 1, {1, 1, 1, 1}}, 8, 2}, {value});
  value = add_layer(spec, "add", Add{}, {value, stem});
  value = add_layer(spec, "dense", FullyConnected{16, false}, {value});
  value = add_layer(spec, "dense_bn", BatchNormalization{}, {value});
  spec.outputs = {add_layer(spec, "norm", L2Normalize{}, {value}), stem};
  model.parameters = random.parameters(spec);

  const Model folded = fold_batch_normalization(model);
  Network network(folded.network, folded.parameters);
  const Tensor input = random.input(spec, 3);
  const auto actual = network.run(input);
  const auto expected = run_reference(spec, model.parameters, input);
  ASSERT_EQ(actual.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) expect_close(actual[i], expected[i]);
}

NetworkSpec small_network() {
  NetworkSpec spec = one_layer({6, 5, 3}, Convolution{{3, 3, 1, 1, 1, 1, {}}, 4, 1, true});
  spec.outputs = {add_layer(spec, "prelu", Prelu{}, {1})};
  return spec;
}

TEST(Runtime, ThreadsChangeNothing) {
  Random random(116);
  const NetworkSpec spec = small_network();
  const Parameters parameters = random.parameters(spec);
  const Tensor input = random.input(spec, 2);
  Network one(spec, parameters, 1);
  const Tensor expected = one.run(input)[0];
  for (const int threads : {2, 3}) {
    Network network(spec, parameters, threads);
    const Tensor actual = network.run(input)[0];
    EXPECT_TRUE(std::equal(actual.begin(), actual.end(), expected.begin())) << threads;
  }
}

TEST(Runtime, OutlivesItsArgumentsAndMoves) {
  Random random(117);
  const NetworkSpec spec = small_network();
  const Tensor input = random.input(spec, 1);
  Parameters parameters = random.parameters(spec);
  const Tensor expected = run_reference(spec, parameters, input)[0];

  Network first(spec, parameters);
  for (auto& [name, tensor] : parameters) std::fill_n(tensor.data(), tensor.size(), 1e9F);
  parameters.clear();
  expect_close(first.run(input)[0], expected);

  Network second = std::move(first);
  expect_close(second.run(input)[0], expected);
  Network third(one_layer({1, 1, 1}, Relu{}), {});
  third = std::move(second);
  expect_close(third.run(input)[0], expected);
  EXPECT_EQ(third.spec().input, spec.input);
}

// Bad input --------------------------------------------------------------------------------------

TEST(RuntimeErrors, InputOfAnotherShape) {
  Random random(118);
  Network network(small_network(), random.parameters(small_network()));
  for (const Shape& shape : {Shape{6, 5, 3}, {1, 5, 6, 3}, {1, 6, 5, 4}, {0, 6, 5, 3}, {}}) {
    expect_error(ErrorCode::kInvalidArgument, "batch x 6x5x3", [&] { network.run(Tensor(shape)); });
  }
  EXPECT_EQ(network.run(Tensor({2, 6, 5, 3}))[0].shape(), (Shape{2, 4, 3, 4}));
}

TEST(RuntimeErrors, ParametersThatDoNotFit) {
  Random random(119);
  const NetworkSpec spec = small_network();
  Parameters parameters = random.parameters(spec);
  parameters.erase("prelu.slope");
  expect_error(ErrorCode::kInvalidArgument, "'prelu.slope'", [&] { Network(spec, parameters); });
}

TEST(RuntimeErrors, UnfoldedNormalisation) {
  Random random(120);
  const NetworkSpec spec = one_layer({4, 4, 2}, BatchNormalization{});
  expect_error(ErrorCode::kInvalidArgument, "fold_batch_normalization",
               [&] { Network(spec, random.parameters(spec)); });
}

TEST(RuntimeErrors, PoolThatSkipsElements) {
  const NetworkSpec spec = one_layer({9, 9, 2}, MaxPool{{2, 2, 3, 3, 1, 1, {}}});
  expect_error(ErrorCode::kUnsupported, "layer 'layer' (max pool)", [&] { Network(spec, {}); });
}

TEST(RuntimeErrors, NegativeThreadsAndNoOutputs) {
  NetworkSpec spec = one_layer({4, 4, 2}, Relu{});
  expect_error(ErrorCode::kInvalidArgument, "threads", [&] { Network(spec, {}, -1); });
  spec.outputs.clear();
  expect_error(ErrorCode::kInvalidArgument, "no outputs", [&] { Network(spec, {}); });
}

}  // namespace
}  // namespace visavis::runtime_test
