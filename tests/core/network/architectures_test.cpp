#include "core/network/architectures.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::architectures_test {
namespace {

ArchitectureOptions options_of(int side, int channels, int embedding_length,
                               bool normalizes_output = true) {
  ArchitectureOptions options;
  options.height = options.width = side;
  options.channels = channels;
  options.embedding_length = embedding_length;
  options.normalizes_output = normalizes_output;
  return options;
}

// Running statistics are not counted: nobody trains them.
std::size_t trained_parameters(const NetworkSpec& spec) {
  std::size_t count = 0;
  for (const ParameterSpec& parameter : parameter_specs(spec)) {
    const std::string role = parameter.name.substr(parameter.name.rfind('.') + 1);
    if (role != "mean" && role != "variance") count += element_count(parameter.shape);
  }
  return count;
}

// Chen et al. 2018 state 0.99 M parameters and 221 M multiply-adds for 128 features.
TEST(Architectures, MobileFaceNetHasThePapersSize) {
  const NetworkSpec spec = make_architecture("mobilefacenet", {});
  EXPECT_NEAR(static_cast<double>(trained_parameters(spec)), 0.99e6, 0.02e6);
  EXPECT_NEAR(static_cast<double>(multiply_adds(spec)), 221e6, 3e6);
}

// Koch et al. 2015, figure 4: 105x105 grey gives 6x6x256 before the fully connected layer of 4096.
TEST(Architectures, SiameseFollowsThePapersFigure) {
  const NetworkSpec spec = make_architecture("siamese", options_of(105, 1, 4096, false));
  const std::vector<Shape> shapes = infer_shapes(spec);
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    if (spec.layers[i].name == "relu4") {
      EXPECT_EQ(shapes[i + 1], (Shape{6, 6, 256}));
    }
  }
  EXPECT_EQ(shapes.back(), Shape{4096});
}

TEST(Architectures, Conv4GivesThePapersEmbedding) {
  const NetworkSpec spec = make_architecture("conv4", options_of(28, 1, 64, false));
  EXPECT_EQ(infer_shapes(spec).back(), Shape{64});
  for (const Layer& layer : spec.layers) EXPECT_NE(layer.name, "features");
}

TEST(Architectures, FitAnyInputSizeAndBothChannelCounts) {
  for (const std::string& name : architecture_names()) {
    for (const int side : {32, 45, 64, 105, 112}) {
      for (const int channels : {1, 3}) {
        ArchitectureOptions options = options_of(side, channels, 96);
        options.width = side + 3;
        if (name == "mobilefacenet") options.width_factor = 0.5;
        const NetworkSpec spec = make_architecture(name, options);
        EXPECT_EQ(infer_shapes(spec).back(), Shape{96}) << name << ' ' << side;
      }
    }
  }
}

TEST(Architectures, DropoutStandsBeforeTheLastLayerWithParameters) {
  ArchitectureOptions options;
  options.dropout = 0.25;
  for (const std::string& name : architecture_names()) {
    const NetworkSpec spec = make_architecture(name, options);
    bool found = false;
    for (std::size_t i = 0; i + 1 < spec.layers.size(); ++i) {
      if (!std::holds_alternative<Dropout>(spec.layers[i].kind)) continue;
      found = true;
      EXPECT_EQ(spec.layers[i + 1].name, "features") << name;
    }
    EXPECT_TRUE(found) << name;
  }
  for (const double rate : {-0.1, 1.0}) {
    SCOPED_TRACE(rate);
    options.dropout = rate;
    expect_error(ErrorCode::kInvalidArgument, "dropout must be at least 0 and below 1",
                 [&] { make_architecture("conv4", options); });
  }
}

TEST(Architectures, WidthFactorScalesTheNetwork) {
  ArchitectureOptions half;
  half.width_factor = 0.5;
  EXPECT_LT(multiply_adds(make_architecture("mobilefacenet", half)),
            multiply_adds(make_architecture("mobilefacenet", {})) / 3);
}

TEST(Architectures, ExpansionScalesTheInsideOfBlocksOnly) {
  ArchitectureOptions options;
  options.expansion = 0.5;
  const NetworkSpec half = make_architecture("mobilefacenet", options);
  const NetworkSpec whole = make_architecture("mobilefacenet", {});
  const std::vector<Shape> half_shapes = infer_shapes(half);
  const std::vector<Shape> whole_shapes = infer_shapes(whole);
  for (std::size_t i = 0; i < half.layers.size(); ++i) {
    const std::string& name = half.layers[i].name;
    const bool is_inside =
        name.find("_expand") != std::string::npos ||
        (name.find("block") == 0 && name.find("_depthwise") != std::string::npos);
    EXPECT_EQ(half_shapes[i + 1].back() * (is_inside ? 2 : 1), whole_shapes[i + 1].back()) << name;
  }
}

TEST(Architectures, RefuseWhatCannotBe) {
  expect_error(ErrorCode::kInvalidArgument, "unknown architecture 'resnet'",
               [&] { make_architecture("resnet", {}); });
  expect_error(ErrorCode::kInvalidArgument, "is too small for 'mobilefacenet'",
               [&] { make_architecture("mobilefacenet", options_of(16, 3, 128)); });
  expect_error(ErrorCode::kInvalidArgument, "channels must be 1 or 3",
               [&] { make_architecture("conv4", options_of(28, 2, 128)); });
  expect_error(ErrorCode::kInvalidArgument, "embedding length must be 2 to 4096",
               [&] { make_architecture("conv4", options_of(28, 1, 0)); });
  ArchitectureOptions negative;
  negative.width_factor = -1;
  expect_error(ErrorCode::kInvalidArgument, "width factor must be 0.125 to 4",
               [&] { make_architecture("mobilefacenet", negative); });
  negative = {};
  negative.expansion = 0;
  expect_error(ErrorCode::kInvalidArgument, "expansion must be 0.125 to 4",
               [&] { make_architecture("mobilefacenet", negative); });
  ArchitectureOptions half;
  half.width_factor = 0.5;
  expect_error(ErrorCode::kInvalidArgument, "leave them at 1 for conv4",
               [&] { make_architecture("conv4", half); });
  half = {};
  half.expansion = 0.5;
  expect_error(ErrorCode::kInvalidArgument, "leave them at 1 for siamese",
               [&] { make_architecture("siamese", half); });
}

/// Else an image that excites no channel of the last block has the zero vector for its embedding.
TEST(Architectures, Conv4IsLinearAtLastWhereItsMapsAreTheUnitEmbedding) {
  const auto has_last_relu = [](int embedding_length, bool is_normalized) {
    const NetworkSpec spec =
        make_architecture("conv4", options_of(28, 1, embedding_length, is_normalized));
    return std::any_of(spec.layers.begin(), spec.layers.end(),
                       [](const Layer& layer) { return layer.name == "relu4"; });
  };
  EXPECT_FALSE(has_last_relu(64, true));
  EXPECT_TRUE(has_last_relu(64, false)) << "as in the papers, which compare raw maps";
  EXPECT_TRUE(has_last_relu(128, true)) << "a linear map follows";
}

}  // namespace
}  // namespace visavis::architectures_test
