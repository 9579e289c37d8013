#include "native/models/model_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/base/error.h"
#include "native/models/calibration_json.h"
#include "tests/core/base/expect_error.h"

namespace visavis::model_settings_test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class ModelSettings : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  Model apply(const std::string& json) {
    std::ofstream(folder_ / "settings.json") << json;
    Model model;
    model.name = "unnamed";
    model.network.input = {4, 4, 3};
    apply_settings(folder_ / "settings.json", model);
    return model;
  }
  std::string message_of(const std::string& json) {
    try {
      apply(json);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("settings.json: "));
      return error.what();
    }
    return "";
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / "visavis_model_settings_test";
};

CalibrationTable small_table() {
  CalibrationTable table;
  table.points = {{0.5, {0, 0, 0.01}, {0.5, 0.4, 0.6}}, {1.25, {0.1, 0.05, 0.2}, {0, 0, 0.01}}};
  table.genuine_pairs = 100;
  table.impostor_pairs = 400;
  table.threshold = 1.125;
  table.source = "some pairs";
  return table;
}

TEST_F(ModelSettings, FillInWhatTheNetworkDoesNotTell) {
  std::ofstream(folder_ / "table.json") << to_json(small_table());
  const Model model = apply(R"({"name": "n", "kind": "face detector", "mean": [1, 2, 3],
      "divisor": 128, "template": [[1.5, 2], [3, 4]],
      "detector": {"grids": [{"stride": 8, "per_cell": 2}], "keypoints": 6, "score_threshold": 0.25},
      "calibration": "table.json", "record": {"z": "1", "a": "2"}})");
  EXPECT_EQ(model.name, "n");
  EXPECT_EQ(model.kind, ModelKind::kFaceDetector);
  EXPECT_THAT(model.preprocessing.mean, ElementsAre(1, 2, 3));
  EXPECT_THAT(model.preprocessing.scale, ElementsAre(1 / 128.0F, 1 / 128.0F, 1 / 128.0F));
  ASSERT_EQ(model.alignment.points.size(), 2U);
  EXPECT_EQ(model.alignment.points[0].x, 1.5F);
  ASSERT_EQ(model.detector.grids.size(), 1U);
  EXPECT_EQ(model.detector.grids[0].per_cell, 2);
  EXPECT_EQ(model.detector.score_threshold, 0.25F);
  EXPECT_EQ(model.calibration.points.size(), 2U);
  EXPECT_EQ(model.calibration.threshold, 1.125);
  EXPECT_THAT(model.record, ElementsAre(testing::Pair("z", "1"), testing::Pair("a", "2")));
}

TEST_F(ModelSettings, NameFileAndFieldOfAMistake) {
  EXPECT_THAT(message_of("[]"), HasSubstr("no JSON object"));
  EXPECT_THAT(message_of(R"({"kind": "embedder", "mean": 0, "divisor": 1, "scael": 1})"),
              HasSubstr("'scael' is unknown"));
  EXPECT_THAT(message_of(R"({"mean": 0, "divisor": 1})"), HasSubstr("'kind' is missing"));
  EXPECT_THAT(message_of(R"({"kind": "painter", "mean": 0, "divisor": 1})"),
              HasSubstr("there are embedder, face detector"));
  EXPECT_THAT(message_of(R"({"kind": "embedder", "mean": [1, 2], "divisor": 1})"),
              HasSubstr("'mean' must be one number or 3"));
  EXPECT_THAT(message_of(R"({"kind": "embedder", "mean": "x", "divisor": 1})"),
              HasSubstr("'mean' must be a number from -1000000 to 1000000, not \"x\""));
  EXPECT_THAT(message_of(R"({"kind": "embedder", "mean": 0, "divisor": 0})"),
              HasSubstr("'divisor' must be a number from 1e-06 to 1000000, not 0"));
  EXPECT_THAT(message_of(R"({"kind": "embedder", "mean": 0, "divisor": 1,
                             "calibration": "none.json"})"),
              HasSubstr("no such file"));
}

TEST(CalibrationJson, ComesBackAsItWas) {
  const CalibrationTable table = small_table();
  const CalibrationTable back = calibration_from_json(to_json(table));
  EXPECT_EQ(to_json(back), to_json(table));
  EXPECT_EQ(back.points[1].fmr.high, 0.2);
  EXPECT_EQ(back.impostor_pairs, 400U);
}

TEST(CalibrationJson, KeepsTheRatesOfAlikeStrangers) {
  CalibrationTable table = small_table();
  table.alike = AlikeStrangersSource{"origin and sex", "x f", 2, 300, 20'000};
  for (CalibrationPoint& point : table.points) point.alike_fmr = Rate{0.4, 0.3, 0.5};
  nlohmann::ordered_json json = to_json(table);
  const CalibrationTable back = calibration_from_json(json);
  EXPECT_EQ(to_json(back), json);
  EXPECT_EQ(back.alike->grouped_by, "origin and sex");
  EXPECT_EQ(back.points[0].alike_fmr->low, 0.3);
  json["points"][0].erase("alike_fmr");
  expect_error(ErrorCode::kInvalidArgument, "alike_fmr", [&] { calibration_from_json(json); });
}

TEST(CalibrationJson, NamesTheFieldThatIsWrong) {
  const auto message_with = [](auto change) -> std::string {
    nlohmann::ordered_json json = to_json(small_table());
    change(json);
    try {
      calibration_from_json(json);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message_with([](auto& json) { json.erase("threshold"); }),
              HasSubstr("no field 'threshold'"));
  EXPECT_THAT(message_with([](auto& json) { json["threshold"] = 2.5; }),
              HasSubstr("'threshold' must be a number from 0 to 2"));
  EXPECT_THAT(message_with([](auto& json) { json["genuine_pairs"] = -1; }),
              HasSubstr("'genuine_pairs'"));
  EXPECT_THAT(message_with([](auto& json) { json["points"][1]["distance"] = 0.5; }),
              HasSubstr("rising distances"));
  EXPECT_THAT(message_with([](auto& json) { json["points"][0]["fmr"]["low"] = "x"; }),
              HasSubstr("'low'"));
}

}  // namespace
}  // namespace visavis::model_settings_test
