#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/network/activation_scales.h"
#include "core/network/int8_filter.h"
#include "core/network/runtime.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/model/random_models.h"
#include "tests/core/network/reference_layers.h"

namespace visavis::runtime_int8_test {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// What int8 holds of the values: each the nearest of 256 levels.
Tensor rounded(const Tensor& values, const ActivationScale& held) {
  Tensor result(values.shape());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float level = std::nearbyint(values[i] / held.scale) + held.zero_point;
    result[i] = (std::clamp(level, -128.0F, 127.0F) - held.zero_point) * held.scale;
  }
  return result;
}

/// The filter of "layer" as its int8 levels say; biases are exact to 2^-30 of the inputs' scale.
Parameters with_rounded_filter(Parameters parameters) {
  const auto found = parameters.find("layer.filter");
  if (found == parameters.end()) return parameters;
  const Int8Filter filter = quantize_filter(found->second);
  const FilterChannels channel_of(found->second.shape());
  for (std::size_t i = 0; i < filter.levels.size(); ++i) {
    found->second[i] = static_cast<float>(filter.levels[i]) * filter.scales[channel_of(i)];
  }
  return parameters;
}

ActivationScale range_of(const Tensor& values) {
  return scale_of_range(*std::min_element(values.begin(), values.end()),
                        *std::max_element(values.begin(), values.end()));
}

/// One layer, held against the reference on values rounded as int8 rounds them. Both round the
/// layer's output to the nearest level; XNNPACK from a sum in 32 bits, whose product with a scale
/// it may round to the neighbouring level: one step is allowed.
void expect_matches_rounded_reference(Random& random, const NetworkSpec& spec) {
  const Parameters parameters = random.parameters(spec);
  const Tensor input = random.input(spec, 2);
  ActivationScales scales(2);
  scales[0] = range_of(input);
  const Tensor exact =
      run_reference(spec, with_rounded_filter(parameters), rounded(input, scales[0]))[0];
  scales[1] = range_of(exact);
  scales[1].is_computed_in_int8 = true;
  const Tensor expected = rounded(exact, scales[1]);
  const Tensor actual = Network(spec, parameters, 1, scales).run(input)[0];
  ASSERT_EQ(actual.shape(), expected.shape());
  const float step = scales[1].scale * 1.001F;
  std::size_t equal = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], step) << "at element " << i;
    if (std::abs(actual[i] - expected[i]) < step / 2) ++equal;
  }
  EXPECT_GT(equal, expected.size() * 9 / 10) << "most levels are the same";
}

template <class MakeKind>
void expect_parity(unsigned seed, MakeKind make_kind) {
  constexpr int kRepetitions = 20;
  Random random(seed);
  SCOPED_TRACE(random.trace());
  for (int i = 0; i < kRepetitions && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("repetition " + std::to_string(i));
    Shape shape = random.image_shape();
    LayerKind kind = make_kind(random, shape);
    expect_matches_rounded_reference(random, one_layer(shape, std::move(kind)));
  }
}

TEST(Int8Runtime, ConvolutionMatchesTheRoundedReference) {
  expect_parity(501, [](Random& random, Shape&) {
    return Convolution{random.window(), random.integer(1, 20), 1, random.coin()};
  });
}

TEST(Int8Runtime, PointwiseConvolutionMatchesTheRoundedReference) {
  expect_parity(502, [](Random& random, Shape&) {
    return Convolution{Window{}, random.integer(1, 40), 1, random.coin()};
  });
}

TEST(Int8Runtime, GroupedConvolutionMatchesTheRoundedReference) {
  expect_parity(503, [](Random& random, Shape& shape) {
    const int groups = random.integer(2, 4);
    shape[2] = static_cast<std::size_t>(groups * random.integer(1, 6));
    return Convolution{random.window(), groups * random.integer(1, 6), groups, random.coin()};
  });
}

TEST(Int8Runtime, DepthwiseConvolutionMatchesTheRoundedReference) {
  expect_parity(504, [](Random& random, Shape&) {
    return DepthwiseConvolution{random.window(), random.coin()};
  });
}

TEST(Int8Runtime, LeakyReluMatchesTheRoundedReference) {
  expect_parity(505, [](Random& random, Shape&) {
    const float slope = random.real(0.1F, 4);
    return LeakyRelu{random.coin() ? slope : -slope};
  });
}

/// A relu or clip is merged into the convolution before it, whose output then is the limited one.
TEST(Int8Runtime, MergesAClipIntoTheLayerBeforeIt) {
  Random random(506);
  SCOPED_TRACE(random.trace());
  NetworkSpec spec = one_layer({8, 8, 12}, Convolution{Window{}, 16, 1, true});
  spec.outputs = {add_layer(spec, "clip", Clip{0, 2}, {1})};
  const Parameters parameters = random.parameters(spec);
  const Tensor input = random.input(spec, 1);
  ActivationScales scales(3);
  scales[0] = range_of(input);
  scales[1] = scale_of_range(-9, 9);
  scales[1].is_computed_in_int8 = true;
  scales[2] = scale_of_range(0, 2);
  const Tensor expected =
      run_reference(spec, with_rounded_filter(parameters), rounded(input, scales[0]))[0];
  const Tensor actual = Network(spec, parameters, 1, scales).run(input)[0];
  // Half a step of the clip's own range, not of the convolution's, which is nine times coarser.
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], 0.51F * scales[2].scale);
  }
  // Without a scale of its own the clip stays apart, and reads the convolution's coarse levels.
  scales[2] = {};
  const Tensor apart = Network(spec, parameters, 1, scales).run(input)[0];
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_NEAR(apart[i], expected[i], 0.51F * scales[1].scale);
  }
}

/// x -> a (int8) -> b (int8), sum of a, b and x in fp32, and all of them put out.
TEST(Int8Runtime, MixesLayersOfBothArithmetics) {
  Random random(507);
  SCOPED_TRACE(random.trace());
  NetworkSpec spec;
  spec.input = {6, 7, 8};
  const Convolution pointwise{Window{}, 8, 1, true};
  const ValueId a = add_layer(spec, "a", pointwise, {0});
  const ValueId b = add_layer(spec, "b", pointwise, {a});
  const ValueId drop = add_layer(spec, "drop", Dropout{0.5F}, {b});
  const ValueId c = add_layer(spec, "c", pointwise, {drop});
  const ValueId first = add_layer(spec, "first", Add{}, {a, drop});
  const ValueId sum = add_layer(spec, "sum", Add{}, {first, 0});
  const ValueId pooled = add_layer(spec, "pooled", GlobalAveragePool{}, {c});
  spec.outputs = {sum, pooled, a};
  const Parameters parameters = random.parameters(spec);
  const Tensor input = random.input(spec, 1);
  const std::vector<Tensor> exact = run_reference(spec, parameters, input);
  ActivationScales scales(spec.layers.size() + 1);
  NetworkSpec all = spec;
  all.outputs = {a, b, drop, c};
  const std::vector<Tensor> values = run_reference(all, parameters, input);
  scales[0] = range_of(input);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto id = static_cast<std::size_t>(all.outputs[i]);
    scales[id] = range_of(values[i]);
    scales[id].is_computed_in_int8 = all.outputs[i] != drop;
  }
  Network network(spec, parameters, 1, scales);
  const std::vector<Tensor> actual = network.run(input);
  ASSERT_EQ(actual.size(), exact.size());
  for (std::size_t output = 0; output < exact.size(); ++output) {
    double signal = 0, noise = 0;
    for (std::size_t i = 0; i < exact[output].size(); ++i) {
      signal += std::pow(exact[output][i], 2);
      noise += std::pow(exact[output][i] - actual[output][i], 2);
    }
    EXPECT_GT(noise, 0) << "it was not computed in int8";
    EXPECT_GT(10 * std::log10(signal / noise), 30) << "dB, of output " << output;
  }
}

/// A channel of zeros or of tiny weights beside a large bias: the bias must survive.
TEST(Int8Runtime, KeepsBiasesOfChannelsWithoutWeights) {
  const NetworkSpec spec = one_layer({4, 4, 2}, Convolution{Window{}, 3, 1, true});
  const Parameters parameters = {
      {"layer.filter", Tensor({3, 1, 1, 2}, {0, 0, 1e-12F, 1e-12F, 1, -1})},
      {"layer.bias", Tensor({3}, {5, -7, 0.25F})}};
  ActivationScales scales(2);
  scales[0] = scale_of_range(-1, 1);
  scales[1] = scale_of_range(-8, 8);
  scales[1].is_computed_in_int8 = true;
  const Tensor actual = Network(spec, parameters, 1, scales).run(Tensor({1, 4, 4, 2}))[0];
  const float half_a_step = 0.51F * scales[1].scale;
  EXPECT_NEAR(actual[0], 5, half_a_step);
  EXPECT_NEAR(actual[1], -7, half_a_step);
  EXPECT_NEAR(actual[2], 0.25F, half_a_step);
}

TEST(ActivationScales, HoldARangeAndZeroExactly) {
  const std::vector<std::pair<float, float>> ranges = {
      {-1, 3}, {2, 3}, {-5, -1}, {0, 0}, {0, 1e-44F}};
  for (const auto& [low, high] : ranges) {
    const ActivationScale held = scale_of_range(low, high);
    ASSERT_GT(held.scale, 0);
    const float least = (-128.0F - held.zero_point) * held.scale;
    const float most = (127.0F - held.zero_point) * held.scale;
    EXPECT_LE(least, std::min(low, 0.0F) + held.scale);
    EXPECT_GE(most, std::max(high, 0.0F) - held.scale);
    EXPECT_TRUE(std::isnormal(held.scale));
  }
  expect_error(ErrorCode::kInvalidArgument, "range", [] { scale_of_range(0, kInfinity); });
  expect_error(ErrorCode::kInvalidArgument, "range", [] { scale_of_range(2, 1); });
}

TEST(ActivationScales, AreCheckedAgainstTheNetwork) {
  NetworkSpec spec = one_layer({8, 8, 8}, Convolution{Window{}, 8, 1, false});
  spec.outputs = {add_layer(spec, "sigmoid", Sigmoid{}, {1})};
  ActivationScales sound(3);
  sound[0].scale = sound[1].scale = 1;
  sound[1].is_computed_in_int8 = true;
  check_activation_scales(spec, sound);
  check_activation_scales(spec, {});
  const auto refused = [&](const std::string& part, const auto& spoil) {
    ActivationScales scales = sound;
    spoil(scales);
    expect_error(ErrorCode::kInvalidArgument, part, [&] { check_activation_scales(spec, scales); });
  };
  refused("for 2 values; the network has 3", [](auto& s) { s.pop_back(); });
  refused("must be positive", [](auto& s) { s[1].scale = -1; });
  refused("must be positive", [](auto& s) { s[2].scale = kInfinity; });
  refused("must be positive", [](auto& s) { s[0].scale = NAN; });
  refused("must be positive", [](auto& s) { s[0].scale = 1e-40F; });
  refused("no layer computes the input", [](auto& s) { s[0].is_computed_in_int8 = true; });
  refused("'layer' (convolution) is to compute in int8, but", [](auto& s) { s[0].scale = 0; });
  refused("'layer' (convolution) is to compute in int8, but", [](auto& s) { s[1].scale = 0; });
  refused("'sigmoid' (sigmoid) cannot compute in int8", [](auto& s) {
    s[2].scale = 1;
    s[2].is_computed_in_int8 = true;
  });
  const NetworkSpec leaky = one_layer({2, 2, 2}, LeakyRelu{1e-4F});
  ActivationScales flat(2);
  flat[0].scale = flat[1].scale = 1;
  flat[1].is_computed_in_int8 = true;
  expect_error(ErrorCode::kInvalidArgument, "leave it in fp32",
               [&] { check_activation_scales(leaky, flat); });
}

}  // namespace
}  // namespace visavis::runtime_int8_test
