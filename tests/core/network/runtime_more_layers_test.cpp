#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "core/network/runtime.h"
#include "tests/core/model/random_models.h"
#include "tests/core/network/reference_layers.h"

namespace visavis::runtime_more_layers_test {
namespace {

/// Layers of imported networks: element by element, broadcast, reduced, moved. XNNPACK's functions
/// are good to a few units in the last place; sums have at most a few thousand terms.
void expect_parity(unsigned seed, NetworkSpec (*make_spec)(Random&), float low = -2,
                   float high = 2) {
  constexpr float kTolerance = 1e-5F;
  Random random(seed);
  SCOPED_TRACE(random.trace());
  for (int repetition = 0; repetition < 10; ++repetition) {
    const NetworkSpec spec = make_spec(random);
    const Parameters parameters = random.parameters(spec);
    Network network(spec, parameters);
    for (const std::size_t batch : {2U, 1U, 3U}) {
      Shape shape = spec.input;
      shape.insert(shape.begin(), batch);
      const Tensor input = random.tensor(shape, low, high);
      const std::vector<Tensor> actual = network.run(input);
      const std::vector<Tensor> expected = run_reference(spec, parameters, input);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        SCOPED_TRACE("output " + std::to_string(i) + " of " + to_string(spec.input) + ", batch " +
                     std::to_string(batch));
        ASSERT_EQ(actual[i].shape(), expected[i].shape());
        float largest = 1;
        for (const float value : expected[i]) largest = std::max(largest, std::abs(value));
        for (std::size_t k = 0; k < expected[i].size(); ++k) {
          ASSERT_NEAR(actual[i][k], expected[i][k], kTolerance * largest) << "element " << k;
        }
      }
    }
  }
}

TEST(RuntimeParity, ActivationsOfMobileNetworks) {
  expect_parity(
      201,
      [](Random& random) {
        NetworkSpec spec = one_layer(random.image_shape(), Clip{-0.5F, 1.25F});
        spec.outputs.push_back(add_layer(spec, "leaky", LeakyRelu{random.real(-0.5F, 0.5F)}, {0}));
        spec.outputs.push_back(add_layer(spec, "swish", HardSwish{}, {0}));
        spec.outputs.push_back(add_layer(spec, "gate", HardSigmoid{0.4F, 0.3F}, {0}));
        spec.outputs.push_back(add_layer(spec, "softmax", Softmax{}, {0}));
        const ValueId flat = add_layer(spec, "flat", Flatten{}, {0});
        spec.outputs.push_back(add_layer(spec, "vector_softmax", Softmax{}, {flat}));
        return spec;
      },
      -5, 5);
}

TEST(RuntimeParity, FunctionsOfAnyNumber) {
  expect_parity(
      202,
      [](Random& random) {
        NetworkSpec spec = one_layer(random.image_shape(), Elementwise{Function::kAbsolute});
        for (const Function function :
             {Function::kTanh, Function::kFloor, Function::kCeiling, Function::kRound,
              Function::kExponential, Function::kSign, Function::kGelu}) {
          const std::string name = "function" + std::to_string(spec.layers.size());
          spec.outputs.push_back(add_layer(spec, name, Elementwise{function}, {0}));
        }
        return spec;
      },
      -4, 4);
}

TEST(RuntimeParity, FunctionsOfPositiveNumbers) {
  expect_parity(
      203,
      [](Random& random) {
        NetworkSpec spec = one_layer(random.image_shape(), Elementwise{Function::kSquareRoot});
        for (const Function function : {Function::kLogarithm, Function::kReciprocal}) {
          const std::string name = "function" + std::to_string(spec.layers.size());
          spec.outputs.push_back(add_layer(spec, name, Elementwise{function}, {0}));
        }
        return spec;
      },
      0.1F, 9);
}

TEST(RuntimeParity, ArithmeticBroadcasts) {
  expect_parity(
      204,
      [](Random& random) {
        NetworkSpec spec;
        spec.input = random.image_shape();
        const std::size_t channels = spec.input[2];
        const ValueId mean = add_layer(spec, "mean", Reduce{ReduceOperation::kMean, {0, 1}}, {0});
        const ValueId column =
            add_layer(spec, "column", Reduce{ReduceOperation::kSum, {0, 2}}, {0});
        const ValueId moved = add_layer(spec, "moved", Clip{0.5F, 3}, {column});
        for (int i = 0; i <= static_cast<int>(ArithmeticOperation::kMinimum); ++i) {
          const Arithmetic kind{static_cast<ArithmeticOperation>(i)};
          const std::string name = "arithmetic" + std::to_string(i);
          spec.outputs.push_back(add_layer(spec, name + "a", kind, {0, moved}));
          spec.outputs.push_back(add_layer(spec, name + "b", kind, {mean, moved}));
          spec.outputs.push_back(add_layer(spec, name + "c", kind, {0, 0}));
        }
        const ValueId rows =
            add_layer(spec, "rows", Reshape{{spec.input[0] * spec.input[1], channels}}, {0});
        const ValueId row = add_layer(spec, "row", Reshape{{1, channels}}, {mean});
        spec.outputs.push_back(
            add_layer(spec, "subtracted", Arithmetic{ArithmeticOperation::kSubtract}, {row, rows}));
        return spec;
      },
      0.5F, 2);
}

TEST(RuntimeParity, ReductionsOverAnyAxes) {
  expect_parity(205, [](Random& random) {
    NetworkSpec spec;
    spec.input = random.image_shape();
    const std::vector<std::vector<int>> choices{{0}, {1}, {2}, {0, 1}, {1, 2}, {0, 2}, {0, 1, 2}};
    for (const std::vector<int>& axes : choices) {
      const std::string name = "reduce" + std::to_string(spec.layers.size());
      spec.outputs.push_back(
          add_layer(spec, name + "mean", Reduce{ReduceOperation::kMean, axes}, {0}));
      spec.outputs.push_back(
          add_layer(spec, name + "sum", Reduce{ReduceOperation::kSum, axes}, {0}));
    }
    return spec;
  });
}

TEST(RuntimeParity, LayersThatMoveElements) {
  expect_parity(206, [](Random& random) {
    NetworkSpec spec;
    spec.input = {static_cast<std::size_t>(2 * random.integer(2, 5)),
                  static_cast<std::size_t>(random.integer(3, 9)), 6};
    const auto [height, width, channels] = std::tuple{spec.input[0], spec.input[1], spec.input[2]};
    spec.outputs.push_back(add_layer(spec, "turned", Transpose{{2, 0, 1}}, {0}));
    const ValueId five = add_layer(spec, "five", Reshape{{2, height / 2, width, 3, 2}}, {0});
    spec.outputs.push_back(add_layer(spec, "turned5", Transpose{{4, 1, 0, 3, 2}}, {five}));
    const auto start = static_cast<std::size_t>(random.integer(0, 2));
    spec.outputs.push_back(
        add_layer(spec, "slice", Slice{{start, 1, 2}, {height - start - 1, width - 1, 3}}, {0}));
    spec.outputs.push_back(add_layer(spec, "pad", Pad{{1, start, 0}, {0, 2, 3}, -1.5F}, {0}));
    const float infinity = std::numeric_limits<float>::infinity();
    const ValueId low = add_layer(spec, "low", Pad{{1, 1, 0}, {1, 1, 0}, -infinity}, {0});
    spec.outputs.push_back(add_layer(spec, "largest", MaxPool{{3, 3, 1, 1, 1, 1, {}}}, {low}));
    return spec;
  });
}

TEST(RuntimeParity, ResizedImages) {
  expect_parity(207, [](Random& random) {
    NetworkSpec spec;
    spec.input = random.image_shape();
    const int height = static_cast<int>(spec.input[0]);
    const int width = static_cast<int>(spec.input[1]);
    spec.outputs.push_back(
        add_layer(spec, "twice", Resize{2 * height, 2 * width, ResizeMethod::kNearest}, {0}));
    spec.outputs.push_back(
        add_layer(spec, "taller", Resize{3 * height, width, ResizeMethod::kNearest}, {0}));
    for (const ResizeMethod method : {ResizeMethod::kLinear, ResizeMethod::kLinearAlignCorners,
                                      ResizeMethod::kLinearAsymmetric}) {
      const std::string name = "linear" + std::to_string(static_cast<int>(method));
      spec.outputs.push_back(
          add_layer(spec, name + "twice", Resize{2 * height, 2 * width, method}, {0}));
      spec.outputs.push_back(add_layer(
          spec, name + "other", Resize{random.integer(1, 30), random.integer(1, 30), method}, {0}));
    }
    return spec;
  });
}

/// Merged or not, one after the other or with an empty intersection: a clip is a clip.
TEST(RuntimeParity, ClipAfterEveryProducer) {
  expect_parity(208, [](Random& random) {
    NetworkSpec spec;
    spec.input = random.image_shape();
    const int channels = static_cast<int>(spec.input[2]);
    const Window window{3, 3, 1, 1, 1, 1, {1, 1, 1, 1}};
    const std::vector<LayerKind> producers{
        Convolution{window, channels, 1, true},
        DepthwiseConvolution{window, true},
        FullyConnected{7, true},
        MaxPool{window},
        AveragePool{window},
        GlobalMaxPool{},
        Relu{},
        LeakyRelu{0.3F},
        HardSwish{},
        Resize{2 * static_cast<int>(spec.input[0]), static_cast<int>(spec.input[1]),
               ResizeMethod::kLinear},
        GlobalAveragePool{},
        Softmax{}};
    for (const LayerKind& kind : producers) {
      const std::string name = "producer" + std::to_string(spec.layers.size());
      const ValueId made = add_layer(spec, name, kind, {0});
      const ValueId one = add_layer(spec, name + "clip", Clip{0.25F, 0.75F}, {made});
      const ValueId two = add_layer(spec, name + "again", Clip{0.5F, 6}, {one});
      spec.outputs.push_back(add_layer(spec, name + "apart", Clip{2, 3}, {two}));
      spec.outputs.push_back(two);
      const ValueId point = add_layer(spec, name + "other", kind, {0});
      spec.outputs.push_back(add_layer(spec, name + "point", Clip{0.5F, 0.5F}, {point}));
    }
    return spec;
  });
}

}  // namespace
}  // namespace visavis::runtime_more_layers_test
