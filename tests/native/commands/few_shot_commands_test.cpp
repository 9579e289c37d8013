#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/fewshot/rejection.h"
#include "tests/native/commands/command_fixture.h"
#include "tests/native/images/encoders.h"

namespace visavis::few_shot_commands_test {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

constexpr Rgb kRed{250, 40, 40};
constexpr Rgb kGreen{40, 250, 40};
constexpr Rgb kBlue{40, 40, 250};

/// Red, green and blue cards told apart by a model of whole images that embeds the mean colour.
class FewShotCommandsTest : public CommandTest {
 protected:
  FewShotCommandsTest() {
    Model model = fake_embedder();
    model.name = "fake-cards";
    model.alignment.points.clear();
    save(model, "cards.visavis");
    for (int i = 0; i < 3; ++i) {
      const std::string file = "/" + std::to_string(i) + ".png";
      card("support/red" + file, kRed, i);
      card("support/green" + file, kGreen, i);
      card("support/blue" + file, kBlue, i);
    }
  }

  /// A plain image, a little off the colour.
  std::string card(const std::string& name, const Rgb& colour, int shade = 0, int width = 112,
                   int height = 112) const {
    Image image(width, height);
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      image.pixels[i] = static_cast<std::uint8_t>(colour[i % 3] + (i % 3 == 0 ? 2 * shade : 0));
    }
    return write(image, name);
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  [[nodiscard]] std::string model() const {
    return (fake_models_folder() / "cards.visavis").string();
  }

  CommandResult classify(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"classify", "--model", model(), "--support",
                                       path("support")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  CommandResult evaluate(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"evaluate", "--model", model()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  /// Two runs of the three cards: the first's labels are right, two of the second's are swapped.
  void write_runs() const {
    const std::vector<std::pair<std::string, Rgb>> cards{{"1", kRed}, {"2", kGreen}, {"3", kBlue}};
    for (const std::string run : {"run01", "run02"}) {
      for (const auto& [number, colour] : cards) {
        card("runs/" + run + "/training/class" + number + ".png", colour);
        card("runs/" + run + "/test/item" + number + ".png", colour, 2);
      }
    }
    write_labels("run01", {"1", "2", "3"});
    write_labels("run02", {"2", "1", "3"});
  }
  void write_labels(const std::string& run, const std::vector<std::string>& classes) const {
    std::string text;
    for (std::size_t i = 0; i < classes.size(); ++i) {
      text += run + "/test/item" + std::to_string(i + 1) + ".png " + run + "/training/class" +
              classes[i] + ".png\n";
    }
    folder_.write("runs/" + run + "/class_labels.txt", text);
  }
};

void expect_refused(const CommandResult& result, const std::string& part) {
  EXPECT_EQ(result.exit_code, 2) << result.out << result.err;
  // Progress may come first; the error is the last line.
  const std::string lines = result.err.substr(0, result.err.size() - 1);
  EXPECT_THAT(lines.substr(lines.rfind('\n') + 1), HasSubstr(part));
}

TEST_F(FewShotCommandsTest, ClassifiesPhotosOfAnySizeByEveryMethod) {
  const std::string small = card("q/small.png", kGreen, 1, 60, 40);
  const std::string large = card("q/large.png", kBlue, 2, 300, 500);
  for (const char* method : {"prototypes", "prototypes:cosine", "matching", "matching:euclidean",
                             "nearest", "nearest:cosine", "pixels"}) {
    const CommandResult result = classify({"--method", method, "--json", small, large});
    ASSERT_EQ(result.exit_code, 0) << method << result.err;
    const Json json = Json::parse(result.out);
    EXPECT_EQ(json["support"].size(), 3U);
    EXPECT_EQ(json["support"][0]["class"], "blue");
    EXPECT_EQ(json["support"][0]["shots"], 3);
    ASSERT_EQ(json["photos"].size(), 2U) << method;
    EXPECT_EQ(json["photos"][0]["photo"], small);
    EXPECT_EQ(json["photos"][0]["classes"][0]["class"], "green") << method;
    EXPECT_EQ(json["photos"][1]["classes"][0]["class"], "blue") << method;
    EXPECT_EQ(json["photos"][1]["is_rejected"], false);
    double sum = 0;
    for (const Json& entry : json["photos"][1]["classes"])
      sum += entry["probability"].get<double>();
    EXPECT_NEAR(sum, 1, 1e-9) << method;
  }
}

TEST_F(FewShotCommandsTest, PrintsTheRankingDownToTheTop) {
  const CommandResult result = classify({"--top", "2", "--scale", "3", card("q.png", kRed)});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              testing::MatchesRegex(
                  ".*q.png: red 0\\.[0-9]+, (green|blue) 0\\.[0-9]+ \\(distance 0.0.*\n"));
}

TEST_F(FewShotCommandsTest, GreyPhotosAreTakenAsColourOnes) {
  const Bytes grey = encode_png(4, 4, Bytes(16, 90), {.bit_depth = 8, .colour_type = 0});
  const auto file = folder_.write("grey.png", std::string(grey.begin(), grey.end()));
  const CommandResult result = classify({"--json", file.string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Json::parse(result.out)["photos"][0]["classes"].size(), 3U);
}

TEST_F(FewShotCommandsTest, RecognisesFacesByTheDefaultModel) {
  photo_of("people/Ada/1.png", kWhite);
  photo_of("people/Bo/1.png", kOrange);
  const CommandResult result =
      run({"classify", "--support", path("people"), "--json", photo_of("probe.png", kOrange),
           write(Image(300, 200), "no.png")});
  EXPECT_EQ(result.exit_code, 2) << "one photo has no face";
  EXPECT_THAT(result.err, HasSubstr("no.png: no face found"));
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["model"], "fake-embedder");
  const Json& answer = json["photos"][0]["classes"];
  EXPECT_EQ(answer[0]["class"], "Bo");
  EXPECT_NEAR(answer[0]["distance"].get<double>(), 0, 1e-3);
  // The other is as far as the two colours are (command_fixture.h): softmax of -10 d^2.
  const double distance = answer[1]["distance"].get<double>();
  EXPECT_NEAR(distance, 0.62, 0.01);
  EXPECT_NEAR(answer[1]["probability"].get<double>(), 1 / (1 + std::exp(10 * distance * distance)),
              1e-3);
  EXPECT_THAT(json["photos"][1]["problem"].get<std::string>(), HasSubstr("no face found"));
}

TEST_F(FewShotCommandsTest, SaysNoneOfThese) {
  const std::string yellow = card("yellow.png", {250, 250, 40});
  const CommandResult result = classify({"--threshold", "0.3", yellow, card("q.png", kRed)});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("yellow.png: none of these; most like "));
  EXPECT_THAT(result.out, HasSubstr("q.png: red "));
  const Json json = Json::parse(classify({"--threshold", "0.3", "--json", yellow}).out);
  EXPECT_EQ(json["photos"][0]["is_rejected"], true);
  EXPECT_GE(json["photos"][0]["classes"][0]["distance"].get<double>(), 0.3);
}

TEST_F(FewShotCommandsTest, OfFacesAStrangerIsNoneOfTheseUnlessThatIsSwitchedOff) {
  photo_of("people/Ada/1.png", kWhite);
  photo_of("people/Ada/2.png", {250, 250, 250});
  const std::string stranger = photo_of("stranger.png", kOrange);
  const auto ask = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"classify", "--support", path("people"), "--json", stranger});
    const CommandResult result = run(more);
    if (result.exit_code != 0) throw std::runtime_error(result.err);
    return Json::parse(result.out);
  };
  const Json by_default = ask({});
  EXPECT_EQ(by_default["threshold"], fake_models().embedder.calibration.threshold);
  EXPECT_EQ(by_default["method"], "nearest:euclidean") << "what the model was calibrated by";
  EXPECT_EQ(by_default["photos"][0]["is_rejected"], true) << "0.62 away, a match is below 0.5";
  photo_of("people/Bo/1.png", {140, 140, 255});
  const Json never = ask({"--threshold", "none"});
  EXPECT_FALSE(never.contains("threshold"));
  EXPECT_EQ(never["photos"][0]["is_rejected"], false);
  EXPECT_EQ(ask({"--threshold", "1.9"})["photos"][0]["is_rejected"], false);
  const CommandResult text = run({"classify", "--support", path("people"), stranger});
  EXPECT_THAT(text.out, HasSubstr("none of these; most like Ada"));
  EXPECT_THAT(text.out, HasSubstr("threshold 0.500)"));
}

TEST_F(FewShotCommandsTest, ADefaultThresholdIsOfTheModelsOwnDistances) {
  const std::string query = card("q.png", kRed);
  const Model cards = read_model(model());
  const Json of_model = Json::parse(classify({"--json", query}).out);
  EXPECT_EQ(of_model["method"], "prototypes:euclidean");
  EXPECT_EQ(of_model["threshold"],
            *default_rejection_distance(cards.calibration, FewShotSubject::kWholeImages));
  EXPECT_FALSE(
      Json::parse(classify({"--json", "--method", "pixels", query}).out).contains("threshold"))
      << "no table tells of distances between pixels";
  for (const char* wrong : {"0", "-1", "nan", "inf", "0.5x", "None", ""}) {
    const CommandResult result = classify({"--threshold", wrong, query});
    EXPECT_EQ(result.exit_code, 2) << wrong;
    EXPECT_EQ(result.out, "") << wrong;
  }
}

TEST_F(FewShotCommandsTest, ChoosesTheThresholdByAFalseAcceptanceRate) {
  for (int i = 0; i < 10; ++i) {
    card("unknown/" + std::to_string(i) + ".png",
         {250, static_cast<std::uint8_t>(60 + 15 * i), 40});
  }
  const std::vector<std::string> options{"--false-acceptance", "0.2",    "--unknown",
                                         path("unknown"),      "--json", path("unknown")};
  const CommandResult result = classify(options);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["false_acceptance"]["value"], 0.2);
  EXPECT_EQ(json["false_rejection"]["value"], 0) << "the cards of a class hardly differ";
  const auto rejected = [](const Json& photo) { return photo["is_rejected"].get<bool>(); };
  EXPECT_EQ(std::count_if(json["photos"].begin(), json["photos"].end(), rejected), 8);
  expect_refused(
      classify({"--false-acceptance", "0.05", "--unknown", path("unknown"), path("unknown")}),
      "it takes 20 or more");
}

TEST_F(FewShotCommandsTest, NamesAPhotoThatIsBothAnExampleAndUnknown) {
  for (int i = 0; i < 3; ++i) {
    card("unknown/" + std::to_string(i) + ".png",
         {250, static_cast<std::uint8_t>(60 + 15 * i), 40});
  }
  // A copy: not one file on both sides, but one image.
  const std::string example = path("support/red/0.png");
  std::filesystem::copy(example, path("unknown/copy.png"));
  const CommandResult result =
      classify({"--false-acceptance", "0.3", "--unknown", path("unknown"), path("unknown/1.png")});
  expect_refused(result, path("unknown/copy.png") + ", given as --unknown, is the same image as " +
                             example + ", an example of a class");
}

TEST_F(FewShotCommandsTest, OneClassIsAskedForByAThreshold) {
  card("one/red/0.png", kRed);
  const std::string query = card("q.png", kRed);
  const std::vector<std::string> arguments{"classify",  "--model",   model(),
                                           "--support", path("one"), query};
  EXPECT_EQ(run(arguments).exit_code, 0) << "the model has a threshold of its own";
  std::vector<std::string> without_threshold = arguments;
  without_threshold.insert(without_threshold.end(), {"--threshold", "none"});
  expect_refused(run(without_threshold), "'red' is the only class");
  std::vector<std::string> with_threshold = arguments;
  with_threshold.insert(with_threshold.end(), {"--threshold", "0.5"});
  const CommandResult result = run(with_threshold);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("red 1.000"));
}

TEST_F(FewShotCommandsTest, ClassifyNamesWhatIsWrong) {
  const std::string query = card("q.png", kRed);
  expect_refused(classify({"--method", "nearby", query}), "method 'nearby'");
  expect_refused(classify({"--method", "nearest:manhattan", query}), "method 'nearest:manhattan'");
  expect_refused(classify({path("missing.png")}), "missing.png");
  EXPECT_EQ(classify({query, "--unknown", path("support")}).exit_code, 2);
  EXPECT_EQ(classify({query, "--threshold", "0.5", "--false-acceptance", "0.1"}).exit_code, 2);
  const auto letter = folder_.write("letter.png", std::string("Dear all, .."));
  const CommandResult partly = classify({"--json", letter.string(), query});
  expect_refused(partly, "letter.png");
  EXPECT_EQ(Json::parse(partly.out)["photos"][1]["classes"][0]["class"], "red")
      << "the others go on";

  std::filesystem::copy(letter, path("support/red/9.png"));
  const CommandResult unreadable = classify({query});
  expect_refused(unreadable, "support/red/9.png");
  EXPECT_THAT(unreadable.err, HasSubstr("replace or remove this example of 'red'"));
  std::filesystem::remove(path("support/red/9.png"));

  std::filesystem::create_directories(path("support/violet"));
  expect_refused(classify({query}), "support/violet: no images");
}

TEST_F(FewShotCommandsTest, KeepsASupportSetInAFileAndReadsItAgain) {
  const std::string query = card("q.png", kGreen, 1), file = path("cards.support");
  const CommandResult first = classify({"--save-support", file, "--json", query});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  const CommandResult again =
      run({"classify", "--model", model(), "--support", file, "--json", query});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.out, first.out) << "classes, shots, probabilities and distances alike";
  // To be one of the unknown, a photo must be no example.
  card("unknown/0.png", kRed);
  card("unknown/1.png", {250, 90, 40});
  expect_refused(run({"classify", "--model", model(), "--support", file, "--false-acceptance",
                      "0.5", "--unknown", path("unknown"), query}),
                 "is the same image as example 1 of 'red'");
}

TEST_F(FewShotCommandsTest, RefusesASupportSetOfAnotherModelOrNone) {
  const std::string query = card("q.png", kGreen), file = path("cards.support");
  ASSERT_EQ(classify({"--save-support", file, query}).exit_code, 0);
  Model other = read_model(model());
  other.record = {{"origin", "elsewhere"}};
  save(other, "other.visavis");
  const auto with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"classify", "--support", file, query};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  expect_refused(with({"--model", (fake_models_folder() / "other.visavis").string()}),
                 "cards.support was made by the model 'fake-cards-");
  expect_refused(with({"--model", model(), "--method", "pixels"}), "a support set is of a model's");
  expect_refused(classify({"--method", "pixels", "--save-support", file, query}),
                 "--save-support: a support set is of a model's");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  expect_refused(with({"--model", model()}), "cards.support ends after");
  expect_refused(classify({"--save-support", query, query}), "is what is read");
}

TEST_F(FewShotCommandsTest, FindsTheInkOfPhotosFirst) {
  // White ink on colour: the ink alone is seen then, as black on white, and all colours are alike.
  Image photo(200, 200);
  for (std::size_t i = 0; i < photo.pixels.size(); ++i) photo.pixels[i] = kRed[i % 3];
  paint_square(photo, 90, 40, 12, kWhite);
  const std::string red = write(photo, "ink/a/red.png");
  for (std::size_t i = 0; i < photo.pixels.size(); ++i) photo.pixels[i] = kBlue[i % 3];
  paint_square(photo, 90, 40, 12, kWhite);
  write(photo, "ink/b/blue.png");
  const CommandResult result =
      run({"classify", "--model", model(), "--support", path("ink"), "--find-ink", "--json", red});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json answer = Json::parse(result.out)["photos"][0]["classes"];
  EXPECT_NEAR(answer[0]["distance"].get<double>(), answer[1]["distance"].get<double>(), 0.01);
  expect_refused(classify({"--find-ink", red}), "No strokes stand out in this picture");
  expect_refused(run({"classify", "--support", path("ink"), "--find-ink", red}),
                 "ink is found for models of whole images");
}

TEST_F(FewShotCommandsTest, EvaluatesEpisodes) {
  const CommandResult result = evaluate(
      {"--episodes", path("support"), "--way", "2,3", "--shot", "1,2", "--queries", "1",
       "--episodes-count", "30", "--method", "prototypes,matching:euclidean,pixels", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["classes"], 3);
  ASSERT_EQ(json["table"].size(), 12U);
  EXPECT_EQ(json["table"][0]["model"], "fake-cards");
  EXPECT_EQ(json["table"][4]["method"], "matching:euclidean");
  EXPECT_EQ(json["table"][8]["model"], "pixels 28x28");
  for (int row = 0; row < 8; ++row) {
    EXPECT_EQ(json["table"][row]["accuracy"], 1) << "colours are easily told";
    EXPECT_EQ(json["table"][row]["ci95"], 0);
    EXPECT_EQ(json["table"][row]["episodes"], 30);
  }
  // Red, green and blue are not equally dark: 0.299, 0.587 and 0.114 of 210.
  EXPECT_EQ(json["table"][8]["accuracy"], 1);
  const CommandResult text = evaluate({"--episodes", path("support"), "--only", "red,blue", "--way",
                                       "2", "--shot", "1", "--queries", "2"});
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("2 classes, 600 episodes"));
  EXPECT_THAT(text.out, HasSubstr("matching:cosine, fake-cards"));
}

TEST_F(FewShotCommandsTest, EvaluateNamesWhatCannotBeDrawn) {
  const auto episodes = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"--episodes", path("support")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return evaluate(arguments);
  };
  expect_refused(episodes({"--way", "2"}),
                 "'blue' has 3 images; a shot of 5 and 5 queries take 10");
  expect_refused(episodes({"--way", "4", "--shot", "1", "--queries", "1"}), "there are 3");
  expect_refused(episodes({"--only", "violet"}), "'violet'");
  EXPECT_EQ(episodes({"--folders", path("support")}).exit_code, 2) << "one protocol at a time";
  std::filesystem::create_directories(path("support/violet"));
  expect_refused(episodes({"--way", "2"}), "support/violet: no images");
}

TEST_F(FewShotCommandsTest, EvaluatesTheOneShotRuns) {
  write_runs();
  const CommandResult result = evaluate({"--one-shot-runs", path("runs"), "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out)["results"][0];
  EXPECT_EQ(json["runs"], 2);
  EXPECT_EQ(json["method"], "nearest:euclidean");
  EXPECT_EQ(json["errors"][0], 0);
  EXPECT_NEAR(json["errors"][1].get<double>(), 2 / 3.0, 1e-12);
  EXPECT_NEAR(json["error"].get<double>(), 1 / 3.0, 1e-12);
  // Of two values the standard error of the mean is half their difference.
  EXPECT_NEAR(json["error_stderr"].get<double>(), 1 / 3.0, 1e-12);
  // A plain card has no ink: of the training images that is an error.
  const CommandResult ink = evaluate({"--one-shot-runs", path("runs"), "--method", "ink"});
  EXPECT_EQ(ink.exit_code, 2);
  EXPECT_THAT(ink.err, HasSubstr("the training image run01/training/class1.png has no embedding"));
  const CommandResult text = evaluate({"--one-shot-runs", path("runs"), "--method", "pixels"});
  EXPECT_THAT(text.out, HasSubstr("pixels:euclidean, pixels 28x28: error 33.33% +- 33.33"));
}

TEST_F(FewShotCommandsTest, RefusesRunsThatDoNotAddUp) {
  write_runs();
  const auto refused = [&](const std::string& part) {
    expect_refused(evaluate({"--one-shot-runs", path("runs")}), part);
  };
  write_labels("run02", {"2", "1"});
  refused("run02/class_labels.txt lacks run02/test/item3.png");
  write_labels("run02", {"2", "1", "4"});
  refused("run02/class_labels.txt:3:");
  folder_.write("runs/run02/class_labels.txt",
                std::string("run02/test/item1.png run02/training/class1.png\n"
                            "run02/test/item1.png run02/training/class2.png\n"));
  refused("has a class already");
  std::filesystem::remove(path("runs/run02/class_labels.txt"));
  refused("no run02/class_labels.txt");
  expect_refused(evaluate({"--one-shot-runs", path("support")}), "no runs");
  EXPECT_EQ(evaluate({"--one-shot-runs", path("runs"), "--episodes", path("support")}).exit_code,
            2);
}

TEST_F(FewShotCommandsTest, RotationsAreAveragedOfWholeImagesOnly) {
  write_runs();
  const CommandResult result =
      evaluate({"--one-shot-runs", path("runs"), "--average-rotations", "-10,0,10", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(Json::parse(result.out)["results"][0]["errors"][0], 0);
  expect_refused(run({"evaluate", "--one-shot-runs", path("runs"), "--average-rotations", "5"}),
                 "only embeddings of whole images");
}

TEST_F(FewShotCommandsTest, BenchTimesChangesAndQueries) {
  const CommandResult result = run({"bench", "--few-shot", "--classes", "30", "--shots", "2",
                                    "--length", "8", "--repeat", "3", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["classes"], 30);
  ASSERT_EQ(json["steps"].size(), 9U);
  for (const Json& step : json["steps"]) EXPECT_GT(step["median_ms"].get<double>(), 0);
}

}  // namespace
}  // namespace visavis::few_shot_commands_test
