#include "core/network/network_spec.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/core/base/expect_error.h"
#include "tests/core/model/random_models.h"

namespace visavis::network_spec_test {
namespace {

Shape output_of(const Shape& input, LayerKind kind, int inputs = 1) {
  return infer_shapes(one_layer(input, std::move(kind), inputs)).back();
}

Window square(int kernel, int stride = 1, int pad = 0, int dilation = 1) {
  return {kernel, kernel, stride, stride, dilation, dilation, {pad, pad, pad, pad}};
}

TEST(ShapeInference, Windows) {
  EXPECT_EQ(output_of({112, 112, 3}, Convolution{square(3, 2, 1), 64}), (Shape{56, 56, 64}));
  EXPECT_EQ(output_of({7, 7, 8}, DepthwiseConvolution{square(7)}), (Shape{1, 1, 8}));
  EXPECT_EQ(output_of({10, 9, 8}, Convolution{square(3, 1, 0, 2), 1}), (Shape{6, 5, 1}));
  EXPECT_EQ(output_of({9, 9, 2}, MaxPool{square(2, 2)}), (Shape{4, 4, 2}));  // floor
  EXPECT_EQ(output_of({9, 9, 2}, AveragePool{square(3, 2, 1)}), (Shape{5, 5, 2}));
  // Heights and widths are not mixed up, nor are the four paddings.
  const Window w{3, 5, 2, 3, 1, 2, {1, 0, 4, 3}};
  EXPECT_EQ(output_of({10, 20, 1}, Convolution{w, 4}), (Shape{5, 7, 4}));
}

/// The formula against counting: an output exists where the whole kernel lies in the padded input.
TEST(ShapeInference, WindowsAgreeWithCounting) {
  Random random(201);
  SCOPED_TRACE(random.trace());
  for (int i = 0; i < 200; ++i) {
    const Window w = random.window();
    const Shape input = random.image_shape();
    const auto count = [](int in, int kernel, int stride, int dilation, int before, int after) {
      std::size_t outputs = 0;
      for (int start = -before; start + (kernel - 1) * dilation < in + after; start += stride) {
        ++outputs;
      }
      return outputs;
    };
    const Shape expected = {count(static_cast<int>(input[0]), w.kernel_height, w.stride_height,
                                  w.dilation_height, w.padding.top, w.padding.bottom),
                            count(static_cast<int>(input[1]), w.kernel_width, w.stride_width,
                                  w.dilation_width, w.padding.left, w.padding.right),
                            input[2]};
    ASSERT_EQ(output_of(input, DepthwiseConvolution{w}), expected);
  }
}

TEST(ShapeInference, EveryOtherKind) {
  const Shape image = {4, 5, 6};
  EXPECT_EQ(output_of(image, FullyConnected{7}), Shape{7});
  EXPECT_EQ(output_of(image, GlobalMaxPool{}), Shape{6});
  EXPECT_EQ(output_of(image, GlobalAveragePool{}), Shape{6});
  for (const LayerKind& kind :
       {LayerKind{BatchNormalization{}}, LayerKind{Relu{}}, LayerKind{Prelu{}},
        LayerKind{Sigmoid{}}, LayerKind{L2Normalize{}}, LayerKind{Dropout{}}}) {
    EXPECT_EQ(output_of(image, kind), image) << kind_name(kind);
  }
  EXPECT_EQ(output_of(image, Add{}, 2), image);
  EXPECT_EQ(output_of(image, Multiply{}, 2), image);
  EXPECT_EQ(output_of(image, ChannelPad{1, 2}), (Shape{4, 5, 9}));
  EXPECT_EQ(output_of(image, Flatten{}), Shape{120});
  EXPECT_EQ(output_of(image, Reshape{{20, 6}}), (Shape{20, 6}));
  EXPECT_EQ(output_of(image, Concatenate{0}, 3), (Shape{12, 5, 6}));
  EXPECT_EQ(output_of(image, Concatenate{2}, 2), (Shape{4, 5, 12}));
}

void expect_refused(const Shape& input, LayerKind kind, const std::string& part, int inputs = 1) {
  SCOPED_TRACE(kind_name(kind));
  const std::string layer = "layer 'layer' (" + kind_name(kind) + "): ";
  expect_error(ErrorCode::kInvalidArgument, layer,
               [&] { infer_shapes(one_layer(input, kind, inputs)); });
  expect_error(ErrorCode::kInvalidArgument, part,
               [&] { infer_shapes(one_layer(input, kind, inputs)); });
}

TEST(ShapeInference, RefusesBadWindows) {
  const Shape image = {8, 8, 4};
  expect_refused(image, Convolution{square(0), 4}, "must be 1..");
  expect_refused(image, Convolution{square(3, 0), 4}, "must be 1..");
  expect_refused(image, Convolution{square(3, 1, 0, -1), 4}, "must be 1..");
  expect_refused(image, Convolution{square(3, 1, -1), 4}, "padding");
  expect_refused(image, Convolution{square(1 << 20), 4}, "must be 1..");
  expect_refused(image, Convolution{square(9), 4}, "does not fit");
  expect_refused(image, DepthwiseConvolution{square(3, 1, 0, 4)}, "extent 9 does not fit");
  expect_refused(image, MaxPool{square(2, 1, 2)}, "without a single real element");
  expect_refused(image, AveragePool{square(1, 1, 1)}, "without a single real element");
  expect_refused({1, 1, 1}, MaxPool{square(2, 1, 3, 3)}, "without a single real element");
  expect_refused(image, AveragePool{square(2, 1, 0, 2)}, "dilation must be 1");
}

TEST(ShapeInference, RefusesBadChannels) {
  const Shape image = {8, 8, 4};
  expect_refused(image, Convolution{square(3), 0}, "out_channels");
  expect_refused(image, Convolution{square(3), 6, 4}, "4 groups");
  expect_refused(image, Convolution{square(3), 6, 3}, "3 groups");
  expect_refused(image, Convolution{square(3), 4, 0}, "0 groups");
  expect_refused(image, FullyConnected{0}, "out_features");
  expect_refused(image, ChannelPad{-1, 0}, "pads");
}

TEST(ShapeInference, RefusesBadInputs) {
  const Shape image = {8, 8, 4};
  expect_refused(image, Relu{}, "needs one input, has 2", 2);
  expect_refused(image, Add{}, "needs two inputs, has 1");
  expect_refused(image, Multiply{}, "needs two inputs, has 3", 3);
  expect_refused(image, Concatenate{0}, "two or more");
  expect_refused(image, Concatenate{3}, "axis 3", 2);
  expect_refused(image, Concatenate{-1}, "axis -1", 2);
  expect_refused(image, Reshape{{8, 8, 5}}, "differ");
  expect_refused(image, Reshape{{0, 8}}, "positive");
  expect_refused(image, Reshape{{}}, "dimensions");
  expect_refused(image, Reshape{{8, 2, 2, 2, 2, 2}}, "dimensions");
  expect_refused(image, L2Normalize{0.0F}, "epsilon");
  expect_refused(image, Dropout{1.0F}, "rate");
  expect_refused(image, Dropout{-0.1F}, "rate");
  expect_refused(image, BatchNormalization{-1.0F}, "epsilon");
}

TEST(ShapeInference, KindsOfImportedNetworks) {
  const Shape image = {4, 5, 6};
  for (const LayerKind& kind :
       {LayerKind{Clip{}}, LayerKind{LeakyRelu{}}, LayerKind{HardSwish{}}, LayerKind{HardSigmoid{}},
        LayerKind{Softmax{}}, LayerKind{Elementwise{Function::kTanh}}}) {
    EXPECT_EQ(output_of(image, kind), image) << kind_name(kind);
  }
  EXPECT_EQ(output_of(image, Arithmetic{ArithmeticOperation::kDivide}, 2), image);
  EXPECT_EQ(output_of(image, Reduce{ReduceOperation::kSum, {0, 2}}), (Shape{1, 5, 1}));
  EXPECT_EQ(output_of(image, Transpose{{2, 0, 1}}), (Shape{6, 4, 5}));
  EXPECT_EQ(output_of(image, Slice{{0, 4, 2}, {4, 1, 3}}), (Shape{4, 1, 3}));
  EXPECT_EQ(output_of(image, Pad{{1, 0, 0}, {0, 2, 0}, 0}), (Shape{5, 7, 6}));
  EXPECT_EQ(output_of(image, Resize{8, 15, ResizeMethod::kNearest}), (Shape{8, 15, 6}));
  EXPECT_EQ(output_of(image, Resize{3, 9, ResizeMethod::kLinear}), (Shape{3, 9, 6}));
}

TEST(ShapeInference, RefusesBadKindsOfImportedNetworks) {
  const Shape image = {4, 5, 6};
  const float not_a_number = std::numeric_limits<float>::quiet_NaN();
  expect_refused(image, Clip{1, 0}, "min");
  expect_refused(image, Clip{not_a_number, 0}, "min");
  expect_refused(image, LeakyRelu{not_a_number}, "slope");
  expect_refused(image, HardSigmoid{1, std::numeric_limits<float>::infinity()}, "offset");
  expect_refused(image, Arithmetic{}, "two inputs");
  expect_refused(image, Reduce{}, "axis");
  expect_refused(image, Reduce{ReduceOperation::kMean, {1, 1}}, "ascend");
  expect_refused(image, Reduce{ReduceOperation::kMean, {3}}, "ascend");
  expect_refused(image, Reduce{ReduceOperation::kMean, {-1}}, "ascend");
  expect_refused(image, Transpose{{0, 1}}, "once");
  expect_refused(image, Transpose{{0, 1, 1}}, "once");
  expect_refused(image, Slice{{0, 0, 0}, {4, 5, 7}}, "lie in");
  expect_refused(image, Slice{{0, 1, 0}, {4, 5, 6}}, "lie in");
  expect_refused(image, Slice{{0, 0}, {4, 5}}, "lie in");
  expect_refused(image, Slice{{0, 0, ~std::size_t{0}}, {4, 5, 2}}, "lie in");
  expect_refused(image, Pad{{0, 0}, {0, 0}, 0}, "every dimension");
  expect_refused(image, Pad{{0, 0, std::size_t{1} << 31U}, {0, 0, 0}, 0}, "pads");
  expect_refused(image, Pad{{0, 0, 0}, {0, 0, 0}, not_a_number}, "number");
  expect_refused(image, Resize{0, 5, ResizeMethod::kLinear}, "height");
  expect_refused(image, Resize{6, 5, ResizeMethod::kNearest}, "multiples");
}

TEST(ShapeInference, ArithmeticRepeatsDimensionsOfOne) {
  NetworkSpec spec;
  spec.input = {4, 5, 6};
  const ValueId row = add_layer(spec, "row", Reduce{ReduceOperation::kMean, {0}}, {0});
  const ValueId column = add_layer(spec, "column", Reduce{ReduceOperation::kMean, {1}}, {0});
  add_layer(spec, "both", Arithmetic{}, {row, column});
  EXPECT_EQ(infer_shapes(spec).back(), (Shape{4, 5, 6}));
  const ValueId flat = add_layer(spec, "flat", Flatten{}, {0});
  add_layer(spec, "misfit", Arithmetic{}, {row, flat});
  expect_error(ErrorCode::kInvalidArgument, "as many dimensions", [&] { infer_shapes(spec); });
}

TEST(ShapeInference, RefusesInputsThatDoNotFitEachOther) {
  const auto refused = [](LayerKind kind, ValueId first, ValueId second) {
    NetworkSpec spec;
    spec.input = {4, 5, 6};
    const ValueId flat = add_layer(spec, "flat", Flatten{}, {0});
    const ValueId pooled = add_layer(spec, "pooled", GlobalMaxPool{}, {0});
    EXPECT_EQ(flat, 1);
    EXPECT_EQ(pooled, 2);
    const ValueId pixel = add_layer(spec, "pixel", Reshape{{1, 1, 6}}, {pooled});
    EXPECT_EQ(pixel, 3);
    add_layer(spec, "last", std::move(kind), {first, second});
    expect_error(ErrorCode::kInvalidArgument, "'last'", [&] { infer_shapes(spec); });
  };
  refused(Add{}, 0, 1);
  refused(Add{}, 0, 2);
  refused(Multiply{}, 0, 1);
  refused(Multiply{}, 2, 0);  // Only the second broadcasts.
  refused(Multiply{}, 2, 3);
  refused(Concatenate{0}, 0, 1);
  refused(Concatenate{0}, 0, 3);
  refused(Convolution{square(1), 1}, 0, 0);
}

TEST(ShapeInference, RefusesUnsoundNetworks) {
  const auto refused = [](const std::string& part, const NetworkSpec& spec) {
    expect_error(ErrorCode::kInvalidArgument, part, [&] { infer_shapes(spec); });
  };
  const NetworkSpec sound = one_layer({4, 4, 2}, Relu{});
  NetworkSpec spec = sound;
  spec.input = {4, 4};
  refused("input must be", spec);
  spec.input = {4, 0, 4};
  refused("input must be", spec);
  spec.input = {1U << 15U, 1U << 15U, 3};
  refused("sensible size", spec);

  spec = sound;
  add_layer(spec, "layer", Relu{}, {1});
  refused("two layers are named 'layer'", spec);
  spec = sound;
  add_layer(spec, "", Relu{}, {1});
  refused("has no name", spec);
  spec.layers.back().name = "two\nlines";
  refused("layer 1 (relu) has control characters", spec);
  spec = sound;
  add_layer(spec, "later", Relu{}, {2});  // Its own output.
  refused("input value 2 does not exist", spec);
  spec = sound;
  add_layer(spec, "negative", Relu{}, {-1});
  refused("input value -1 does not exist", spec);
  spec = sound;
  add_layer(spec, "flat", Flatten{}, {0});
  add_layer(spec, "needs_image", GlobalMaxPool{}, {2});
  refused("height x width x channels, not 32", spec);

  for (const ValueId output : {0, 2, -1}) {
    spec = sound;
    spec.outputs = {output};
    refused("is produced by no layer", spec);
  }
  spec = sound;
  spec.outputs = {1, 1};
  refused("listed twice", spec);
}

TEST(ShapeInference, RefusesValuesTooLargeToRun) {
  NetworkSpec spec = one_layer({1U << 12U, 1U << 12U, 16}, Relu{});  // 2^28: the most allowed
  EXPECT_EQ(infer_shapes(spec).size(), 2U);
  add_layer(spec, "padded", ChannelPad{0, 1}, {1});
  expect_error(ErrorCode::kInvalidArgument, "'padded' (channel pad): value of shape",
               [&] { infer_shapes(spec); });
}

TEST(ParameterSpecs, ListEveryParameterInLayerOrder) {
  NetworkSpec spec;
  spec.input = {9, 9, 4};
  ValueId value = add_layer(spec, "c", Convolution{square(3), 6, 2, false}, {0});
  value = add_layer(spec, "bn", BatchNormalization{}, {value});
  value = add_layer(spec, "act", Prelu{}, {value});
  value = add_layer(spec, "dw", DepthwiseConvolution{{5, 3, 1, 1, 1, 1, {}}, true}, {value});
  value = add_layer(spec, "relu", Relu{}, {value});
  add_layer(spec, "fc", FullyConnected{11, true}, {value});
  std::vector<std::pair<std::string, Shape>> actual;
  for (const ParameterSpec& p : parameter_specs(spec)) actual.emplace_back(p.name, p.shape);
  const std::vector<std::pair<std::string, Shape>> expected = {
      {"c.filter", {6, 3, 3, 2}}, {"bn.scale", {6}},    {"bn.shift", {6}},
      {"bn.mean", {6}},           {"bn.variance", {6}}, {"act.slope", {6}},
      {"dw.filter", {5, 3, 6}},   {"dw.bias", {6}},     {"fc.filter", {11, 3 * 5 * 6}},
      {"fc.bias", {11}}};
  EXPECT_EQ(actual, expected);
}

TEST(MultiplyAdds, CountConvolutionsAndFullyConnected) {
  NetworkSpec spec;
  spec.input = {8, 8, 4};
  ValueId value = add_layer(spec, "c", Convolution{square(3), 6, 2}, {0});  // 6x6x6, 18 each
  value = add_layer(spec, "relu", Relu{}, {value});
  value = add_layer(spec, "dw", DepthwiseConvolution{square(3)}, {value});  // 4x4x6, 9 each
  add_layer(spec, "fc", FullyConnected{10}, {value});                       // 10, 96 each
  EXPECT_EQ(multiply_adds(spec), 216U * 18 + 96 * 9 + 960);
}

/// A network of 2^32 and more multiply-adds, also where std::size_t has 32 bits.
TEST(MultiplyAdds, DoNotOverflow) {
  EXPECT_EQ(multiply_adds(one_layer({1024, 1024, 64}, Convolution{square(3, 1, 1), 64})),
            std::uint64_t{1024} * 1024 * 64 * 64 * 9);
}

}  // namespace
}  // namespace visavis::network_spec_test
