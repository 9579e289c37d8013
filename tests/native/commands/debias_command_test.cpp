#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "native/models/model_files.h"
#include "tests/native/commands/command_fixture.h"

namespace visavis::debias_command_test {
namespace {

using testing::HasSubstr;

/// Four strangers, two of them in warm and two in cold colours.
class DebiasCommandTest : public CommandTest {
 protected:
  DebiasCommandTest() {
    const std::vector<std::pair<std::string, Rgb>> people{{"anna", {255, 160, 120}},
                                                          {"bo", {255, 120, 160}},
                                                          {"cai", {120, 160, 255}},
                                                          {"dora", {160, 120, 255}}};
    for (const auto& [name, colour] : people) photo_of("people/" + name + "_1.png", colour);
    write_table("id,tone\nanna,warm\nbo,warm\ncai,cold\ndora,cold\n");
  }

  void write_table(const std::string& text) { folder_.write("tones.csv", text); }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  [[nodiscard]] CommandResult debias(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"debias", "--strangers", path("people"), "--out",
                                       path("fair.visavis")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  /// The distance of two people by a model; the thresholds of the fake embedder do not matter.
  [[nodiscard]] double distance_by(const std::string& model, const std::string& a,
                                   const std::string& b) const {
    const CommandResult result =
        run({"compare", path("people/" + a + "_1.png"), path("people/" + b + "_1.png"), "--model",
             model, "--threshold", "1"});
    const std::size_t at = result.out.find("distance ");
    EXPECT_NE(at, std::string::npos) << result.out << result.err;
    return at == std::string::npos ? 0 : std::stod(result.out.substr(at + 9));
  }
};

TEST_F(DebiasCommandTest, MakesStrangersOfAGroupAsUnlikeAsOthers) {
  const CommandResult result = debias({"--groups", path("tones.csv")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("removed 1 of the 1 directions in which 2 groups differ, by 4 people"));
  const std::string before = (fake_models_folder() / kEmbedderFile).string();
  const std::string after = path("fair.visavis");
  const double within = distance_by(before, "anna", "bo");
  EXPECT_GT(distance_by(before, "anna", "cai"), within * 1.5);
  EXPECT_LT(distance_by(after, "anna", "cai"), distance_by(after, "anna", "bo") * 1.05);
  EXPECT_GT(distance_by(after, "anna", "bo"), within);

  const Model model = read_model(after);
  EXPECT_TRUE(model.calibration.points.empty()) << "it was of other distances";
  EXPECT_EQ(model.record.back().first, "debiased");
  EXPECT_THAT(model.record.back().second, HasSubstr("(tone; 4 people of tones.csv)"));
}

TEST_F(DebiasCommandTest, ReplacesAProjectionThatIsThere) {
  ASSERT_EQ(debias({"--groups", path("tones.csv")}).exit_code, 0);
  const std::size_t layers = read_model(path("fair.visavis")).network.layers.size();
  const CommandResult again =
      run({"debias", "--strangers", path("people"), "--groups", path("tones.csv"), "--model",
           path("fair.visavis"), "--directions", "1", "--out", path("again.visavis")});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(read_model(path("again.visavis")).network.layers.size(), layers);
}

TEST_F(DebiasCommandTest, RefusesBeforeAnyPhotoIsRead) {
  const auto refused = [&](const std::vector<std::string>& more, const std::string& part) {
    const CommandResult result = debias(more);
    EXPECT_EQ(result.exit_code, 2) << result.out;
    EXPECT_THAT(result.err, HasSubstr(part));
    EXPECT_FALSE(std::filesystem::exists(path("fair.visavis")));
  };
  refused({}, "--groups is required");
  refused({"--groups", path("missing.csv")}, "missing.csv");
  refused({"--groups", path("tones.csv"), "--directions", "0"}, "--directions");
  refused(
      {"--groups", path("tones.csv"), "--model", (fake_models_folder() / kLandmarksFile).string()},
      "landmark");
  write_table("id,tone\nanna,warm\nbo,warm\ncai,warm\ndora,warm\n");
  refused({"--groups", path("tones.csv")}, "not of two groups or more");
  write_table("id,tone\nanna,warm\n");
  refused({"--groups", path("tones.csv")}, "no row for");
}

}  // namespace
}  // namespace visavis::debias_command_test
