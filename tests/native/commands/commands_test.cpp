#include "native/commands/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "native/models/calibration_json.h"
#include "tests/native/commands/command_fixture.h"
#include "tests/native/images/encoders.h"

namespace visavis::commands_test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class CommandsTest : public CommandTest {
 protected:
  /// Two people with three photos each, and one photo without a face.
  std::string make_people() const {
    for (const char* name : {"people/ada/1.png", "people/ada/2.png", "people/ada/3.png"}) {
      photo_of(name, kWhite);
    }
    for (const char* name : {"people/bo/1.png", "people/bo/2.png"}) photo_of(name, kOrange);
    write(Image(200, 200), "people/bo/dark.png");
    return (folder_ / "people").string();
  }
};

TEST_F(CommandsTest, CompareTellsTheSamePersonAndDifferentPeople) {
  const std::string white = portrait_of("white.png", kWhite);
  const std::string orange = portrait_of("orange.png", kOrange);
  const CommandResult same = run({"compare", white, portrait_of("cream.png", kCream)});
  EXPECT_EQ(same.exit_code, kExitDone) << same.out << same.err;
  EXPECT_THAT(same.out, HasSubstr("The photos match (distance 0."));
  EXPECT_THAT(same.out, HasSubstr(", below 0.5000)"));
  EXPECT_THAT(same.out, HasSubstr("About 1 in 50 pairs of different people look this alike"));
  const CommandResult different = run({"compare", white, orange});
  EXPECT_EQ(different.exit_code, kExitMismatch) << different.err;
  EXPECT_THAT(different.out, HasSubstr("The photos do not match (distance 0.6"));
  EXPECT_EQ(run({"compare", white, orange, "--threshold", "0.7"}).exit_code, kExitDone);
  // The fake table's FMR is 0.05 at 0.5 and 0.1 at 1.0.
  EXPECT_EQ(run({"compare", white, orange, "--fmr", "0.09"}).exit_code, kExitDone);
  EXPECT_EQ(run({"compare", white, orange, "--fmr", "0.05"}).exit_code, kExitMismatch);
}

TEST_F(CommandsTest, ComparePrintsJson) {
  const std::string white = portrait_of("white.png", kWhite);
  const std::string orange = portrait_of("orange.png", kOrange);
  const CommandResult result = run({"compare", white, orange, "--json"});
  const json parsed = json::parse(result.out);
  EXPECT_EQ(result.exit_code, kExitMismatch);
  EXPECT_EQ(parsed["is_match"], false);
  EXPECT_NEAR(parsed["distance"].get<double>(), 0.615, 0.02);
  EXPECT_EQ(parsed["threshold"], 0.5);
  EXPECT_GT(parsed["fmr_at_distance"].get<double>(), 0.05);
  EXPECT_EQ(parsed["reference"]["file"], white);
  EXPECT_EQ(parsed["probe"]["faces"], 1);
}

TEST_F(CommandsTest, CompareTakesTheLargestFaceAndSaysSo) {
  Image photo(600, 300);
  paint_square(photo, 40, 60, 130, kWhite);
  paint_square(photo, 420, 100, 90, kOrange);
  const std::string two = write(photo, "two.png");
  const std::string orange = photo_of("orange.png", kOrange);
  const CommandResult result = run({"compare", orange, two, "--json"});
  const json parsed = json::parse(result.out);
  const auto faces = parsed["probe"]["faces"].get<int>();
  ASSERT_GE(faces, 2);
  EXPECT_THAT(result.err, HasSubstr(two + ": " + std::to_string(faces) + " faces found"));
  EXPECT_THAT(result.err, HasSubstr("--face-probe 2"));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  const CommandResult chosen = run({"compare", orange, two, "--face-probe", "2"});
  EXPECT_EQ(chosen.err, "");
  const CommandResult absent = run({"compare", orange, two, "--face-probe", "9"});
  EXPECT_EQ(absent.exit_code, kExitBadInput);
  EXPECT_THAT(absent.err, HasSubstr(two + ": face 9 was asked for"));
}

TEST_F(CommandsTest, CompareSavesWhatTheNetworkSaw) {
  const std::string white = photo_of("white.png", kWhite);
  const std::string crops = (folder_ / "new/crops").string();
  EXPECT_EQ(run({"compare", white, white, "--save-crops", crops}).exit_code, kExitReview);
  EXPECT_EQ(read_image(crops + "/reference.png").width, 112);
  EXPECT_EQ(read_image(crops + "/probe.png").height, 112);
}

TEST_F(CommandsTest, CompareWithoutCalibrationWantsAThreshold) {
  Model embedder = fake_embedder();
  embedder.calibration = {};
  save(embedder, kEmbedderFile);
  const std::string white = photo_of("white.png", kWhite);
  const CommandResult refused = run({"compare", white, white});
  EXPECT_EQ(refused.exit_code, kExitBadInput);
  EXPECT_THAT(refused.err, HasSubstr("--threshold"));
  const CommandResult result = run({"compare", white, white, "--threshold", "1", "--json"});
  EXPECT_EQ(result.exit_code, kExitDone) << result.err;
  EXPECT_FALSE(json::parse(result.out).contains("fmr_at_distance"));
}

TEST_F(CommandsTest, EmbedWritesARowPerFaceAndListsTheOthers) {
  const std::string people = make_people();
  const std::string extra = photo_of("extra.png", kOrange);
  const std::string out = (folder_ / "t.npy").string();
  const CommandResult result = run({"embed", people, extra, "--out", out, "--json"});
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const json parsed = json::parse(result.out);
  EXPECT_EQ(parsed["photos"], 7);
  EXPECT_EQ(parsed["embeddings"], 6);
  EXPECT_EQ(parsed["embedding_length"], 3);
  ASSERT_EQ(parsed["without_face"].size(), 1U);
  EXPECT_EQ(parsed["without_face"][0]["file"], people + "/bo/dark.png");
  EXPECT_THAT(result.err, HasSubstr("bo/dark.png: no face found"));
  EXPECT_THAT(read_text_file(out), HasSubstr("'shape': (6, 3)"));
  const std::string names = read_text_file(folder_ / "t.txt");
  EXPECT_THAT(names, testing::StartsWith(people + "/ada/1.png\n" + people + "/ada/2.png\n"));
  EXPECT_THAT(names, testing::EndsWith(extra + "\n"));
  const std::string dark = people + "/bo/dark.png";
  EXPECT_EQ(run({"embed", dark, "--out", (folder_ / "u.npy").string()}).exit_code, kExitNoFace);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "u.npy"));
}

TEST_F(CommandsTest, EvaluateCountsPhotosWithoutAFaceAsErrors) {
  const std::string people = make_people();
  const std::string report = (folder_ / "report.html").string();
  const CommandResult result = run({"evaluate", "--folders", people, "--json", "--report", report});
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const json parsed = json::parse(result.out);
  for (const char* field :
       {"model", "protocol", "pairs", "accuracy", "accuracy_stderr", "eer", "fnmr_at_fmr",
        "threshold", "images", "images_without_face", "seconds"}) {
    EXPECT_TRUE(parsed.contains(field)) << field;
  }
  // Ada has 3 pairs, Bo 3, of which 2 are with the dark photo; 9 impostor pairs, 3 of them with it.
  EXPECT_EQ(parsed["model"], "fake-embedder");
  EXPECT_EQ(parsed["pairs"], 15);
  EXPECT_EQ(parsed["images"], 6);
  EXPECT_EQ(parsed["images_without_face"], 1);
  EXPECT_EQ(parsed["threshold"], 0.5);
  EXPECT_DOUBLE_EQ(parsed["accuracy"].get<double>(), 10.0 / 15);
  EXPECT_DOUBLE_EQ(parsed["fnmr_at_fmr"]["1e-3"].get<double>(), 2.0 / 6);
  EXPECT_DOUBLE_EQ(parsed["fnmr_at_threshold"].get<double>(), 2.0 / 6);
  EXPECT_DOUBLE_EQ(parsed["fmr_at_threshold"].get<double>(), 0);
  const std::string html = read_text_file(report);
  EXPECT_THAT(html, HasSubstr("<svg"));
  EXPECT_THAT(html, HasSubstr("dark.png"));
  EXPECT_THAT(html, HasSubstr("ada/<wbr>1.png"));
  EXPECT_THAT(html, testing::EndsWith("</html>\n"));
  EXPECT_THAT(html, testing::Not(HasSubstr("http"))) << "self-contained";
}

TEST_F(CommandsTest, EvaluateDoesNotDependOnTheThreadCount) {
  const std::string people = make_people();
  auto one = json::parse(run({"evaluate", "--folders", people, "--json", "--threads", "1"}).out);
  auto four = json::parse(run({"evaluate", "--folders", people, "--json", "--threads", "4"}).out);
  one.erase("seconds");
  four.erase("seconds");
  EXPECT_EQ(one, four);
}

TEST_F(CommandsTest, EvaluateReadsPairsAndFolds) {
  const std::string people = make_people();
  const std::string pairs =
      folder_
          .write("pairs.csv", std::string("a,b,same,fold\nada/1,ada/2,1,0\nada/1,bo/1,0,0\n"
                                          "ada/1,ada/3,1,1\nada/2,bo/2.png,0,1\n"))
          .string();
  const CommandResult result = run({"evaluate", "--pairs", pairs, "--images", people, "--json"});
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const json parsed = json::parse(result.out);
  EXPECT_EQ(parsed["pairs"], 4);
  EXPECT_EQ(parsed["images"], 5);
  EXPECT_EQ(parsed["accuracy_over_folds"], true);
  EXPECT_EQ(parsed["accuracy"], 1);
  EXPECT_EQ(parsed["protocol"], "pairs.csv on people");
}

TEST_F(CommandsTest, EvaluateComparesReferencesWithProbes) {
  photo_of("passports/001_a.png", kWhite);
  photo_of("passports/002_a.png", kOrange);
  photo_of("selfies/001_b.png", kWhite);
  photo_of("selfies/002_b.png", kOrange);
  const CommandResult result = run({"evaluate", "--references", (folder_ / "passports").string(),
                                    "--probes", (folder_ / "selfies").string(), "--json"});
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const json parsed = json::parse(result.out);
  EXPECT_EQ(parsed["genuine_pairs"], 2);
  EXPECT_EQ(parsed["impostor_pairs"], 2);
  EXPECT_EQ(parsed["accuracy"], 1);
}

TEST_F(CommandsTest, EvaluateTellsTheRatesOfGroups) {
  const std::string people = make_people();
  const std::string table =
      folder_.write("table.csv", std::string("id,age\nada,24\nbo,51\n")).string();
  const std::vector<std::string> command = {"evaluate", "--folders", people, "--groups", table};
  std::vector<std::string> as_json = command;
  as_json.emplace_back("--json");
  const CommandResult result = run(as_json);
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const json groups = json::parse(result.out)["groups"];
  EXPECT_EQ(groups["source"], "table.csv");
  EXPECT_EQ(groups["threshold"], 0.5);
  ASSERT_EQ(groups["rates"].size(), 2U);
  EXPECT_EQ(groups["rates"][1]["attribute"], "age");
  EXPECT_EQ(groups["rates"][1]["group"], "over 50 to 65");
  EXPECT_DOUBLE_EQ(groups["rates"][1]["fnmr"].get<double>(), 2.0 / 3) << "Bo's dark photo";
  EXPECT_THAT(run(command).out, HasSubstr("over 20 to 35      1 people  FMR no pairs"));
  std::vector<std::string> absent = command;
  absent.insert(absent.end(), {"--group-by", "height"});
  const CommandResult refused = run(absent);
  EXPECT_EQ(refused.exit_code, kExitBadInput);
  EXPECT_THAT(refused.err, HasSubstr("there is no column 'height'"));
  EXPECT_EQ(std::count(refused.err.begin(), refused.err.end(), '\n'), 1) << refused.err;
}

TEST_F(CommandsTest, EvaluateAltersTheSecondPhotosAlone) {
  photo_of("passports/001_a.png", kWhite);
  photo_of("passports/002_a.png", kOrange);
  photo_of("selfies/001_b.png", kWhite);
  photo_of("selfies/002_b.png", kOrange);
  const std::vector<std::string> plain = {"evaluate",
                                          "--references",
                                          (folder_ / "passports").string(),
                                          "--probes",
                                          (folder_ / "selfies").string(),
                                          "--json",
                                          "--threads",
                                          "2"};
  for (const char* how : {"--occlude=mask", "--occlude=sunglasses", "--degrade=jpeg"}) {
    std::vector<std::string> arguments = plain;
    arguments.emplace_back(how);
    const CommandResult result = run(arguments);
    ASSERT_EQ(result.exit_code, kExitDone) << how << ": " << result.err;
    const json parsed = json::parse(result.out);
    EXPECT_EQ(parsed["images"], 4) << how;
    EXPECT_THAT(parsed["protocol"].get<std::string>(),
                HasSubstr(std::string("second photos with ") + (how + 10)));
  }
  // The table's rows are what the single runs say.
  std::vector<std::string> all = plain;
  all.emplace_back("--robustness");
  const CommandResult table = run(all);
  ASSERT_EQ(table.exit_code, kExitDone) << table.err;
  const json rows = json::parse(table.out);
  ASSERT_EQ(rows.size(), 11U);
  for (const auto& [row, how] : std::vector<std::pair<std::size_t, std::string>>{
           {0, ""}, {1, "--occlude=sunglasses"}, {8, "--degrade=jpeg"}}) {
    std::vector<std::string> one = plain;
    if (!how.empty()) one.push_back(how);
    json expected = json::parse(run(one).out);
    expected["alteration"] = how.empty() ? "none" : how.substr(10);
    EXPECT_EQ(expected.erase("seconds"), 1U) << "single runs are timed, rows are not";
    EXPECT_EQ(rows[row], expected);
  }
  std::vector<std::string> unknown = plain;
  unknown.emplace_back("--occlude=beard");
  EXPECT_EQ(run(unknown).exit_code, kExitBadInput);
}

TEST_F(CommandsTest, CalibrateWritesATableThatImportReads) {
  const std::string people = make_people();
  const std::string out = (folder_ / "cal.json").string();
  const CommandResult result =
      run({"calibrate", "--folders", people, "--fmr", "0.5", "--out", out});
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const CalibrationTable table =
      calibration_from_json(nlohmann::ordered_json::parse(read_text_file(out)));
  EXPECT_EQ(table.genuine_pairs, 6U);
  EXPECT_EQ(table.impostor_pairs, 6U) << "those with a face in both photos";
  EXPECT_NEAR(rates_at(table, 0.55).fnmr.value, 2.0 / 6, 1e-9);
  EXPECT_THAT(table.source, HasSubstr("fake-embedder"));
  const CommandResult refused =
      run({"calibrate", "--folders", people, "--out", (folder_ / "x.json").string()});
  EXPECT_EQ(refused.exit_code, kExitBadInput) << "6 pairs cannot tell an FMR of 1e-3";
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x.json"));
}

TEST_F(CommandsTest, EvaluateTakesTheListedPeopleAlone) {
  const std::string people = make_people();
  // Of a list of several data sets' people, those of this one.
  photo_of("people/cy/1.png", kOrange);
  const std::string list = folder_.write("held-out.txt", std::string("zoe\nada\ncy\n")).string();
  const auto of_two =
      json::parse(run({"evaluate", "--folders", people, "--people", list, "--json"}).out);
  EXPECT_EQ(of_two["images"], 4);
  EXPECT_EQ(of_two["protocol"], "all pairs of people, people of held-out.txt");
}

TEST_F(CommandsTest, BenchTimesEveryStageAndNetwork) {
  const CommandResult result =
      run({"bench", "--repeat", "1", "--json", "--photo", photo_of("face.png", kWhite)});
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const json parsed = json::parse(result.out);
  for (const char* stage : {"decode", "detect", "align", "embed", "whole comparison"}) {
    EXPECT_TRUE(parsed["stages"].contains(stage)) << stage;
  }
  EXPECT_TRUE(parsed["networks"].contains("fake-landmarks"));
}

TEST_F(CommandsTest, BenchTimesTrainingByPhaseAndLayer) {
  const CommandResult result =
      run({"bench", "--train", "conv4", "--size", "32", "--batch", "8", "--steps", "2", "--json"});
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const json parsed = json::parse(result.out);
  EXPECT_EQ(parsed["batch"], 8);
  EXPECT_GT(parsed["images_per_second"], 0);
  EXPECT_GT(parsed["peak_memory_bytes"], 1 << 20);
  double layers = 0;
  for (const json& layer : parsed["layers"]) {
    layers += layer["forward_ms"].get<double>() + layer["backward_ms"].get<double>();
  }
  const double phases = parsed["forward_ms"].get<double>() + parsed["backward_ms"].get<double>();
  EXPECT_GT(layers, 0);
  EXPECT_LT(layers, 10 * phases) << "layers are timed per step, as phases are";
  // Of a convolution's training arithmetic no more than the machine's own peak, with some room for
  // the peak having been measured beside other work.
  EXPECT_GT(parsed["share_of_gemm_peak"], 0);
  EXPECT_LT(parsed["share_of_gemm_peak"], 3);
}

TEST_F(CommandsTest, BenchRefusesALossThatNeedsATeacher) {
  const CommandResult result = run({"bench", "--train", "conv4", "--loss", "distill"});
  EXPECT_EQ(result.exit_code, kExitBadInput);
  EXPECT_THAT(result.err, HasSubstr("teacher"));
}

}  // namespace
}  // namespace visavis::commands_test
