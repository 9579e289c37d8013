#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "tests/native/commands/zero_shot_fixture.h"

namespace visavis::zero_shot_commands_test {
namespace {

using testing::HasSubstr;

void expect_refused(const CommandResult& result, const std::string& part) {
  EXPECT_EQ(result.exit_code, 2) << result.out << result.err;
  EXPECT_THAT(result.err, HasSubstr(part));
}

TEST_F(ZeroShotCommandsTest, DescribesEveryClassByOneDrawer) {
  const CommandResult result = describe();
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("16 classes of 231 attributes, from the pen of drawer 1"));
  const std::string text = csv();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 17);
  EXPECT_THAT(text, testing::StartsWith("class,strokes,length,"));
  EXPECT_THAT(text, HasSubstr("\nFirst/character10,4,"));
  const std::string first = text;
  ASSERT_EQ(describe(2).exit_code, 0);
  EXPECT_NE(csv(), first) << "another hand";
}

TEST_F(ZeroShotCommandsTest, DescribeNamesWhatIsMissing) {
  expect_refused(describe(9), "drawer 9 drew no 'First/character10'");
  std::filesystem::copy(path("strokes/First/character10/00_01.txt"),
                        path("strokes/First/character10/11_01.txt"));
  expect_refused(describe(), "are both by drawer 1");
  expect_refused(run({"zero-shot", "describe", "--strokes", path("images"), "--out", path("a")}),
                 "no pen paths");
}

TEST_F(ZeroShotCommandsTest, ClassifiesUnseenClasses) {
  ASSERT_EQ(describe().exit_code, 0);
  const CommandResult trained = train();
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_THAT(trained.out, HasSubstr("48 images of 12 seen classes"));
  // Only the unseen classes are described, so that only they can be answered.
  std::stringstream all(csv());
  std::string text, line;
  while (std::getline(all, line)) {
    if (!line.starts_with("First")) text += line + "\n";
  }
  write_csv(text);
  const CommandResult result =
      run({"zero-shot", "classify", "--zero-shot", path("z.visavis"), "--pixels", "--attributes",
           path("attributes.csv"), "--json", path("images/Second")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  ASSERT_EQ(json.size(), 20U);
  int right = 0;
  for (const auto& photo : json) {
    ASSERT_EQ(photo["classes"].size(), 4U);
    double sum = 0;
    for (const auto& answer : photo["classes"]) sum += answer["probability"].get<double>();
    EXPECT_NEAR(sum, 1, 1e-9);
    const auto name = photo["classes"][0]["class"].get<std::string>();
    right += photo["photo"].get<std::string>().find(name) != std::string::npos ? 1 : 0;
  }
  EXPECT_GE(right, 10) << "of 20; by chance 5";
}

TEST_F(ZeroShotCommandsTest, EvaluatesSeenAndUnseen) {
  ASSERT_EQ(describe().exit_code, 0);
  const CommandResult result =
      run({"zero-shot", "evaluate", "--pixels", "--data", path("images"), "--attributes",
           path("attributes.csv"), "--unseen", "Second", "--leave-out", "_01", "--way", "2", "4",
           "--folds", "3", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0]["method"], "eszsl");
  EXPECT_EQ(json[1]["method"], "dap");
  for (const auto& evaluation : json) {
    EXPECT_EQ(evaluation["seen_classes"], 12);
    EXPECT_EQ(evaluation["unseen_classes"], 4);
    EXPECT_EQ(evaluation["training_images"], 36);
    EXPECT_EQ(evaluation["seen_test_images"], 12);
    EXPECT_EQ(evaluation["unseen_images"], 16);
    // All ways of all classes ask the same images: as good as each other, but for the draws.
    EXPECT_NEAR(evaluation["ways"][1]["accuracy"].get<double>(),
                evaluation["all_way"]["accuracy"].get<double>(), 0.1);
    EXPECT_GT(evaluation["ways"][1]["accuracy"].get<double>(), 0.4) << "chance is 0.25";
    const auto& generalized = evaluation["generalized"];
    const double seen = generalized["seen"].get<double>();
    const double unseen = generalized["unseen"].get<double>();
    EXPECT_NEAR(generalized["harmonic_mean"].get<double>(),
                seen + unseen > 0 ? 2 * seen * unseen / (seen + unseen) : 0, 1e-9);
  }
}

TEST_F(ZeroShotCommandsTest, RefusesAnotherEmbedderAndNone) {
  ASSERT_EQ(describe().exit_code, 0);
  ASSERT_EQ(train().exit_code, 0);
  const std::vector<std::string> classify{"zero-shot",          "classify",
                                          "--zero-shot",        path("z.visavis"),
                                          "--attributes",       path("attributes.csv"),
                                          path("images/Second")};
  expect_refused(run(classify), "--pixels");
  std::vector<std::string> other = classify;
  other.insert(other.end(), {"--model", (fake_models_folder() / kEmbedderFile).string()});
  expect_refused(run(other), "was trained on embeddings of 'ink features 1'");
}

TEST_F(ZeroShotCommandsTest, RefusesBadTablesAndSplits) {
  ASSERT_EQ(describe().exit_code, 0);
  const std::string text = csv();
  const std::size_t line = text.find("First/character10,");
  const std::size_t end = text.find('\n', line);
  write_csv(text.substr(0, line) + text.substr(end + 1));
  expect_refused(train(), "is not described; add a line for it");
  const std::size_t comma = text.find(',', line);
  write_csv(text.substr(0, comma + 1) + "nan" + text.substr(text.find(',', comma + 1)));
  expect_refused(train(), "is no finite number (attribute 'strokes')");
  write_csv(text);
  const auto evaluate = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{
        "zero-shot",           "evaluate", "--pixels", "--data", path("images"), "--attributes",
        path("attributes.csv")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  expect_refused(evaluate({}), "say which classes are unseen");
  expect_refused(evaluate({"--unseen", "Third"}), "no described class of that name");
  expect_refused(evaluate({"--unseen", "Second", "--way", "5"}), "a way of 5 is not in 2..4");
  expect_refused(evaluate({"--unseen", "Second/character12"}), "no described class");
}

}  // namespace
}  // namespace visavis::zero_shot_commands_test
