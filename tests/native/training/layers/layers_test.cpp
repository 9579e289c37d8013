#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <random>

#include "core/base/error.h"
#include "native/training/layers/batch_normalization.h"
#include "native/training/layers/make_trainable_layer.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/training/layers/gradient_check.h"

namespace visavis::layers_test {
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

/// Counts the rows that it is shown and keeps their sum.
class RowSum final : public RowObserver<double> {
 public:
  explicit RowSum(std::size_t channels) : channels_(channels) {}
  void observe(int, const double* values, std::size_t first_row, std::size_t rows) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (seen_.size() < first_row + rows) seen_.resize(first_row + rows, 0);
    for (std::size_t r = 0; r < rows; ++r) {
      ++seen_[first_row + r];
      for (std::size_t c = 0; c < channels_; ++c) sum_ += values[r * channels_ + c];
    }
  }
  void expect_saw(const std::string& what, const Array<double>& array) const {
    double sum = 0;
    for (std::size_t i = 0; i < array.size(); ++i) sum += array[i];
    EXPECT_NEAR(sum_, sum, 1e-9 * static_cast<double>(array.size())) << what;  // Another order.
    EXPECT_EQ(seen_, std::vector<int>(array.size() / channels_, 1)) << what << ": rows once each";
  }

 private:
  std::mutex mutex_;
  std::size_t channels_;
  std::vector<int> seen_;
  double sum_ = 0;
};

/// Parameters of a map and of a gradient map, one value per channel.
struct RandomMap {
  RandomMap(std::size_t channels, std::mt19937_64& random) {
    for (Array<double>* array : {&factor, &offset, &slope, &x_factor, &constant}) {
      array->resize({channels});
      fill_uniform(*array, random);
    }
  }
  [[nodiscard]] ChannelMap<double> map() const {
    return {factor.data(), offset.data(), slope.data()};
  }
  [[nodiscard]] GradientMap<double> gradient_map() const {
    return {map(), x_factor.data(), constant.data()};
  }
  [[nodiscard]] Array<double> applied_to(const Array<double>& x) const {
    Array<double> y(x.shape());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t c = i % factor.size();
      const double u = x[i] * factor[c] + offset[c];
      y[i] = u < 0 ? u * slope[c] : u;
    }
    return y;
  }
  [[nodiscard]] Array<double> gradient_applied_to(const Array<double>& x,
                                                  const Array<double>& g) const {
    Array<double> to(x.shape());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t c = i % factor.size();
      const double u = x[i] * factor[c] + offset[c];
      to[i] = factor[c] * (u < 0 ? slope[c] * g[i] : g[i]) + x_factor[c] * x[i] + constant[c];
    }
    return to;
  }

  Array<double> factor, offset, slope, x_factor, constant;
};

/// Runs a layer kind on random shapes and holds every gradient to central differences of the
/// objective sum(output * weights), with gradients prefilled so that a layer that assigns where it
/// should add, or adds where it should assign, is caught. Then the abilities: with maps and
/// observers a layer must do what it does on mapped copies.
class LayerGradients : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  static constexpr double kPrefill = 0.25;

  std::mt19937_64 random_{GetParam()};
  ThreadPool threads_{2};
  BatchReducer<double> reducer_;
  std::mt19937_64 dropout_random_;
  std::unique_ptr<TrainableLayer<double>> layer_;
  std::vector<Array<double>> inputs_;
  std::vector<Array<double>> statistics_;  // All parameters' values, as the layer was made.
  Array<double> output_;
  Array<double> weights_;
  bool is_training_ = true;

  Shape image(int channel_multiple = 1) {
    return {static_cast<std::size_t>(pick(random_, 5, 9)),
            static_cast<std::size_t>(pick(random_, 5, 9)),
            static_cast<std::size_t>(pick(random_, 1, 4) * channel_multiple)};
  }

  void check(const LayerKind& kind, const std::vector<Shape>& input_shapes,
             bool is_training = true) {
    const Layer layer{"layer", kind, std::vector<ValueId>(input_shapes.size(), 0)};
    check_layer(kind_name(kind), make_trainable_layer<double>(layer, input_shapes), input_shapes,
                is_training);
  }

  void check_layer(const std::string& what, std::unique_ptr<TrainableLayer<double>> layer,
                   const std::vector<Shape>& input_shapes, bool is_training) {
    SCOPED_TRACE(what + ", seed " + std::to_string(GetParam()));
    layer_ = std::move(layer);
    is_training_ = is_training;
    fill(input_shapes);
    check_against_differences();
    for (const bool adds : {false, true}) check_without_input_gradient(adds);
    check_abilities();
  }

  LayerContext<double> context() {
    dropout_random_.seed(7);  // The same mask in every forward.
    return {threads_, reducer_, is_training_, &dropout_random_};
  }

  void fill(const std::vector<Shape>& input_shapes) {
    inputs_.clear();
    const std::size_t batch = static_cast<std::size_t>(pick(random_, 2, 4));
    for (const Shape& shape : input_shapes) {
      Shape batched{batch};
      batched.insert(batched.end(), shape.begin(), shape.end());
      inputs_.emplace_back(batched);
      fill_uniform(inputs_.back(), random_);
    }
    statistics_.clear();
    for (auto* p : layer_->parameters()) {
      fill_uniform(p->value, random_);
      if (p->name == "layer.variance") {
        for (std::size_t i = 0; i < p->value.size(); ++i)
          p->value[i] = 0.5 + p->value[i] * p->value[i];
      }
      statistics_.push_back(p->value);
    }
    layer_->forward(context(), plain_inputs(), output_, nullptr);
    weights_.resize(output_.shape());
    fill_uniform(weights_, random_);
  }

  [[nodiscard]] std::vector<LayerInput<double>> plain_inputs() const {
    std::vector<LayerInput<double>> inputs;
    for (const auto& input : inputs_) inputs.push_back({&input, {}});
    return inputs;
  }

  /// Running statistics move with every forward; nothing here may see that.
  void run_forward(const std::vector<LayerInput<double>>& inputs, RowObserver<double>* observer) {
    for (std::size_t i = 0; i < statistics_.size(); ++i) {
      if (!layer_->parameters()[i]->is_trained) layer_->parameters()[i]->value = statistics_[i];
    }
    layer_->forward(context(), inputs, output_, observer);
  }

  double objective() {
    run_forward(plain_inputs(), nullptr);
    double sum = 0;
    for (std::size_t i = 0; i < output_.size(); ++i) sum += output_[i] * weights_[i];
    return sum;
  }

  struct Gradients {
    std::vector<Array<double>> inputs;
    std::vector<Array<double>> parameters;
  };

  /// Gradients without what they were prefilled with.
  Gradients run_backward(const std::vector<LayerInput<double>>& inputs,
                         const OutputGradient<double>& gradient, bool adds,
                         RowObserver<double>* observer) {
    Gradients result;
    result.inputs.resize(inputs.size());
    std::vector<InputGradient<double>> targets;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      result.inputs[i].resize(inputs_[i].shape());
      result.inputs[i].fill(kPrefill);
      targets.push_back({&result.inputs[i], adds, observer});
    }
    for (auto* p : layer_->parameters()) p->gradient.fill(kPrefill);
    layer_->backward(context(), inputs, output_, gradient, targets);
    const auto without_prefill = [](Array<double>& array) {
      for (std::size_t i = 0; i < array.size(); ++i) array[i] -= kPrefill;
    };
    if (adds) std::for_each(result.inputs.begin(), result.inputs.end(), without_prefill);
    for (auto* p : layer_->parameters()) {
      result.parameters.push_back(p->gradient);
      without_prefill(result.parameters.back());
    }
    return result;
  }

  void check_against_differences() {
    for (const bool adds : {false, true}) {
      SCOPED_TRACE(adds ? "added" : "written");
      objective();
      const Gradients found = run_backward(plain_inputs(), {&weights_, {}}, adds, nullptr);
      const auto value = [this] { return objective(); };
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        expect_gradient_matches("input " + std::to_string(i), inputs_[i], found.inputs[i], value,
                                random_, 12);
      }
      for (std::size_t i = 0; i < found.parameters.size(); ++i) {
        TrainableParameter<double>& p = *layer_->parameters()[i];
        if (!p.is_trained) continue;
        expect_gradient_matches(p.name, p.value, found.parameters[i], value, random_, 12);
      }
    }
  }

  /// Nobody asks for the first layer's input gradient.
  void check_without_input_gradient(bool adds) {
    objective();
    const std::vector<InputGradient<double>> none(inputs_.size(), {nullptr, adds, nullptr});
    EXPECT_NO_THROW(layer_->backward(context(), plain_inputs(), output_, {&weights_, {}}, none));
  }

  /// Sums in another order: 1e-12 of sums of up to some thousand terms of about 1.
  static void expect_equal(const std::string& what, const Array<double>& found,
                           const Array<double>& expected) {
    ASSERT_EQ(found.shape(), expected.shape()) << what;
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_NEAR(found[i], expected[i], 1e-10) << what << ", element " << i;
    }
  }

  void check_abilities() {
    const LayerAbilities abilities = layer_->abilities(true);
    std::vector<RandomMap> maps;
    std::vector<Array<double>> mapped;
    std::vector<LayerInput<double>> by_map, by_copy;
    for (const auto& input : inputs_) {
      maps.emplace_back(input.shape().back(), random_);
      mapped.push_back(maps.back().applied_to(input));
    }
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      by_copy.push_back({abilities.reads_maps ? &mapped[i] : &inputs_[i], {}});
      by_map.push_back({&inputs_[i], abilities.reads_maps ? maps[i].map() : ChannelMap<double>{}});
    }
    run_forward(by_copy, nullptr);
    const Array<double> expected_output = output_;
    const RandomMap out_map(output_.shape().back(), random_);
    Array<double> gradient = weights_;
    if (abilities.reads_gradient_maps) gradient = out_map.gradient_applied_to(output_, weights_);
    const Gradients expected = run_backward(by_copy, {&gradient, {}}, true, nullptr);

    RowSum seen_output(output_.shape().back());
    RowSum seen_gradient(inputs_[0].shape().back());
    run_forward(by_map, abilities.observes ? &seen_output : nullptr);
    expect_equal("output", output_, expected_output);
    const OutputGradient<double> by_gradient_map{
        &weights_, abilities.reads_gradient_maps ? out_map.gradient_map() : GradientMap<double>{}};
    const Gradients found =
        run_backward(by_map, by_gradient_map, false, abilities.observes ? &seen_gradient : nullptr);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      expect_equal("input gradient", found.inputs[i], expected.inputs[i]);
    }
    for (std::size_t i = 0; i < found.parameters.size(); ++i) {
      expect_equal(layer_->parameters()[i]->name, found.parameters[i], expected.parameters[i]);
    }
    if (!abilities.observes) return;
    seen_output.expect_saw("output", output_);
    seen_gradient.expect_saw("input gradient", found.inputs[0]);
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

// More channels than a kernel's width and than a block's, more pixels than a tile.
TEST_P(LayerGradients, ConvolutionInSeveralBlocks) {
  Convolution wide;
  wide.out_channels = 3 + 256 * pick(random_, 0, 1);
  check(wide, {{7, 9, 261}});
  Convolution deep;
  deep.window = {3, 3, 1, 1, 1, 1, {1, 1, 1, 1}};
  deep.out_channels = 37;
  check(deep, {{6, 9, 33}});
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

TEST_P(LayerGradients, NormalizationWithTheRectifierBehindIt) {
  for (const FusedActivation activation : {FusedActivation::kRelu, FusedActivation::kPrelu}) {
    for (const bool is_training : {true, false}) {
      const Shape shape = image();
      check_layer("fused normalization",
                  std::make_unique<BatchNormalizationLayer<double>>(
                      "layer", BatchNormalization{1e-3F}, activation, "act", shape),
                  {shape}, is_training);
    }
  }
}

TEST_P(LayerGradients, Dropout) {
  check(Dropout{0.3F}, {image()});
  check(Dropout{0.3F}, {{11}}, false);
}

TEST_P(LayerGradients, Activations) {
  check(Relu{}, {image()});
  check(Prelu{}, {image()});
  check(Sigmoid{}, {image()});
  check(Clip{-0.5F, 0.75F}, {image()});
  check(LeakyRelu{0.2F}, {image()});
  check(HardSwish{}, {image()});
  check(HardSigmoid{0.9F, 0.4F}, {image()});
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

TEST_P(LayerGradients, Multiply) {
  const Shape shape = image();
  check(Multiply{}, {shape, shape});
  check(Multiply{}, {shape, {shape.back()}});
  check(Multiply{}, {shape, {1, 1, shape.back()}});
}

INSTANTIATE_TEST_SUITE_P(Seeds, LayerGradients, ::testing::Range<std::uint64_t>(1, 9));

TEST(TrainableLayer, RefusesWhatItCannotTrain) {
  expect_error(ErrorCode::kUnsupported, "layer 'ends'", [&] {
    make_trainable_layer<float>({"ends", Concatenate{}, {0, 0}}, {{4}, {4}});
  });
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
    layer->forward({threads, reducer, true, nullptr}, {{&input, {}}}, output, nullptr);
  }
  // (1 - 0.1)^300 is 2e-14: the start is forgotten.
  EXPECT_NEAR(layer->parameters()[2]->value[0], 11.5, 1e-9);
  EXPECT_NEAR(layer->parameters()[3]->value[0], 5.0 / 3.0, 1e-9);
}

// Of 40,000 elements a share of 0.25 is dropped, give or take 5 standard deviations (0.011).
TEST(Dropout, DropsTheRateAndKeepsTheMeanWhateverTheThreads) {
  BatchReducer<float> reducer;
  Array<float> input({2, 20'000});
  input.fill(3);
  std::vector<Array<float>> outputs;
  for (const int count : {1, 2}) {
    ThreadPool threads(count);
    std::mt19937_64 random(5);
    const auto layer = make_trainable_layer<float>({"d", Dropout{0.25F}, {0}}, {{20'000}});
    outputs.emplace_back();
    layer->forward({threads, reducer, true, &random}, {{&input, {}}}, outputs.back(), nullptr);
  }
  double dropped = 0;
  for (std::size_t i = 0; i < input.size(); ++i) {
    ASSERT_EQ(outputs[0][i], outputs[1][i]) << "element " << i;
    dropped += outputs[0][i] == 0 ? 1 : 0;
    if (outputs[0][i] != 0) {
      EXPECT_FLOAT_EQ(outputs[0][i], 4);
    }
  }
  EXPECT_NEAR(dropped / static_cast<double>(input.size()), 0.25, 0.011);
}

}  // namespace
}  // namespace visavis::layers_test
