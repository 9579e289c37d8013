#include <gtest/gtest.h>

#include <random>

#include "core/error.h"
#include "native/training/trainable_layer.h"
#include "tests/native/training/gradient_check.h"

namespace visavis {
namespace {

int pick(std::mt19937_64& random, int low, int high) {
  return std::uniform_int_distribution<int>(low, high)(random);
}

Window random_window(std::mt19937_64& random, bool may_dilate) {
  Window w;
  w.kernel_height = pick(random, 1, 3);
  w.kernel_width = pick(random, 1, 3);
  w.stride_height = pick(random, 1, 3);
  w.stride_width = pick(random, 1, 3);
  if (may_dilate) {
    w.dilation_height = pick(random, 1, 2);
    w.dilation_width = pick(random, 1, 2);
  }
  // Less than the kernel, so that no window of a pooling layer is all padding.
  w.padding = {pick(random, 0, w.kernel_height - 1), pick(random, 0, w.kernel_height - 1),
               pick(random, 0, w.kernel_width - 1), pick(random, 0, w.kernel_width - 1)};
  return w;
}

/// Runs a layer kind on random shapes and holds every gradient to central differences of the
/// objective sum(output * weights), with gradients prefilled so that a layer that assigns where it
/// should add is caught.
class LayerGradients : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  std::mt19937_64 random_{GetParam()};
  ThreadPool threads_{2};
  BatchReducer<double> reducer_;

  Shape image(int channel_multiple = 1) {
    return {static_cast<std::size_t>(pick(random_, 5, 9)),
            static_cast<std::size_t>(pick(random_, 5, 9)),
            static_cast<std::size_t>(pick(random_, 1, 4) * channel_multiple)};
  }

  void check(const LayerKind& kind, const std::vector<Shape>& input_shapes,
             bool is_training = true) {
    SCOPED_TRACE(kind_name(kind) + ", seed " + std::to_string(GetParam()));
    const Layer layer{"layer", kind, std::vector<ValueId>(input_shapes.size(), 0)};
    const auto made = make_trainable_layer<double>(layer, input_shapes);
    const std::size_t batch = static_cast<std::size_t>(pick(random_, 2, 4));
    std::vector<Array<double>> inputs;
    for (const Shape& shape : input_shapes) {
      Shape batched{batch};
      batched.insert(batched.end(), shape.begin(), shape.end());
      inputs.emplace_back(batched);
      fill_uniform(inputs.back(), random_);
    }
    std::vector<const Array<double>*> input_pointers;
    for (const auto& input : inputs) input_pointers.push_back(&input);
    for (auto* p : made->parameters()) {
      fill_uniform(p->value, random_);
      if (p->name == "layer.variance") {
        for (std::size_t i = 0; i < p->value.size(); ++i)
          p->value[i] = 0.5 + p->value[i] * p->value[i];
      }
    }
    // Running statistics move with every forward; the objective must not see that.
    std::vector<Array<double>> kept;
    for (auto* p : made->parameters()) kept.push_back(p->value);
    const LayerContext<double> context{threads_, reducer_, is_training, nullptr};
    Array<double> output;
    Array<double> weights;
    const auto restore_statistics = [&] {
      for (std::size_t i = 0; i < kept.size(); ++i) {
        if (!made->parameters()[i]->is_trained) made->parameters()[i]->value = kept[i];
      }
    };
    const auto objective = [&] {
      restore_statistics();
      made->forward(context, input_pointers, output);
      double sum = 0;
      for (std::size_t i = 0; i < output.size(); ++i) sum += output[i] * weights[i];
      return sum;
    };
    made->forward(context, input_pointers, output);
    weights.resize(output.shape());
    fill_uniform(weights, random_);
    objective();

    constexpr double kPrefill = 0.25;
    std::vector<Array<double>> gradients(inputs.size());
    std::vector<Array<double>*> gradient_pointers;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      gradients[i].resize(inputs[i].shape());
      gradients[i].fill(kPrefill);
      gradient_pointers.push_back(&gradients[i]);
    }
    for (auto* p : made->parameters()) p->gradient.fill(kPrefill);
    made->backward(context, input_pointers, output, weights, gradient_pointers);
    const auto without_prefill = [](Array<double> gradient) {
      for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] -= kPrefill;
      return gradient;
    };
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      expect_gradient_matches("input " + std::to_string(i), inputs[i],
                              without_prefill(gradients[i]), objective, random_);
    }
    for (auto* p : made->parameters()) {
      if (!p->is_trained) continue;
      expect_gradient_matches(p->name, p->value, without_prefill(p->gradient), objective, random_);
    }
    // Nobody asks for the first layer's input gradient.
    EXPECT_NO_THROW(made->backward(context, input_pointers, output, weights,
                                   std::vector<Array<double>*>(inputs.size(), nullptr)));
  }
};

TEST_P(LayerGradients, Convolution) {
  Convolution spec;
  spec.window = random_window(random_, true);
  spec.groups = pick(random_, 1, 2);
  spec.out_channels = pick(random_, 1, 3) * spec.groups;
  spec.has_bias = pick(random_, 0, 1) == 1;
  check(spec, {image(spec.groups)});
}

TEST_P(LayerGradients, PointwiseConvolution) {
  Convolution spec;
  spec.out_channels = pick(random_, 1, 5);
  check(spec, {image()});
}

TEST_P(LayerGradients, DepthwiseConvolution) {
  DepthwiseConvolution spec;
  spec.window = random_window(random_, true);
  spec.has_bias = pick(random_, 0, 1) == 1;
  check(spec, {image()});
}

// Whole blocks of channels and a rest; the 3x3 kernel has its own path.
TEST_P(LayerGradients, DepthwiseConvolutionOfManyChannels) {
  DepthwiseConvolution spec;
  spec.window = {3, 3, pick(random_, 1, 2), pick(random_, 1, 2), 1, 1, {1, 1, 1, 1}};
  check(spec, {{6, 7, 21}});
}

TEST_P(LayerGradients, FullyConnected) {
  check(FullyConnected{pick(random_, 1, 6), pick(random_, 0, 1) == 1}, {image()});
}

TEST_P(LayerGradients, BatchNormalization) {
  check(BatchNormalization{1e-3F}, {image()});
  check(BatchNormalization{1e-3F}, {image()}, false);
  check(BatchNormalization{1e-3F}, {{5}});
}

TEST_P(LayerGradients, Activations) {
  check(Relu{}, {image()});
  check(Prelu{}, {image()});
  check(Sigmoid{}, {image()});
}

TEST_P(LayerGradients, Pooling) {
  check(MaxPool{random_window(random_, false)}, {image()});
  check(AveragePool{random_window(random_, false)}, {image()});
  check(GlobalMaxPool{}, {image()});
  check(GlobalAveragePool{}, {image()});
}

TEST_P(LayerGradients, AddFlattenReshapeNormalize) {
  const Shape shape = image();
  check(Add{}, {shape, shape});
  check(Flatten{}, {shape});
  check(Reshape{{shape[1] * shape[0], shape[2]}}, {shape});
  check(L2Normalize{}, {{7}});
}

INSTANTIATE_TEST_SUITE_P(Seeds, LayerGradients, ::testing::Range<std::uint64_t>(1, 9));

TEST(TrainableLayer, RefusesWhatItCannotTrain) {
  EXPECT_THROW(make_trainable_layer<float>({"gate", Multiply{}, {0, 0}}, {{4}, {4}}), Error);
}

TEST(BatchNormalization, RunningStatisticsFollowTheBatch) {
  ThreadPool threads(1);
  BatchReducer<double> reducer;
  const auto layer = make_trainable_layer<double>({"bn", BatchNormalization{}, {0}}, {{1}});
  layer->parameters()[0]->value.fill(1);
  layer->parameters()[1]->value.fill(0);
  layer->parameters()[2]->value.fill(0);
  layer->parameters()[3]->value.fill(1);
  Array<double> input({4, 1});
  for (std::size_t i = 0; i < 4; ++i)
    input[i] = static_cast<double>(i) + 10;  // mean 11.5, variance 5/3
  Array<double> output;
  for (int step = 0; step < 300; ++step) {
    layer->forward({threads, reducer, true, nullptr}, {&input}, output);
  }
  // (1 - 0.1)^300 is 2e-14: the start is forgotten.
  EXPECT_NEAR(layer->parameters()[2]->value[0], 11.5, 1e-9);
  EXPECT_NEAR(layer->parameters()[3]->value[0], 5.0 / 3.0, 1e-9);
}

}  // namespace
}  // namespace visavis
