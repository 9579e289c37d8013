#include "native/onnx/onnx_importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "core/base/error.h"
#include "core/network/runtime.h"
#include "tests/native/onnx/onnx_builder.h"

namespace visavis::onnx_importer_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Sums of at most a few hundred products of numbers up to 1, in another order than the
/// reference's.
constexpr float kTolerance = 1e-4F;

Model model_of(const OnnxBuilder& builder) {
  ImportedNetwork imported = import_onnx(builder.bytes(), "net.onnx");
  Model model;
  model.network = std::move(imported.network);
  model.parameters = std::move(imported.parameters);
  model.preprocessing.mean.assign(model.network.input[2], 0);
  model.preprocessing.scale.assign(model.network.input[2], 1);
  return fold_batch_normalization(model);
}

/// First output for one input in channels-last order.
std::vector<float> run(const OnnxBuilder& builder, const std::vector<float>& nhwc) {
  const Model model = model_of(builder);
  Shape shape{1};
  shape.insert(shape.end(), model.network.input.begin(), model.network.input.end());
  Network network(model.network, model.parameters);
  const std::vector<Tensor> outputs = network.run(Tensor(shape, nhwc));
  return {outputs.at(0).begin(), outputs.at(0).end()};
}

std::string message_of(const std::vector<std::uint8_t>& bytes, ErrorCode code) {
  try {
    import_onnx(bytes, "net.onnx");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), testing::StartsWith("net.onnx: "));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
    return error.what();
  }
  ADD_FAILURE() << "it was imported";
  return "";
}

std::string refusal_of(const OnnxBuilder& builder) {
  return message_of(builder.bytes(), ErrorCode::kUnsupported);
}

std::vector<float> random_values(std::mt19937& random, std::size_t count) {
  std::uniform_real_distribution<float> distribution(-1, 1);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(random);
  return values;
}

struct ConvolutionCase {
  std::int64_t in, out, height, width, kernel_height, kernel_width, groups, stride, dilation;
  std::vector<std::int64_t> pads;  ///< top, left, bottom, right
};

/// ONNX's definition, channels first in, channels last out.
std::vector<float> convolve(const ConvolutionCase& c, const std::vector<float>& x,
                            const std::vector<float>& filter, const std::vector<float>& bias) {
  const auto outputs = [&](std::int64_t size, std::int64_t kernel, std::int64_t padding) {
    return (size + padding - (kernel - 1) * c.dilation - 1) / c.stride + 1;
  };
  const std::int64_t rows = outputs(c.height, c.kernel_height, c.pads[0] + c.pads[2]);
  const std::int64_t columns = outputs(c.width, c.kernel_width, c.pads[1] + c.pads[3]);
  const std::int64_t depth = c.in / c.groups;
  std::vector<float> y;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) {
      for (std::int64_t o = 0; o < c.out; ++o) {
        double sum = bias[static_cast<std::size_t>(o)];
        for (std::int64_t i = 0; i < depth; ++i) {
          for (std::int64_t ky = 0; ky < c.kernel_height; ++ky) {
            for (std::int64_t kx = 0; kx < c.kernel_width; ++kx) {
              const std::int64_t sy = row * c.stride + ky * c.dilation - c.pads[0];
              const std::int64_t sx = column * c.stride + kx * c.dilation - c.pads[1];
              if (sy < 0 || sx < 0 || sy >= c.height || sx >= c.width) continue;
              const std::int64_t channel = o / (c.out / c.groups) * depth + i;
              sum += x[static_cast<std::size_t>((channel * c.height + sy) * c.width + sx)] *
                     filter[static_cast<std::size_t>(
                         ((o * depth + i) * c.kernel_height + ky) * c.kernel_width + kx)];
            }
          }
        }
        y.push_back(static_cast<float>(sum));
      }
    }
  }
  return y;
}

std::vector<float> channels_last(const std::vector<float>& nchw, std::int64_t channels) {
  const auto depth = static_cast<std::size_t>(channels);
  const std::size_t cells = nchw.size() / depth;
  std::vector<float> nhwc(nchw.size());
  for (std::size_t c = 0; c < depth; ++c) {
    for (std::size_t cell = 0; cell < cells; ++cell)
      nhwc[cell * depth + c] = nchw[c * cells + cell];
  }
  return nhwc;
}

void expect_near(const std::vector<float>& actual, const std::vector<float>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_NEAR(actual[i], expected[i], kTolerance) << "element " << i;
  }
}

TEST(ImportOnnx, ConvolutionsOfEveryKind) {
  const unsigned seed = 11;
  std::mt19937 random(seed);
  const std::vector<ConvolutionCase> cases{
      {3, 5, 7, 9, 3, 3, 1, 1, 1, {1, 1, 1, 1}},  // plain
      {3, 4, 8, 8, 5, 3, 1, 2, 1, {1, 0, 2, 1}},  // asymmetric padding, unequal kernel
      {4, 4, 9, 7, 3, 3, 4, 2, 1, {0, 0, 1, 1}},  // depthwise
      {4, 6, 6, 6, 3, 3, 2, 1, 1, {1, 1, 1, 1}},  // groups
      {3, 6, 6, 6, 3, 3, 3, 1, 1, {1, 1, 1, 1}},  // two filters per channel
      {2, 3, 9, 9, 3, 3, 1, 1, 2, {2, 2, 2, 2}},  // dilation
      {6, 4, 1, 1, 1, 1, 1, 1, 1, {0, 0, 0, 0}},  // of one pixel: a fully connected layer
      {1, 2, 5, 5, 5, 5, 1, 1, 1, {0, 0, 0, 0}},  // one channel, whole image
  };
  for (const ConvolutionCase& c : cases) {
    SCOPED_TRACE("case " + std::to_string(&c - cases.data()) + ", seed " + std::to_string(seed));
    const std::int64_t depth = c.in / c.groups;
    const auto filter = random_values(
        random, static_cast<std::size_t>(c.out * depth * c.kernel_height * c.kernel_width));
    const auto bias = random_values(random, static_cast<std::size_t>(c.out));
    const auto x = random_values(random, static_cast<std::size_t>(c.in * c.height * c.width));
    OnnxBuilder builder({1, c.in, c.height, c.width});
    builder.constant("w", {c.out, depth, c.kernel_height, c.kernel_width}, filter);
    builder.constant("b", {c.out}, bias);
    auto& node = builder.node("Conv", "y", {"x", "w", "b"});
    set_integer(node, "group", c.groups);
    set_integers(node, "strides", {c.stride, c.stride});
    set_integers(node, "dilations", {c.dilation, c.dilation});
    set_integers(node, "pads", c.pads);
    builder.output("y");
    expect_near(run(builder, channels_last(x, c.in)), convolve(c, x, filter, bias));
  }
}

TEST(ImportOnnx, AutomaticPaddingPutsTheOddPixelWhereItIsTold) {
  const auto padding_of = [](const std::string& mode) {
    OnnxBuilder builder({1, 1, 6, 5});
    builder.constant("w", {1, 1, 3, 3}, std::vector<float>(9, 1));
    auto& node = builder.node("Conv", "y", {"x", "w"});
    set_text(node, "auto_pad", mode);
    set_integers(node, "strides", {2, 2});
    builder.output("y");
    const Padding padding =
        std::get<Convolution>(model_of(builder).network.layers.at(0).kind).window.padding;
    return std::vector<int>{padding.top, padding.bottom, padding.left, padding.right};
  };
  EXPECT_THAT(padding_of("SAME_UPPER"), ElementsAre(0, 1, 1, 1));
  EXPECT_THAT(padding_of("SAME_LOWER"), ElementsAre(1, 0, 1, 1));
  EXPECT_THAT(padding_of("VALID"), ElementsAre(0, 0, 0, 0));
}

TEST(ImportOnnx, FlatteningAnImageTurnsTheColumnsOfTheNextMatrix) {
  // y = sum over ONNX's order k of k * x[k]: any mistake of order shows.
  const std::vector<float> x{3, -1, 4, 1, -5, 9, 2, -6, 5, 3, 5, -8};  // [3, 2, 2], channels first
  std::vector<float> weights(12);
  float expected = 0.5F;
  for (std::size_t k = 0; k < 12; ++k) {
    weights[k] = static_cast<float>(k);
    expected += weights[k] * x[k];
  }
  OnnxBuilder gemm({1, 3, 2, 2});
  gemm.constant("w", {1, 12}, weights);
  gemm.constant("b", {1}, {0.5F});
  set_integer(gemm.node("Flatten", "f", {"x"}), "axis", 1);
  gemm.node("Dropout", "r", {"f"});  // Nothing while it only runs; the order must not get lost.
  set_integer(gemm.node("Gemm", "y", {"r", "w", "b"}), "transB", 1);
  gemm.output("y");
  EXPECT_THAT(run(gemm, channels_last(x, 3)),
              ElementsAre(testing::FloatNear(expected, kTolerance)));

  OnnxBuilder product({0, 3, 2, 2});  // An open batch, MatMul + Add, Reshape to -1.
  product.constant("w", {12, 1}, weights);
  product.constant("b", {1}, {0.5F});
  product.integers("shape", {-1, 12});
  product.node("Reshape", "f", {"x", "shape"});
  product.node("MatMul", "m", {"f", "w"});
  product.node("Add", "y", {"m", "b"});
  product.output("y");
  EXPECT_THAT(run(product, channels_last(x, 3)),
              ElementsAre(testing::FloatNear(expected, kTolerance)));
  EXPECT_EQ(model_of(product).network.layers.size(), 1U) << "the bias was not folded";
}

TEST(ImportOnnx, ParametersOfAFlattenedImageFollowItsOrder) {
  const std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8};  // [2, 2, 2], channels first
  std::vector<float> shift(8);
  for (std::size_t k = 0; k < 8; ++k) shift[k] = 10 * static_cast<float>(k);
  OnnxBuilder builder({1, 2, 2, 2});
  builder.constant("shift", {8}, shift);
  builder.constant("slope", {8}, {-1, -2, -3, -4, -5, -6, -7, -8});
  builder.constant("w", {8, 1}, {1, 10, 100, 1000, 1, 10, 100, 1000});
  builder.node("Flatten", "f", {"x"});
  builder.node("Sub", "s", {"f", "shift"});
  builder.node("PRelu", "p", {"s", "slope"});
  builder.node("MatMul", "y", {"p", "w"});
  builder.output("y");
  double expected = 0;
  for (std::size_t k = 0; k < 8; ++k) {
    const double value = x[k] - shift[k];
    expected += (value >= 0 ? value : -static_cast<double>(k + 1) * value) * std::pow(10, k % 4);
  }
  EXPECT_THAT(run(builder, channels_last(x, 2)),
              ElementsAre(testing::FloatEq(static_cast<float>(expected))));
}

TEST(ImportOnnx, ChannelsLastInputAndOutputNeedNoTransposition) {
  OnnxBuilder builder({1, 4, 4, 2});
  set_integers(builder.node("Transpose", "t", {"x"}), "perm", {0, 3, 1, 2});
  builder.node("Relu", "r", {"t"});
  set_integers(builder.node("Transpose", "u", {"r"}), "perm", {0, 2, 3, 1});
  builder.integers("shape", {1, 16, 2});
  builder.node("Reshape", "y", {"u", "shape"});
  builder.output("y");
  const Model model = model_of(builder);
  EXPECT_EQ(model.network.input, (Shape{4, 4, 2}));
  ASSERT_EQ(model.network.layers.size(), 2U);
  EXPECT_EQ(infer_shapes(model.network).back(), (Shape{16, 2}));
  std::vector<float> x(32);
  for (std::size_t i = 0; i < 32; ++i) x[i] = static_cast<float>(i);
  EXPECT_EQ(run(builder, x), x);
}

TEST(ImportOnnx, ConcatMapsItsAxisAndPadsChannels) {
  OnnxBuilder builder({1, 2, 1, 2});
  builder.constant("zeros", {1, 1, 1, 2}, {0, 0});
  set_integer(builder.node("Concat", "padded", {"zeros", "x"}), "axis", 1);
  set_integer(builder.node("Concat", "rows", {"padded", "padded"}), "axis", 2);
  set_integer(builder.node("Concat", "y", {"rows", "rows"}), "axis", -1);
  builder.output("y");
  const Model model = model_of(builder);
  EXPECT_EQ(infer_shapes(model.network).back(), (Shape{2, 4, 3}));
  EXPECT_THAT(run(builder, {1, 2, 3, 4}),
              ElementsAre(0, 1, 2, 0, 3, 4, 0, 1, 2, 0, 3, 4, 0, 1, 2, 0, 3, 4, 0, 1, 2, 0, 3, 4));
}

TEST(ImportOnnx, SqueezeAndExciteGatesTheChannels) {
  OnnxBuilder builder({1, 2, 2, 2});
  builder.constant("w", {2, 2, 1, 1}, {1, 0, 0, 2});
  builder.node("GlobalAveragePool", "p", {"x"});
  builder.node("Conv", "c", {"p", "w"});
  builder.node("Sigmoid", "s", {"c"});
  builder.node("Mul", "y", {"s", "x"});  // The gate first, which our layer has second.
  builder.output("y");
  const float a = 1 / (1 + std::exp(-2.5F));  // Mean of 1, 2, 3, 4.
  const float b = 1 / (1 + std::exp(-2.0F));  // Twice that of 1, 1, 1, 1.
  expect_near(run(builder, {1, 1, 2, 1, 3, 1, 4, 1}), {a, b, 2 * a, b, 3 * a, b, 4 * a, b});
}

TEST(ImportOnnx, ShapesAreComputedWhileImporting) {
  OnnxBuilder builder({0, 2, 1, 1});
  builder.integers("zero", {0});
  builder.integers("rest", {-1});
  builder.node("Shape", "shape", {"x"});
  builder.node("Gather", "batch", {"shape", "zero"});
  set_integer(builder.node("Concat", "target", {"batch", "rest"}), "axis", 0);
  builder.node("Reshape", "r", {"x", "target"});
  builder.node("Relu", "y", {"r"});
  builder.output("y");
  EXPECT_EQ(infer_shapes(model_of(builder).network).back(), (Shape{2}));
  EXPECT_THAT(run(builder, {-1, 2}), ElementsAre(0, 2));
}

TEST(ImportOnnx, NormalisationAndArithmeticFoldIntoTheConvolutionBefore) {
  OnnxBuilder builder({1, 1, 1, 2});
  builder.constant("w", {2, 1, 1, 1}, {1, 2});
  for (const char* name : {"scale", "shift", "mean", "variance"}) {
    builder.constant(name, {2}, {2, 4});
  }
  builder.constant("factor", {2, 1, 1}, {10, 100});
  builder.constant("half", {}, {0.5F});
  builder.node("Conv", "c", {"x", "w"});
  set_real(builder.node("BatchNormalization", "n", {"c", "scale", "shift", "mean", "variance"}),
           "epsilon", 0);
  builder.node("Mul", "m", {"factor", "n"});
  builder.node("Add", "y", {"m", "half"});
  builder.output("y");
  EXPECT_EQ(model_of(builder).network.layers.size(), 1U);
  const auto expected = [](float x) {
    return std::vector<float>{10 * (2 * (x - 2) / std::sqrt(2.0F) + 2) + 0.5F,
                              100 * (4 * (2 * x - 4) / 2 + 4) + 0.5F};
  };
  std::vector<float> both = expected(3);
  const std::vector<float> second = expected(-1);
  both.insert(both.end(), second.begin(), second.end());
  expect_near(run(builder, {3, -1}), both);
}

TEST(ImportOnnx, WeightsInEveryStorage) {
  for (const bool half : {false, true}) {
    OnnxBuilder builder({1, 1, 1, 1});
    auto& tensor = builder.constant("w", {3, 1, 1, 1}, {});
    if (half) {  // 1, -2, 2^-24
      tensor.set_data_type(onnx::TensorProto::FLOAT16);
      tensor.set_raw_data(std::string("\x00\x3C\x00\xC0\x01\x00", 6));
    } else {
      const float values[] = {1, -2, 0x1p-24F};
      tensor.set_raw_data(values, sizeof(values));
    }
    builder.node("Conv", "y", {"x", "w"});
    builder.output("y");
    EXPECT_THAT(run(builder, {1}), ElementsAre(1, -2, 0x1p-24F));
  }
}

TEST(ImportOnnx, LeavesOutWhatNoOutputNeeds) {
  OnnxBuilder builder({1, 1, 2, 2});
  builder.node("Relu", "y", {"x"});
  builder.node("ArgMax", "unused", {"y"});
  builder.output("y");
  EXPECT_EQ(model_of(builder).network.layers.size(), 1U);
}

TEST(ImportOnnx, NamesWhatItDoesNotSupport) {
  OnnxBuilder arg_max({1, 1, 2, 2});
  arg_max.node("ArgMax", "last", {"x"});
  arg_max.output("last");
  EXPECT_THAT(refusal_of(arg_max), HasSubstr("operator ArgMax (node 'last') is not supported"));

  OnnxBuilder unnamed({1, 1, 2, 2});
  unnamed.node("Det", "out", {"x"}).clear_name();
  unnamed.output("out");
  EXPECT_THAT(refusal_of(unnamed), HasSubstr("operator Det (output 'out')"));

  OnnxBuilder foreign({1, 1, 2, 2});
  foreign.node("Relu", "y", {"x"}).set_domain("com.example");
  foreign.output("y");
  EXPECT_THAT(refusal_of(foreign), HasSubstr("operator com.example.Relu"));

  OnnxBuilder truncating({1, 1, 2, 2});
  set_integer(truncating.node("Cast", "y", {"x"}), "to", onnx::TensorProto::INT32);
  truncating.output("y");
  EXPECT_THAT(refusal_of(truncating), HasSubstr("operator Cast (node 'y') turns a computed value"));
}

/// The elements of an image, by hand in ONNX's order and in ours.
constexpr std::size_t kSide = 2;
std::vector<float> in_onnx_order(std::size_t channels) {
  std::vector<float> x;
  for (std::size_t i = 0; i < channels * kSide * kSide; ++i) x.push_back(static_cast<float>(i));
  return x;
}

TEST(ImportOnnx, OutputsThatAreNoImageHaveOnnxOrder) {
  const std::vector<float> x = in_onnx_order(3);
  OnnxBuilder flat({1, 3, 2, 2});
  flat.node("Flatten", "y", {"x"});
  flat.output("y");
  EXPECT_EQ(run(flat, channels_last(x, 3)), x);

  OnnxBuilder rows({1, 3, 2, 2});
  rows.integers("shape", {1, 3, 4});
  rows.node("Reshape", "y", {"x", "shape"});
  rows.output("y");
  EXPECT_EQ(run(rows, channels_last(x, 3)), x);

  OnnxBuilder image({1, 3, 2, 2});
  image.node("Relu", "y", {"x"});
  image.output("y");
  EXPECT_EQ(run(image, channels_last(x, 3)), channels_last(x, 3));
  EXPECT_EQ(infer_shapes(model_of(image).network).back(), (Shape{2, 2, 3}));
}

TEST(ImportOnnx, ChannelsAreShuffledByOneTransposition) {
  OnnxBuilder builder({1, 4, 2, 2});
  builder.integers("split", {1, 2, 2, 2, 2});
  builder.integers("joined", {1, 4, 2, 2});
  builder.node("Reshape", "a", {"x", "split"});
  set_integers(builder.node("Transpose", "b", {"a"}), "perm", {0, 2, 1, 3, 4});
  builder.node("Reshape", "c", {"b", "joined"});
  builder.node("Relu", "y", {"c"});
  builder.output("y");
  const std::vector<float> x = in_onnx_order(4);
  std::vector<float> expected;
  for (const std::size_t channel : {0U, 2U, 1U, 3U}) {
    expected.insert(expected.end(), x.begin() + channel * 4, x.begin() + channel * 4 + 4);
  }
  // Nothing after the shuffle asks for channels last: it stays in ONNX's order, as its shape says.
  EXPECT_EQ(run(builder, channels_last(x, 4)), expected);
  EXPECT_EQ(infer_shapes(model_of(builder).network).back(), (Shape{4, 2, 2}));
  std::size_t transpositions = 0;
  for (const Layer& layer : model_of(builder).network.layers) {
    transpositions += std::holds_alternative<Transpose>(layer.kind) ? 1 : 0;
  }
  EXPECT_EQ(transpositions, 1U);
}

/// MXNet writes a slope of [c], which by ONNX's rules would go along the width.
TEST(ImportOnnx, SlopesOfAListGoAlongTheChannelsWhereNothingElseFits) {
  for (const bool fits_width : {false, true}) {
    const std::int64_t width = fits_width ? 2 : 5;
    OnnxBuilder builder({1, 2, 1, width});
    builder.constant("slope", {2}, {10, 100});
    builder.node("PRelu", "y", {"x", "slope"});
    builder.output("y");
    if (fits_width) {
      EXPECT_THAT(run(builder, {-1, -2, -3, -4}), ElementsAre(-10, -20, -300, -400));
    } else {
      EXPECT_THAT(run(builder, {-1, -2, -3, -4, -5, -6, -7, -8, -9, -10}),
                  ElementsAre(-10, -200, -30, -400, -50, -600, -70, -800, -90, -1000));
    }
  }
}

TEST(ImportOnnx, WholeConstantSubgraphsAreComputed) {
  // The filter is cut from a vector, turned, scaled and padded; the target shape is computed.
  OnnxBuilder builder({0, 1, 2, 2});
  builder.constant("raw", {1, 2}, {1, 3});
  builder.constant("two", {}, {2});
  builder.integers("filter_shape", {2, 1, 1, 1});
  builder.integers("minus_one", {-1});
  builder.node("Mul", "scaled", {"raw", "two"});
  set_integers(builder.node("Transpose", "turned", {"scaled"}), "perm", {1, 0});
  builder.node("Reshape", "filter", {"turned", "filter_shape"});
  builder.node("Conv", "c", {"x", "filter"});
  builder.node("Shape", "shape", {"c"});
  builder.integers("first", {0});
  builder.node("Gather", "batch", {"shape", "first"});
  set_integer(builder.node("Concat", "target", {"batch", "minus_one"}), "axis", 0);
  builder.node("Reshape", "y", {"c", "target"});
  builder.output("y");
  EXPECT_THAT(run(builder, {1, 2, 3, 4}), ElementsAre(2, 4, 6, 8, 6, 12, 18, 24));
}

TEST(ImportOnnx, TellsWhichTensorHoldsNoNumberAndWhichNodeWantsIt) {
  OnnxBuilder builder({1, 1, 4, 4});
  builder.constant("w", {1, 1, 1, 2}, {1, NAN});
  builder.node("Conv", "y", {"x", "w"});
  builder.output("y");
  EXPECT_THAT(message_of(builder.bytes(), ErrorCode::kInvalidArgument),
              testing::AllOf(HasSubstr("node 'y'"), HasSubstr("tensor 'w'"),
                             HasSubstr("not finite (number 1 of 2)")));
}

TEST(ImportOnnx, ATensorThatCannotBeReadMattersOnlyToWhoReadsIt) {
  OnnxBuilder builder({1, 1, 2, 2});
  builder.constant("unused", {2}, {}).set_data_type(onnx::TensorProto::COMPLEX64);
  auto& elsewhere = builder.constant("elsewhere", {2}, {});
  elsewhere.set_data_location(onnx::TensorProto::EXTERNAL);
  builder.node("Relu", "y", {"x"});
  builder.output("y");
  EXPECT_EQ(model_of(builder).network.layers.size(), 1U);
  builder.node("Add", "z", {"y", "unused"});
  builder.output("z");
  EXPECT_THAT(refusal_of(builder), HasSubstr("(node 'z'): its tensor 'unused' is of element type"));
}

TEST(ImportOnnx, TinyWeightsAreZero) {
  OnnxBuilder builder({1, 1, 1, 1});
  builder.constant("w", {4, 1, 1, 1}, {1e-39F, -1e-16F, 1e-14F, 1});
  builder.node("Conv", "y", {"x", "w"});
  builder.output("y");
  const ImportedNetwork imported = import_onnx(builder.bytes(), "net.onnx");
  const auto is_filter = [](const auto& entry) { return entry.first.ends_with(".filter"); };
  const auto found =
      std::find_if(imported.parameters.begin(), imported.parameters.end(), is_filter);
  ASSERT_NE(found, imported.parameters.end());
  const Tensor& filter = found->second;
  EXPECT_THAT(std::vector<float>(filter.begin(), filter.end()), ElementsAre(0, 0, 1e-14F, 1));
}

TEST(ImportOnnx, HardSwishWrittenOutBecomesOneLayer) {
  for (const bool gate_first : {false, true}) {
    OnnxBuilder builder({1, 1, 1, 3});
    builder.constant("three", {}, {3});
    builder.constant("zero", {}, {0});
    builder.constant("six", {}, {6});
    builder.node("Add", "shifted", {"x", "three"});
    builder.node("Clip", "clipped", {"shifted", "zero", "six"});
    if (gate_first) {
      builder.node("Div", "gate", {"clipped", "six"});
      builder.node("Mul", "y", {"gate", "x"});
    } else {
      builder.node("Mul", "product", {"x", "clipped"});
      builder.node("Div", "y", {"product", "six"});
    }
    builder.output("y");
    const Model model = model_of(builder);
    ASSERT_EQ(model.network.layers.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<HardSwish>(model.network.layers[0].kind));
    expect_near(run(builder, {-1.5F, 1, 4}), {-0.375F, 4.0F / 6, 4});
  }
}

TEST(ImportOnnx, Relu6WrittenOutBecomesOneLayer) {
  for (const bool by_negative : {false, true}) {
    OnnxBuilder builder({1, 1, 1, 3});
    builder.constant("limit", {}, {2});
    builder.constant("minus_one", {}, {-1});
    builder.node("Relu", "first", {"x"});
    builder.node("Sub", "shifted", {by_negative ? "first" : "x", "limit"});
    builder.node("Relu", "beyond", {"shifted"});
    if (by_negative) {
      builder.node("Mul", "negative", {"beyond", "minus_one"});
      builder.node("Add", "y", {"first", "negative"});
    } else {
      builder.node("Sub", "y", {"first", "beyond"});
    }
    builder.output("y");
    const Model model = model_of(builder);
    ASSERT_EQ(model.network.layers.size(), 1U);
    EXPECT_EQ(std::get<Clip>(model.network.layers[0].kind).max, 2);
    EXPECT_THAT(run(builder, {-1.5F, 1, 4}), ElementsAre(0, 1, 2));
  }
}

TEST(ImportOnnx, NoticesThatTheNetworkNormalisesItsInput) {
  OnnxBuilder builder({1, 3, 2, 2});
  builder.constant("middle", {1, 3, 1, 1}, {120, 110, 100});
  builder.constant("factor", {}, {0.5F});
  builder.constant("w", {1, 3, 1, 1}, {1, 1, 1});
  builder.node("Sub", "minus", {"x", "middle"});
  builder.node("Mul", "times", {"minus", "factor"});
  builder.node("Conv", "y", {"times", "w"});
  builder.output("y");
  const ImportedNetwork imported = import_onnx(builder.bytes(), "net.onnx");
  ASSERT_TRUE(imported.normalisation);
  EXPECT_THAT(imported.normalisation->nodes, ElementsAre("Sub 'minus'", "Mul 'times'"));
  EXPECT_THAT(imported.normalisation->mean, ElementsAre(120, 110, 100));
  EXPECT_THAT(imported.normalisation->divisor, ElementsAre(2, 2, 2));

  OnnxBuilder plain({1, 3, 2, 2});
  plain.constant("w", {3, 3, 1, 1}, std::vector<float>(9, 1));
  plain.constant("factor", {}, {0.5F});
  plain.node("Conv", "c", {"x", "w"});
  plain.node("Mul", "y", {"c", "factor"});
  plain.output("y");
  EXPECT_FALSE(import_onnx(plain.bytes(), "net.onnx").normalisation);
}

TEST(ImportOnnx, AnOpenSizeCanBeNamed) {
  OnnxBuilder builder({0, 1, 0, 0});
  builder.node("Relu", "y", {"x"});
  builder.output("y");
  EXPECT_EQ(import_onnx(builder.bytes(), "net.onnx", {4, 6}).network.input, (Shape{4, 6, 1}));
  EXPECT_THAT(refusal_of(builder), HasSubstr("--size"));
}

TEST(ImportOnnx, InputsThatAreNoSingleImageAreRefused) {
  OnnxBuilder open({1, 3, 0, 0});
  open.node("Relu", "y", {"x"});
  open.output("y");
  EXPECT_THAT(refusal_of(open), HasSubstr("input 'x' is 1x3x?x?"));

  OnnxBuilder two({1, 3, 4, 4});
  two.add_input("z", {1, 3, 4, 4});
  two.node("Add", "y", {"x", "z"});
  two.output("y");
  EXPECT_THAT(refusal_of(two), HasSubstr("2 inputs"));
}

TEST(ImportOnnx, SaysWhatIsWrongWithTheFile) {
  const auto message = [](const std::vector<std::uint8_t>& bytes) {
    return message_of(bytes, ErrorCode::kInvalidArgument);
  };
  EXPECT_THAT(message({}), HasSubstr("the file is empty"));
  const std::string text = "\x89PNG and so on";
  EXPECT_THAT(message({text.begin(), text.end()}), HasSubstr("is no ONNX file"));

  OnnxBuilder builder({1, 1, 4, 4});
  builder.constant("w", {2, 1, 3, 3}, std::vector<float>(18, 1));
  builder.node("Conv", "y", {"x", "w"});
  builder.output("y");
  const auto bytes = builder.bytes();
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const std::vector<std::uint8_t> part(bytes.begin(), bytes.begin() + static_cast<long>(size));
    try {  // A cut between two fields is a sound protobuf without some of its fields.
      import_onnx(part, "net.onnx");
      ADD_FAILURE() << "imported " << size << " of " << bytes.size() << " bytes";
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), testing::StartsWith("net.onnx: "));
    }
  }
}

TEST(ImportOnnx, SaysWhatIsWrongWithTheGraph) {
  OnnxBuilder short_weights({1, 1, 4, 4});
  short_weights.constant("w", {2, 1, 3, 3}, std::vector<float>(17, 1));
  short_weights.node("Conv", "y", {"x", "w"});
  short_weights.output("y");
  EXPECT_THAT(message_of(short_weights.bytes(), ErrorCode::kInvalidArgument),
              HasSubstr("(node 'y'): its tensor 'w' holds 17 values where 18 are needed"));

  OnnxBuilder external({1, 1, 4, 4});
  external.constant("w", {1, 1, 1, 1}, {}).set_data_location(onnx::TensorProto::EXTERNAL);
  external.node("Conv", "y", {"x", "w"});
  external.output("y");
  EXPECT_THAT(refusal_of(external), HasSubstr("kept in another file"));

  OnnxBuilder unordered({1, 1, 4, 4});
  unordered.node("Relu", "y", {"later"});
  unordered.node("Relu", "later", {"x"});
  unordered.output("y");
  EXPECT_THAT(message_of(unordered.bytes(), ErrorCode::kInvalidArgument),
              HasSubstr("input 'later' is used before it exists"));

  OnnxBuilder misfit({1, 3, 4, 4});
  misfit.constant("w", {2, 4, 1, 1}, std::vector<float>(8, 1));
  misfit.node("Conv", "y", {"x", "w"});
  misfit.output("y");
  EXPECT_THAT(message_of(misfit.bytes(), ErrorCode::kInvalidArgument),
              HasSubstr("operator Conv (node 'y'): filter 2x4x1x1"));

  OnnxBuilder huge({1, 1, 4, 4});
  huge.integers("size", {1, 1 << 20, 1 << 20, 1 << 20});
  huge.node("ConstantOfShape", "zeros", {"size"});
  set_integer(huge.node("Concat", "y", {"x", "zeros"}), "axis", 1);
  huge.output("y");
  EXPECT_THAT(message_of(huge.bytes(), ErrorCode::kInvalidArgument), HasSubstr("no sensible size"));

  OnnxBuilder overflowing({1, 3, 8, 8});  // 2^32 * 2^32 is 0 in 64 bits.
  overflowing.integers("shape", {std::int64_t{1} << 32U, std::int64_t{1} << 32U, -1});
  overflowing.node("Reshape", "y", {"x", "shape"});
  overflowing.output("y");
  EXPECT_THAT(message_of(overflowing.bytes(), ErrorCode::kInvalidArgument),
              HasSubstr("make no sense"));

  OnnxBuilder no_output({1, 1, 4, 4});
  no_output.node("Relu", "y", {"x"});
  no_output.output("elsewhere");
  EXPECT_THAT(message_of(no_output.bytes(), ErrorCode::kInvalidArgument),
              HasSubstr("output 'elsewhere' is computed by no node"));
}

}  // namespace
}  // namespace visavis::onnx_importer_test
