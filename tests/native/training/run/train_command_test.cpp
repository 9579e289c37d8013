// `visavis train` as a user runs it, on classes of striped pictures that a small network tells
// apart.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <random>
#include <thread>
#include <utility>

#include "native/commands/commands.h"
#include "native/training/log/training_csv.h"
#include "native/training/log/training_log.h"
#include "native/training/run/checkpoint.h"
#include "tests/native/commands/command_fixture.h"
#include "tests/native/training/distributed/run_ranks.h"
#include "tests/native/training/run/striped_pictures.h"

namespace visavis::train_command_test {
namespace {

using testing::HasSubstr;

class TrainCommandTest : public CommandTest {
 protected:
  TrainCommandTest() {
    std::mt19937 random(1);
    for (int c = 0; c < 10; ++c) {
      for (int i = 0; i < 6; ++i) {
        write(striped_picture(c, random),
              "data/class" + std::to_string(c) + "/" + std::to_string(i) + ".png");
      }
    }
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  /// A run of 40 steps that takes about a second; `more` replaces options of the same name.
  [[nodiscard]] std::vector<std::string> arguments(
      const std::string& out, const std::vector<std::string>& more = {}) const {
    const std::vector<std::pair<std::string, std::string>> usual{
        {"--arch", "conv4"},   {"--size", "16"},
        {"--channels", "1"},   {"--embedding", "16"},
        {"--people", "4"},     {"--photos", "3"},
        {"--steps", "40"},     {"--augment", "character"},
        {"--held-out", "0.3"}, {"--validate-every", "2"},
        {"--lr", "0.02"},      {"--data", path("data")},
        {"--out", path(out)},  {"--cache", path("images.cache")}};
    std::vector<std::string> all{"train", "--whole-images"};
    for (const auto& [option, value] : usual) {
      if (std::find(more.begin(), more.end(), option) != more.end()) continue;
      all.push_back(option);
      all.push_back(value);
    }
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  CommandResult train(const std::string& out, std::vector<std::string> more = {}) const {
    return run(arguments(out, std::move(more)));
  }

  /// Interrupted and resumed, a run ends in the very file that it ends in otherwise: a.visavis.
  void expect_resumed_run_is_the_same(std::vector<std::string> more) {
    ASSERT_EQ(train("a.visavis", more).exit_code, kExitDone);
    const std::string uninterrupted = read_text_file(path("a.visavis"));
    std::filesystem::remove_all(path("a.visavis.run"));
    std::filesystem::remove(path("a.visavis"));
    // Once the log is there the signal's handler is, too.
    const auto wait = [&] {
      for (int i = 0; i < 12'000 && !std::filesystem::exists(path("a.visavis.run") + "/log.csv");
           ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    };
    const CommandResult stopped = run_visavis_and_signal(
        arguments("a.visavis", more), fake_models_folder().string(), wait, SIGTERM);
    ASSERT_EQ(stopped.exit_code, 130) << stopped.err;
    EXPECT_THAT(stopped.err, HasSubstr("--resume"));
    more.emplace_back("--resume");
    ASSERT_EQ(train("a.visavis", more).exit_code, kExitDone);
    EXPECT_EQ(read_text_file(path("a.visavis")), uninterrupted);
  }

  /// On the classes held out, as the model's record tells.
  [[nodiscard]] double recorded_eer(const std::string& model) const {
    for (const auto& [key, value] : read_model(path(model)).record) {
      if (key == "best on people held out") return std::strtod(value.c_str() + 4, nullptr);
    }
    ADD_FAILURE() << model << " tells no EER";
    return 1;
  }

  /// The message: the last line, behind whatever progress was shown.
  std::string expect_refused(const std::vector<std::string>& more) {
    const CommandResult result = train("refused.visavis", more);
    EXPECT_EQ(result.exit_code, kExitBadInput) << result.err;
    EXPECT_FALSE(std::filesystem::exists(path("refused.visavis")));
    const std::size_t start = result.err.rfind("visavis: ");
    if (start == std::string::npos) {
      ADD_FAILURE() << "no message: " << result.err;
      return result.err;
    }
    std::string message = result.err.substr(start);
    EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 1) << message;
    return message;
  }
};

TEST_F(TrainCommandTest, WritesAModelThatLoadsWithItsRecordAndReport) {
  const CommandResult result = train("m.visavis");
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const Model model = read_model(path("m.visavis"));
  EXPECT_EQ(model.kind, ModelKind::kEmbedder);
  EXPECT_FALSE(model.calibration.points.empty());
  std::string record;
  for (const auto& [key, value] : model.record) record += key + ": " + value + "\n";
  EXPECT_THAT(record, HasSubstr("data fingerprint: "));
  EXPECT_THAT(record, HasSubstr("seed: 1\n"));
  EXPECT_THAT(record, HasSubstr("best on people held out: EER"));
  for (const char* file : {"checkpoint", "log.csv", "report.html", "problems.txt"}) {
    EXPECT_TRUE(std::filesystem::exists(path("m.visavis.run") + "/" + file)) << file;
  }
  EXPECT_THAT(read_text_file(path("m.visavis.run") + "/log.csv"), HasSubstr("validation/eer"));
}

TEST_F(TrainCommandTest, TheSameSeedGivesTheSameFile) {
  ASSERT_EQ(train("a.visavis").exit_code, kExitDone);
  const std::string a = read_text_file(path("a.visavis"));
  std::filesystem::rename(path("a.visavis"), path("first"));
  std::filesystem::remove_all(path("a.visavis.run"));
  ASSERT_EQ(train("a.visavis").exit_code, kExitDone);
  EXPECT_EQ(a, read_text_file(path("a.visavis"))) << "two runs of one command differ";
  ASSERT_EQ(train("a.visavis", {"--seed", "2", "--overwrite"}).exit_code, kExitDone);
  EXPECT_NE(a, read_text_file(path("a.visavis"))) << "the seed changes nothing";
}

TEST_F(TrainCommandTest, KilledAtRandomMomentsItResumesToTheVerySameFile) {
  ASSERT_EQ(train("a.visavis", {"--checkpoint-every", "0"}).exit_code, kExitDone);
  const std::string uninterrupted = read_text_file(path("a.visavis"));
  std::filesystem::remove_all(path("a.visavis.run"));
  std::filesystem::remove(path("a.visavis"));
  std::random_device random;
  std::vector<std::string> more{"--checkpoint-every", "0"};
  int kills = 0;
  for (int attempt = 0; attempt < 4; ++attempt) {
    const auto wait = [&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 400));
    };
    const CommandResult killed = run_visavis_and_signal(
        arguments("a.visavis", more), fake_models_folder().string(), wait, SIGKILL);
    kills += killed.exit_code == -1 ? 1 : 0;
    if (std::filesystem::exists(path("a.visavis.run") + "/checkpoint")) {
      more = {"--checkpoint-every", "0", "--resume"};
    }
  }
  EXPECT_GT(kills, 0) << "nothing was killed: the run is too short for this test";
  const CommandResult last = train("a.visavis", more);
  ASSERT_EQ(last.exit_code, kExitDone) << last.err;
  EXPECT_EQ(read_text_file(path("a.visavis")), uninterrupted);
}

TEST_F(TrainCommandTest, AnInterruptLeavesACheckpointThatResumesToTheSameFile) {
  expect_resumed_run_is_the_same({"--steps", "120"});
}

TEST_F(TrainCommandTest, ARunThatStartedFromAModelResumesByTheSameCommand) {
  ASSERT_EQ(train("start.visavis", {"--steps", "20"}).exit_code, kExitDone);
  expect_resumed_run_is_the_same({"--steps", "120", "--init", path("start.visavis")});
}

TEST_F(TrainCommandTest, AFewShotHeadShipsAndResumesToTheSameFile) {
  expect_resumed_run_is_the_same({"--loss", "matching:full-context=true,steps=2,scale=5", "--way",
                                  "3", "--queries", "2", "--steps", "60"});
  const FewShotHead head = read_model(path("a.visavis")).few_shot;
  EXPECT_EQ(head.kind, FewShotHeadKind::kFullContext);
  EXPECT_EQ(head.steps, 2);
  EXPECT_EQ(head.scale, 5);
  // What ships is the average, not where the last step left the weights.
  const Checkpoint checkpoint = load_checkpoint(path("a.visavis.run") + "/checkpoint");
  const std::string name = "context.attention.input";
  const Tensor& shipped = head.parameters.at(name);
  const Array<float>& best = checkpoint.arrays.at("best/" + name);
  const Array<float>& last = checkpoint.arrays.at("loss/" + name);
  EXPECT_TRUE(std::equal(shipped.begin(), shipped.end(), best.data()));
  EXPECT_FALSE(std::equal(shipped.begin(), shipped.end(), last.data()));

  EXPECT_THAT(run({"inspect", path("a.visavis")}).out,
              HasSubstr("few-shot  full context, 7360 parameters, cosine similarity x5, 2 steps"));
  ASSERT_EQ(run({"convert", path("a.visavis"), "--weights", "fp16", "--out", path("h.visavis")})
                .exit_code,
            kExitDone);
  const FewShotHead converted = read_model(path("h.visavis")).few_shot;
  EXPECT_NEAR(converted.parameters.at(name)[0], shipped[0], 1e-3);
  const auto classify = [&](const std::string& method) {
    return run({"classify", "--model", path("h.visavis"), "--support", path("data"), "--method",
                method, "--top", "1", path("data/class4/2.png")});
  };
  const CommandResult told = classify("full-context");
  EXPECT_EQ(told.exit_code, kExitDone) << told.err;
  EXPECT_THAT(told.out, HasSubstr("class"));
  EXPECT_THAT(classify("verification").err, HasSubstr("is 'full context', not 'weighted L1'"));
  const CommandResult table =
      run({"evaluate", "--model", path("h.visavis"), "--episodes", path("data"), "--method",
           "full-context,matching", "--way", "3", "--shot", "1", "--episodes-count", "20"});
  EXPECT_EQ(table.exit_code, kExitDone) << table.err;
  EXPECT_THAT(table.out, HasSubstr("full-context, "));
}

TEST_F(TrainCommandTest, TheWeightedL1DistanceShipsAndClassifies) {
  ASSERT_EQ(train("a.visavis", {"--loss", "koch"}).exit_code, kExitDone);
  EXPECT_EQ(read_model(path("a.visavis")).few_shot.kind, FewShotHeadKind::kWeightedL1);
  const CommandResult told =
      run({"classify", "--model", path("a.visavis"), "--support", path("data"), "--method",
           "verification", "--top", "1", path("data/class4/2.png")});
  EXPECT_EQ(told.exit_code, kExitDone) << told.err;
  EXPECT_THAT(told.out, HasSubstr("class4")) << "it is one of the examples";
}

TEST_F(TrainCommandTest, AMetricShipsWithItsRatesAndResumesToTheSameFile) {
  expect_resumed_run_is_the_same({"--steps", "300", "--metric", "8"});
  const Model model = read_model(path("a.visavis"));
  EXPECT_EQ(output_length(model.network), 8U);
  EXPECT_FALSE(model.calibration.points.empty());
  std::string record;
  for (const auto& [key, value] : model.record) record += key + ": " + value + "\n";
  EXPECT_THAT(record, HasSubstr("metric: KISSME, 8 numbers\n"));
  EXPECT_THAT(record, HasSubstr("in the metric: EER "));
  const CommandResult further =
      train("b.visavis", {"--steps", "1", "--lr", "1e-6", "--init", path("a.visavis")});
  EXPECT_EQ(further.exit_code, kExitDone) << further.err;
  EXPECT_EQ(output_length(read_model(path("b.visavis")).network), 16U) << "without the metric";
}

TEST_F(TrainCommandTest, TrainsWithinFoldersLeavesSomeOutAndValidatesOnOthers) {
  for (const char* folder : {"Greek", "Latin", "Tagalog"}) {
    std::filesystem::create_directories(path("alphabets/") + folder);
  }
  const std::vector<std::string> folders{"Greek", "Greek", "Greek",   "Greek",   "Latin",
                                         "Latin", "Latin", "Tagalog", "Tagalog", "Tagalog"};
  for (std::size_t c = 0; c < folders.size(); ++c) {
    const std::string name = "class" + std::to_string(c);
    std::filesystem::rename(path("data/" + name), path("alphabets/" + folders[c] + "/" + name));
  }
  const std::vector<std::string> more{"--data",         path("alphabets"),
                                      "--loss",         "prototypical:scale=5",
                                      "--way",          "4",
                                      "--queries",      "2",
                                      "--leave-out",    "Tagalog",
                                      "--validate-on",  "Latin",
                                      "--held-out",     "0",
                                      "--within-source"};
  EXPECT_EQ(train("m.visavis", more).exit_code, kExitBadInput) << "--held-out and --validate-on";
  std::vector<std::string> arguments_without_share = arguments("m.visavis", more);
  const auto share =
      std::find(arguments_without_share.begin(), arguments_without_share.end(), "--held-out");
  arguments_without_share.erase(share, share + 2);
  const CommandResult result = run(arguments_without_share);
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  EXPECT_THAT(result.err, HasSubstr("24 photos of 4 people to learn from, 18 of 3 held out"));
  std::string record;
  for (const auto& [key, value] : read_model(path("m.visavis")).record) {
    record += key + ": " + value + "\n";
  }
  EXPECT_THAT(record, HasSubstr("left out: Tagalog\n"));
  EXPECT_THAT(record, HasSubstr("held out: Latin\n"));
  EXPECT_THAT(record, HasSubstr("within a folder of classes"));
  EXPECT_THAT(record, HasSubstr("3-way 1-shot accuracy "));
  EXPECT_THAT(expect_refused({"--data", path("alphabets"), "--leave-out", "Klingon"}),
              HasSubstr("there are Greek, Latin, Tagalog"));
  EXPECT_THAT(expect_refused({"--within-source"}), HasSubstr("losses of episodes"));
}

TEST_F(TrainCommandTest, ANetworkThatLearnsBeatsAnUntrainedOne) {
  ASSERT_EQ(train("a.visavis", {"--steps", "400", "--augment", "none"}).exit_code, kExitDone);
  // Without learning the EER of three classes held out is about 0.3 to 0.5.
  EXPECT_LT(recorded_eer("a.visavis"), 0.2) << read_text_file(path("a.visavis.run") + "/log.csv");
}

TEST_F(TrainCommandTest, StartsFromAModelFile) {
  ASSERT_EQ(train("a.visavis", {"--steps", "400", "--augment", "none"}).exit_code, kExitDone);
  const CommandResult further =
      train("b.visavis", {"--steps", "1", "--lr", "1e-6", "--augment", "none", "--people", "6",
                          "--photos", "6", "--init", path("a.visavis")});
  ASSERT_EQ(further.exit_code, kExitDone) << further.err;
  // One batch moves the running statistics a little; untrained it would be 0.3 to 0.5.
  EXPECT_NEAR(recorded_eer("b.visavis"), recorded_eer("a.visavis"), 0.02);
  EXPECT_THAT(expect_refused({"--arch", "siamese", "--size", "28", "--init", path("a.visavis")}),
              HasSubstr("--arch"));
}

TEST_F(TrainCommandTest, TwoRanksFollowTheLossCurveOfOne) {
  if (!has_mpirun()) GTEST_SKIP() << "mpirun is not installed (Debian: openmpi-bin)";
  ASSERT_EQ(train("one.visavis", {"--threads", "1"}).exit_code, kExitDone);
  std::string command = mpirun(2) + "'" + built_program("visavis") + "'";
  for (const std::string& word : arguments("two.visavis", {"--threads", "1"})) {
    command += " '" + word + "'";
  }
  const RanksResult two = run_in_shell(command);
  ASSERT_EQ(two.exit_code, kExitDone) << two.output;
  const auto rows_of = [&](const std::string& run) {
    return parse_training_csv(read_text_file(path(run) + "/log.csv"));
  };
  const std::vector<LogRow> expected = rows_of("one.visavis.run");
  const std::vector<LogRow> actual = rows_of("two.visavis.run");
  ASSERT_EQ(expected.size(), actual.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (expected[i].figures.count("loss") == 0) continue;
    // Sums over rows in another order; 40 steps of that grow to about 1e-5 of the loss.
    const double loss = expected[i].figures.at("loss");
    EXPECT_NEAR(actual[i].figures.at("loss"), loss, 1e-3 * loss) << "step " << expected[i].step;
  }
}

TEST_F(TrainCommandTest, RefusesACheckpointOfAnotherArchitectureNamingBoth) {
  ASSERT_EQ(train("refused.visavis").exit_code, kExitDone);
  std::filesystem::remove(path("refused.visavis"));
  const std::string message = expect_refused({"--resume", "--embedding", "8"});
  EXPECT_THAT(message, HasSubstr("embedding length"));
  EXPECT_THAT(message, HasSubstr("16"));
  EXPECT_THAT(message, HasSubstr("8"));
}

TEST_F(TrainCommandTest, OverwritesNoOtherRunUnasked) {
  ASSERT_EQ(train("refused.visavis").exit_code, kExitDone);
  const std::string checkpoint = read_text_file(path("refused.visavis.run") + "/checkpoint");
  std::filesystem::remove(path("refused.visavis"));
  EXPECT_THAT(expect_refused({"--seed", "2"}), HasSubstr("--overwrite"));
  EXPECT_EQ(checkpoint, read_text_file(path("refused.visavis.run") + "/checkpoint"));
  EXPECT_THAT(expect_refused({"--resume", "--run", path("nowhere")}), HasSubstr("no checkpoint"));
}

TEST_F(TrainCommandTest, RefusesMorePeopleOrPhotosThanThereAre) {
  EXPECT_THAT(expect_refused({"--people", "40"}), HasSubstr("40"));
  EXPECT_THAT(expect_refused({"--photos", "30"}), HasSubstr("6"));
}

TEST_F(TrainCommandTest, NamesWhatIsLeftOut) {
  folder_.write("data/class1/broken.png", "no picture");
  std::filesystem::copy_file(path("data/class2/0.png"), path("data/class3/same.png"));
  const CommandResult result = train("m.visavis");
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const std::string problems = read_text_file(path("m.visavis.run") + "/problems.txt");
  EXPECT_THAT(problems, HasSubstr("class1/broken.png"));
  EXPECT_THAT(problems, HasSubstr("class2/0.png"));
  EXPECT_THAT(problems, HasSubstr("class3/same.png"));
  EXPECT_THAT(result.err, HasSubstr("class1/broken.png"));
}

TEST_F(TrainCommandTest, ListsWhoIsHeldOut) {
  const CommandResult result = train("m.visavis");
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  const std::string list = read_text_file(path("m.visavis.run") + "/held-out.txt");
  const auto people = std::count(list.begin(), list.end(), '\n');
  EXPECT_THAT(list, testing::MatchesRegex("(class[0-9]\n)+"));
  EXPECT_THAT(result.err, HasSubstr(fmt::format(" of {} held out", people)));
}

TEST_F(TrainCommandTest, StopsWhereTheLossIsNoLongerFiniteAndSaysAtWhichStep) {
  const std::string message =
      expect_refused({"--lr", "1e12", "--clip", "1e30", "--warmup", "0", "--loss", "contrastive",
                      "--checkpoint-every", "1000"});
  EXPECT_THAT(message, HasSubstr("step "));
  EXPECT_THAT(message, HasSubstr("finite"));
}

TEST_F(TrainCommandTest, RefusesContradictionsBeforeItReadsAPhoto) {
  EXPECT_THAT(expect_refused({"--loss", "distill"}), HasSubstr("--teacher"));
  EXPECT_THAT(expect_refused({"--teacher-sees", "photo"}), HasSubstr("--teacher MODEL"));
  EXPECT_THAT(expect_refused({"--loss", "nonsense"}), HasSubstr("nonsense"));
  EXPECT_THAT(expect_refused({"--augment", "nonsense"}), HasSubstr("nonsense"));
  EXPECT_THAT(expect_refused({"--metric", "1"}), HasSubstr("2 to 17 numbers"));
  EXPECT_THAT(expect_refused({"--metric", "18"}), HasSubstr("2 to 17 numbers"));
  EXPECT_THAT(expect_refused({"--size", "16", "--size", "24"}), HasSubstr("given twice"));
  EXPECT_FALSE(std::filesystem::exists(path("images.cache")));
  EXPECT_THAT(expect_refused({"--metric", "8", "--loss", "koch"}), HasSubstr("a layer of its own"));
}

}  // namespace
}  // namespace visavis::train_command_test
