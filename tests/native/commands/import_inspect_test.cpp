#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/model/model_file.h"
#include "native/commands/commands.h"
#include "native/models/calibration_json.h"
#include "native/models/model_files.h"
#include "tests/core/base/expect_error.h"
#include "tests/core/face/fake_models.h"
#include "tests/native/onnx/onnx_builder.h"

namespace visavis::import_inspect_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// The commands as a terminal runs them, one after the other.
class ImportAndInspect : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_);
    OnnxBuilder builder({1, 3, 8, 8});
    builder.constant("w", {4, 3, 3, 3}, std::vector<float>(108, 0.5F));
    builder.node("Conv", "c", {"x", "w"});
    builder.node("Relu", "y", {"c"});
    builder.output("y");
    const auto bytes = builder.bytes();
    std::ofstream(folder_ / "net.onnx", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// What the command prints.
  static std::string run(std::vector<std::string> arguments) {
    CLI::App app;
    int exit_code = -1;
    add_import_command(app, exit_code);
    add_inspect_command(app, exit_code);
    add_convert_command(app, exit_code);
    std::reverse(arguments.begin(), arguments.end());  // As CLI11 wants a vector.
    testing::internal::CaptureStdout();
    try {
      app.parse(arguments);
    } catch (...) {
      testing::internal::GetCapturedStdout();
      throw;
    }
    EXPECT_EQ(exit_code, kExitDone);
    return testing::internal::GetCapturedStdout();
  }
  static std::string bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string import(const std::string& weights) {
    return run({"import", "onnx", net_, "--out", model_, "--name", "tiny", "--weights", weights});
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / "visavis_import_inspect_test";
  const std::string net_ = (folder_ / "net.onnx").string();
  const std::string model_ = (folder_ / "net.visavis").string();
};

TEST_F(ImportAndInspect, TellWhatIsInTheFile) {
  for (const std::string weights : {"fp32", "fp16", "int8"}) {
    EXPECT_THAT(import(weights), HasSubstr("embedder 'tiny', 2 layers"));
    const auto json = nlohmann::json::parse(run({"inspect", model_, "--json"}));
    EXPECT_EQ(json["weights"], weights);
    EXPECT_EQ(json["bytes"], fs::file_size(model_));
    EXPECT_EQ(json["name"], "tiny");
    EXPECT_EQ(json["kind"], "embedder");
    EXPECT_EQ(json["input"], nlohmann::json({8, 8, 3}));
    EXPECT_EQ(json["outputs"], nlohmann::json({{6, 6, 4}}));
    EXPECT_EQ(json["parameters"], 108);
    EXPECT_EQ(json["multiply_adds"], 108 * 36);
    ASSERT_EQ(json["layers"].size(), 2U);
    EXPECT_EQ(json["layers"][0]["name"], "conv1");
    EXPECT_EQ(json["layers"][0]["kind"], "convolution 3x3");
    EXPECT_EQ(json["record"]["imported from"], "net.onnx");
    EXPECT_FALSE(json.contains("calibration"));
  }
}

TEST_F(ImportAndInspect, TheTableHasALinePerLayerAndTheTotals) {
  import("fp32");
  const std::string text = run({"inspect", model_});
  EXPECT_THAT(text, HasSubstr("tiny: embedder"));
  EXPECT_THAT(text, HasSubstr("(pixel - 127.5) / 127.5"));
  EXPECT_THAT(text, HasSubstr("6x6x4         108           3888"));
}

TEST_F(ImportAndInspect, ConvertStoresWhatTrainingWouldHaveStored) {
  const std::string converted = (folder_ / "converted.visavis").string();
  for (const std::string weights : {"fp32", "fp16", "int8"}) {
    import(weights);
    const std::string wanted = bytes_of(model_);
    import("fp32");
    const std::string text = run({"convert", model_, "--weights", weights, "--out", converted});
    EXPECT_THAT(text, HasSubstr("'tiny', weights " + weights));
    EXPECT_EQ(bytes_of(converted), wanted) << weights;
  }
}

TEST_F(ImportAndInspect, ConvertFromACoarserFile) {
  const std::string converted = (folder_ / "converted.visavis").string();
  import("int8");
  testing::internal::CaptureStderr();
  run({"convert", model_, "--weights", "fp32", "--out", converted});
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("int8, so fp32 gains nothing"));
  EXPECT_EQ(nlohmann::json::parse(run({"inspect", converted, "--json"}))["weights"], "fp32");
  EXPECT_ANY_THROW(run({"convert", model_, "--weights", "int4", "--out", converted}));
  // Weights that are gone do not come back.
  expect_error(ErrorCode::kInvalidArgument, "is what is read", [&] {
    run({"convert", model_, "--weights", "fp32", "--out", model_});
  });
  // An ONNX file.
  expect_error(ErrorCode::kModelForeign, "an ONNX network", [&] {
    run({"convert", net_, "--weights", "int8", "--out", converted});
  });
}

TEST_F(ImportAndInspect, ConvertGivesAnotherCalibrationAndName) {
  import("fp32");
  const Model before = read_model(model_);
  const CalibrationTable table = fake_embedder().calibration;
  const std::string file = (folder_ / "table.json").string();
  std::ofstream(file) << to_json(table);
  const std::string renamed = (folder_ / "renamed.visavis").string();
  run({"convert", model_, "--weights", "fp32", "--calibration", file, "--name", "renamed", "--out",
       renamed});
  const Model after = read_model(renamed);
  EXPECT_EQ(after.name, "renamed");
  EXPECT_EQ(after.record, before.record);
  ASSERT_FALSE(table.points.empty());
  EXPECT_EQ(after.calibration.points.size(), table.points.size());
  EXPECT_EQ(after.calibration.threshold, table.threshold);
  std::ofstream(file) << "[]";
  expect_error(ErrorCode::kInvalidArgument, "is no JSON object", [&] {
    run({"convert", model_, "--weights", "fp32", "--calibration", file, "--out", renamed});
  });
  EXPECT_EQ(read_model(renamed).name, "renamed") << "nothing is written";
}

TEST_F(ImportAndInspect, NamesTheOperatingPointsThatTheCalibrationTells) {
  Model model = fake_embedder();
  for (CalibrationPoint& point : model.calibration.points) point.fmr.value /= 100;  // 2e-4 .. 1e-3
  model.calibration.points.push_back({1.2, {0.02, 0.01, 0.03}, {0.05, 0.04, 0.06}});
  model.calibration.points.front().fmr.value = 1e-5;
  model.calibration.impostor_pairs = 50'000;
  std::ofstream out(model_, std::ios::binary);
  save_model(model, out);
  out.close();
  const auto points = nlohmann::json::parse(run({"inspect", model_, "--json"}))["operating_points"];
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[1]["name"], "standard");
  EXPECT_NEAR(points[1]["threshold"].get<double>(), 1.0, 1e-9);
  EXPECT_NEAR(points[1]["fnmr"].get<double>(), 0.1, 1e-9);
  EXPECT_EQ(points[2]["wanted_fmr"], 1e-4);
  EXPECT_FALSE(points[2].contains("threshold")) << "50,000 pairs are too few for 1e-4";
  EXPECT_THAT(run({"inspect", model_}),
              HasSubstr("not told  FMR 0.0001 would take 100000 impostor pairs"));
}

TEST_F(ImportAndInspect, AFailedImportLeavesTheOldModel) {
  import("fp32");
  const auto size = fs::file_size(model_);
  std::ofstream(folder_ / "net.onnx") << "not a network";
  expect_error(ErrorCode::kInvalidArgument, "net.onnx", [&] { import("fp32"); });
  EXPECT_EQ(fs::file_size(model_), size);
  expect_error(ErrorCode::kModelForeign, "something else", [&] { run({"inspect", net_}); });
  expect_error(ErrorCode::kIo, "no such file", [&] {
    run({"inspect", (folder_ / "none").string()});
  });
}

}  // namespace
}  // namespace visavis::import_inspect_test
