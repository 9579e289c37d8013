#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/model/embedder.h"
#include "tests/core/model/random_models.h"
#include "tests/native/commands/command_fixture.h"

namespace visavis::quantization_command_test {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

/// A small embedder of whole images with random weights, and noisy pictures to measure ranges on.
class QuantizationCommandTest : public CommandTest {
 protected:
  QuantizationCommandTest() {
    Random random(601);
    Model model;
    model.name = "small";
    NetworkSpec& spec = model.network;
    spec.input = {16, 16, 3};
    model.preprocessing = {{127.5F, 127.5F, 127.5F}, {1 / 127.5F, 1 / 127.5F, 1 / 127.5F}};
    const Window window{3, 3, 1, 1, 1, 1, {1, 1, 1, 1}};
    ValueId value = add_layer(spec, "stem", Convolution{window, 16, 1, true}, {0});
    value = add_layer(spec, "stem_leaky", LeakyRelu{0.2F}, {value});
    value = add_layer(spec, "depthwise", DepthwiseConvolution{window, true}, {value});
    value = add_layer(spec, "leaky", LeakyRelu{0.3F}, {value});
    value = add_layer(spec, "pointwise", Convolution{Window{}, 24, 1, true}, {value});
    value = add_layer(spec, "relu", Relu{}, {value});
    value = add_layer(spec, "pooled", GlobalAveragePool{}, {value});
    spec.outputs = {add_layer(spec, "fc", FullyConnected{8, true}, {value})};
    model.parameters = random.parameters(spec);
    save(model, "small.visavis");
    std::filesystem::create_directories(folder_ / "pictures");
    constexpr int kPictures = 12;
    for (int i = 0; i < kPictures; ++i) {
      Image image(20, 20);
      for (auto& byte : image.pixels) byte = static_cast<std::uint8_t>(random.integer(0, 255));
      write_png(image, folder_ / "pictures" / (std::to_string(i) + ".png"));
    }
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  [[nodiscard]] std::string model() const {
    return (fake_models_folder() / "small.visavis").string();
  }
  CommandResult convert(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"convert", model(), "--weights",
                                          "int8",    "--out", path("q.visavis")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  [[nodiscard]] Model converted() const { return read_model(path("q.visavis")); }
};

TEST_F(QuantizationCommandTest, ConvertsAndReportsEachLayersNoise) {
  const CommandResult result = convert({"--activations", "int8", "--images", path("pictures")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Model made = converted();
  ASSERT_EQ(made.activation_scales.size(), made.network.layers.size() + 1);
  // Not the stem, of 3 channels, nor what follows it alone; the relu is merged into "pointwise".
  const std::vector<bool> expected = {false, false, false, true, true, true, false, false, false};
  for (std::size_t id = 0; id < expected.size(); ++id) {
    EXPECT_EQ(made.activation_scales[id].is_computed_in_int8, expected[id]) << "value " << id;
  }
  EXPECT_GT(made.activation_scales[6].scale, 0) << "of the relu";

  const CommandResult shown = run({"inspect", path("q.visavis"), "--json"});
  EXPECT_EQ(Json::parse(shown.out)["int8_layers"], 3);

  const CommandResult report = run({"inspect", path("q.visavis"), "--quantization",
                                    path("pictures"), "--against", model(), "--json"});
  ASSERT_EQ(report.exit_code, 0) << report.err;
  const Json json = Json::parse(report.out);
  EXPECT_EQ(json["crops"], 12);
  ASSERT_EQ(json["layers"].size(), 8U);
  EXPECT_GT(json["median_distance"], 0);
  EXPECT_LT(json["distance_999"], 0.1);
  EXPECT_GT(json["layers"][2]["decibels"], 25);
  EXPECT_LT(json["layers"][2]["decibels"], 80) << "it is not computed in int8";
  EXPECT_GT(json["layers"][4]["output_decibels_alone"], 25);
  EXPECT_FALSE(json["layers"][6].contains("output_decibels_alone"));
  const CommandResult text =
      run({"inspect", path("q.visavis"), "--quantization", path("pictures")});
  EXPECT_THAT(text.out, HasSubstr("pointwise"));
  EXPECT_THAT(text.out, HasSubstr("on 12 crops: median"));
}

TEST_F(QuantizationCommandTest, LeavesLayersInFp32AndTakesScalesAway) {
  ASSERT_EQ(convert({"--activations", "int8", "--images", path("pictures"), "--percentile", "99",
                     "--fp32-layers", "depthwise"})
                .exit_code,
            0);
  const Model model = converted();
  EXPECT_FALSE(model.activation_scales[3].is_computed_in_int8);
  EXPECT_FALSE(model.activation_scales[4].is_computed_in_int8) << "a leaky relu alone";
  EXPECT_TRUE(model.activation_scales[5].is_computed_in_int8);
  const CommandResult back = run({"convert", path("q.visavis"), "--weights", "int8",
                                  "--activations", "fp32", "--out", path("f.visavis")});
  ASSERT_EQ(back.exit_code, 0) << back.err;
  EXPECT_TRUE(read_model(path("f.visavis")).activation_scales.empty());
}

TEST_F(QuantizationCommandTest, RefusesWhatDoesNotGoTogether) {
  const auto refused = [&](const std::vector<std::string>& more, const std::string& part) {
    const CommandResult result = convert(more);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr(part));
    EXPECT_FALSE(std::filesystem::exists(path("q.visavis")));
  };
  refused({"--activations", "int8"}, "name some with --images");
  refused({"--images", path("pictures")}, "go with --activations int8");
  refused({"--activations", "int8", "--images", path("pictures"), "--fp32-layers", "dense"},
          "no layer 'dense'");
  refused({"--activations", "int8", "--images", path("pictures"), "--fp32-layers", "depthwise",
           "pointwise"},
          "is left to compute in int8");
  const CommandResult report = run({"inspect", model(), "--quantization", path("pictures")});
  EXPECT_EQ(report.exit_code, 2);
  EXPECT_THAT(report.err, HasSubstr("computes nothing in int8"));
}

}  // namespace
}  // namespace visavis::quantization_command_test
