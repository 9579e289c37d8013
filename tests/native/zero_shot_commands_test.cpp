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

#include "command_fixture.h"
#include "core/pen_drawing.h"

namespace visavis {
namespace {

using testing::HasSubstr;

constexpr int kSide = 60;
constexpr int kDrawers = 5;

/// Two alphabets of made-up characters, each drawn by five hands: pen paths and images of them, as
/// Omniglot's folders hold them.
class ZeroShotCommandsTest : public CommandTest {
 protected:
  ZeroShotCommandsTest() {
    std::mt19937_64 random(3);
    for (int c = 0; c < 16; ++c) {
      const PenDrawing character = make_character(random);
      const std::string name =
          (c < 12 ? "First/character" : "Second/character") + std::to_string(10 + c);
      for (int drawer = 1; drawer <= kDrawers; ++drawer) {
        const PenDrawing drawing = by_hand(character, random);
        const std::string file = name + "/00_0" + std::to_string(drawer);
        write_strokes(drawing, "strokes/" + file + ".txt");
        write(painted(drawing), "images/" + file + ".png");
      }
    }
  }

  /// Four strokes between the points of a 3x3 grid.
  static PenDrawing make_character(std::mt19937_64& random) {
    PenDrawing drawing;
    while (drawing.strokes.size() < 4) {
      const auto from = static_cast<int>(random() % 9);
      const auto to = static_cast<int>(random() % 9);
      if (from == to) continue;
      const auto point = [](int i) {
        return Point{10.0F + 20.0F * static_cast<float>(i % 3),
                     10.0F + 20.0F * static_cast<float>(i / 3)};
      };
      drawing.strokes.push_back({point(from), point(to)});
    }
    return drawing;
  }

  static PenDrawing by_hand(PenDrawing drawing, std::mt19937_64& random) {
    const auto tremor = [&] { return static_cast<float>(random() % 5) - 2; };
    for (auto& stroke : drawing.strokes) {
      for (Point& point : stroke) point = {point.x + tremor(), point.y + tremor()};
    }
    return drawing;
  }

  static Image painted(const PenDrawing& drawing) {
    Image image(kSide, kSide);
    std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{255});
    for (const auto& stroke : drawing.strokes) {
      for (int step = 0; step <= 100; ++step) {
        const float t = static_cast<float>(step) / 100;
        const int x = static_cast<int>(stroke[0].x + t * (stroke[1].x - stroke[0].x));
        const int y = static_cast<int>(stroke[0].y + t * (stroke[1].y - stroke[0].y));
        paint_square(image, x - 1, y - 1, 3, {0, 0, 0});
      }
    }
    return image;
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  void write_strokes(const PenDrawing& drawing, const std::string& name) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream out(folder_ / name);
    out << "START\n";
    for (const auto& stroke : drawing.strokes) {
      for (const Point& point : stroke) out << point.x << ',' << -point.y << ",0\n";
      out << "BREAK\n";
    }
  }

  CommandResult describe(int drawer = 1) const {
    return run({"zero-shot", "describe", "--strokes", path("strokes"), "--drawer",
                std::to_string(drawer), "--out", path("attributes.csv")});
  }
  CommandResult train() const {
    return run({"zero-shot", "train", "--pixels", "--data", path("images/First"), "--attributes",
                path("attributes.csv"), "--leave-out", "_01", "--folds", "3", "--out",
                path("z.visavis")});
  }
  [[nodiscard]] std::string csv() const {
    std::ifstream in(path("attributes.csv"));
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  void write_csv(const std::string& text) const { std::ofstream(path("attributes.csv")) << text; }
};

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
  expect_refused(train(), "attribute 'strokes' is nan");
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
}  // namespace visavis
