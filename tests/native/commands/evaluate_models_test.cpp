#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "native/commands/commands.h"
#include "tests/native/commands/command_fixture.h"
#include "tests/native/onnx/onnx_builder.h"
#include "tests/native/report/well_formed_html.h"

namespace visavis::evaluate_models_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// White and orange lie 0.62 apart: two people to the default model (0.5), one to `lenient`.
constexpr double kLenientThreshold = 0.8;

/// Two people with three photos each, one of them without a face, and two models: the default one,
/// and the same with a larger threshold, which decides pairs of different people wrongly.
class EvaluateModelsTest : public CommandTest {
 protected:
  EvaluateModelsTest() {
    for (const char* name : {"people/ada/1.png", "people/ada/2.png", "people/ada/3.png"}) {
      photo_of(name, kWhite);
    }
    for (const char* name : {"people/bo/1.png", "people/bo/2.png"}) photo_of(name, kOrange);
    write(Image(200, 200), "people/bo/dark.png");
    Model lenient = fake_embedder();
    lenient.name = "lenient";
    lenient.calibration.threshold = kLenientThreshold;
    save(lenient, "lenient.visavis");
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  /// `evaluate` of the people with more arguments.
  [[nodiscard]] CommandResult evaluate(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"evaluate", "--folders", path("people")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  void expect_refused(const std::vector<std::string>& more, const std::string& why) const {
    const CommandResult result = evaluate(more);
    EXPECT_EQ(result.exit_code, kExitBadInput) << result.out;
    EXPECT_THAT(result.err, HasSubstr(why));
    EXPECT_EQ(result.out, "");
  }

  /// The fake embedder's network as an ONNX file: the mean of each channel.
  void write_onnx(const std::string& name) const {
    OnnxBuilder builder({1, 3, 112, 112});
    builder.node("GlobalAveragePool", "mean", {"x"});
    builder.node("Flatten", "y", {"mean"});
    builder.output("y");
    const auto bytes = builder.bytes();
    folder_.write(name, std::string(bytes.begin(), bytes.end()));
  }

  static constexpr const char* kSettings =
      R"({"name": "imported", "kind": "embedder", "mean": 0, "divisor": 128,
          "template": [[38.8, 52.2], [74, 52], [56.5, 72.2], [42, 92.9], [71.2, 92.7]]})";
};

TEST_F(EvaluateModelsTest, MeasuresModelsSideBySide) {
  const std::vector<std::string> models{"--model", path("models/embedder.visavis"), "--model",
                                        "lenient"};
  std::vector<std::string> as_json = models;
  as_json.emplace_back("--json");
  const CommandResult result = evaluate(as_json);
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const json parsed = json::parse(result.out);
  EXPECT_EQ(parsed["schema"], "visavis/evaluation/1");
  ASSERT_EQ(parsed["models"].size(), 2U);
  const json& first = parsed["models"][0];
  const json& second = parsed["models"][1];
  EXPECT_EQ(first["model"], "fake-embedder");
  EXPECT_FALSE(first.contains("mcnemar_at_threshold"));
  EXPECT_EQ(first["parameters"], 0);
  EXPECT_GT(first["embedding_seconds"]["median"].get<double>(), 0);
  EXPECT_EQ(first["file_bytes"], fs::file_size(path("models/embedder.visavis")));
  // Each alone: the figures are those of a run of its own.
  json alone = json::parse(evaluate({"--json"}).out);
  for (const char* field :
       {"accuracy", "eer", "fnmr_at_fmr", "threshold", "fmr_at_threshold", "images_without_face"}) {
    EXPECT_EQ(first[field], alone[field]) << field;
  }
  // Nine pairs of different people, six of them with faces, which lenient takes for one person.
  EXPECT_EQ(second["threshold"], kLenientThreshold);
  EXPECT_EQ(second["fmr_at_threshold"], 1);
  const json& test = second["mcnemar_at_threshold"];
  EXPECT_EQ(test["b"], 6);
  EXPECT_EQ(test["c"], 0);
  EXPECT_DOUBLE_EQ(test["p_value"].get<double>(), 2.0 / 64);
  EXPECT_EQ(second["against"], "fake-embedder");
  const std::string text = evaluate(models).out;
  EXPECT_THAT(text, HasSubstr("p = 0.031"));
  EXPECT_THAT(text, HasSubstr("b = 6, c = 0"));
  EXPECT_THAT(text, HasSubstr("fake-embedder decides more pairs rightly than lenient"));
}

TEST_F(EvaluateModelsTest, ImportsOnnxFilesOnTheFly) {
  write_onnx("net.onnx");
  folder_.write("net.json", std::string(kSettings));
  folder_.write("other.json", std::string(kSettings));
  for (const std::string& model : {path("net.onnx"), path("net.onnx") + ":" + path("other.json")}) {
    const CommandResult result =
        evaluate({"--model", path("models/embedder.visavis"), "--model", model, "--json"});
    ASSERT_EQ(result.exit_code, kExitDone) << result.err;
    const json models = json::parse(result.out)["models"];
    EXPECT_EQ(models[1]["model"], "imported");
    EXPECT_EQ(models[1]["file"], "net.onnx");
    EXPECT_EQ(models[1]["threshold_is_shipped"], false);
    // The same network: equal at every FMR.
    EXPECT_EQ(models[1]["fnmr_at_fmr"], models[0]["fnmr_at_fmr"]);
  }
}

TEST_F(EvaluateModelsTest, RefusesBadModelsBeforeTheWorkBegins) {
  expect_refused({"--model", "nosuch"}, "nosuch");
  write_onnx("bare.onnx");
  expect_refused({"--model", path("bare.onnx")}, "its settings, " + path("bare.json"));
  expect_refused({"--model", path("bare.onnx") + ":" + path("no.json")}, path("no.json"));
  expect_refused({"--model", path("models") + "/" + kLandmarksFile}, "no face embedder");
  Model untied = fake_embedder();
  untied.alignment.points.pop_back();
  save(untied, "four.visavis");
  expect_refused({"--model", path("models/embedder.visavis"), "--model", "four"}, "four.visavis: ");
  expect_refused({"--strangers", path("people")}, "--groups");
  folder_.write("g.csv", std::string("id,g\n1,x\n2,x\n3,x\ndark,x\n"));
  expect_refused({"--strangers", path("people/bo"), "--groups", path("g.csv")},
                 "no group of strangers is large enough");
}

TEST_F(EvaluateModelsTest, TheReportHoldsWhatWasMeasured) {
  folder_.write("groups.csv", std::string("id,g\nada,x<y\nbo,z\n"));
  const CommandResult result = evaluate(
      {"--model", "lenient", "--model", path("models/embedder.visavis"), "--groups",
       path("groups.csv"), "--robustness", "--report", path("r.html"), "--figures", path("figs")});
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const std::string html = read_text_file(path("r.html"));
  EXPECT_EQ(nesting_problem(html), "");
  for (const char* part :
       {"2 face networks compared", "The models side by side", "False match rate by group",
        "g: x&lt;y", "Accuracy with one photo altered", "McNemar", "data fingerprint", "processor",
        "--model lenient", "Calibration: stated and observed", "data:image/jpeg;base64,",
        "ada/<wbr>1.png", "dark.png", "color-scheme: light dark"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  EXPECT_THAT(html, Not(HasSubstr(folder_.path().string()))) << "where the data lay is not told";
  EXPECT_THAT(html, Not(HasSubstr("http"))) << "self-contained";
  EXPECT_THAT(result.out, HasSubstr("sunglasses"));
  for (const char* file : {"distances-1.svg", "rates-2.csv", "groups-fmr.svg", "robustness.svg",
                           "comparison-table.tex", "calibration-table.md"}) {
    EXPECT_TRUE(fs::exists(folder_ / "figs" / file)) << file;
  }
}

TEST_F(EvaluateModelsTest, AReportOfOneModelHasItsGroupsAndNoPhotosOnRequest) {
  folder_.write("groups.csv", std::string("id,g\nada,x\nbo,z\n"));
  const std::vector<std::string> report{"--groups", path("groups.csv"), "--report", path("r.html")};
  ASSERT_EQ(evaluate(report).exit_code, kExitDone);
  EXPECT_THAT(read_text_file(path("r.html")), HasSubstr("False non-match rate by group"));
  EXPECT_THAT(read_text_file(path("r.html")), HasSubstr("data:image/jpeg;base64,"));
  std::vector<std::string> without = report;
  without.emplace_back("--no-photos");
  ASSERT_EQ(evaluate(without).exit_code, kExitDone);
  EXPECT_THAT(read_text_file(path("r.html")), Not(HasSubstr("<img")));
  EXPECT_EQ(nesting_problem(read_text_file(path("r.html"))), "");
}

}  // namespace
}  // namespace visavis::evaluate_models_test
