#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/image/whole_image.h"
#include "core/model/classifier.h"
#include "native/data/class_folders.h"
#include "tests/core/model/random_models.h"
#include "tests/native/commands/command_fixture.h"

namespace visavis::probe_command_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Json = nlohmann::json;

enum class Drawing { kDisc, kSquare, kStripes };

/// Drawn pictures of three classes; the embedder is a small network with random filters, whose
/// embeddings of them a line can tell apart.
class ProbeCommandTest : public CommandTest {
 protected:
  ProbeCommandTest() {
    Random random(3);
    Model model;
    model.name = "drawings";
    model.network.input = {32, 32, 3};
    model.preprocessing = {{127.5F, 127.5F, 127.5F}, {1 / 127.5F, 1 / 127.5F, 1 / 127.5F}};
    Window window{5, 5, 3, 3, 1, 1, {}};
    const ValueId conv = add_layer(model.network, "conv", Convolution{window, 16, 1, true}, {0});
    const ValueId relu = add_layer(model.network, "relu", Relu{}, {conv});
    const ValueId mean = add_layer(model.network, "mean", GlobalAveragePool{}, {relu});
    model.network.outputs = {mean};
    model.parameters = random.parameters(model.network);
    save(model, "drawings.visavis");
    for (const char* set : {"data", "val"}) {
      const int first = set[0] == 'd' ? 0 : 12;
      for (int i = first; i < first + 12; ++i) {
        draw(set, "disc", Drawing::kDisc, i);
        draw(set, "square", Drawing::kSquare, i);
        draw(set, "stripes", Drawing::kStripes, i);
      }
    }
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  [[nodiscard]] std::string model() const {
    return (fake_models_folder() / "drawings.visavis").string();
  }

  static bool is_ink(Drawing drawing, int x, int y, int radius) {
    switch (drawing) {
      case Drawing::kDisc:
        return x * x + y * y < radius * radius;
      case Drawing::kSquare:
        return std::abs(x) < radius && std::abs(y) < radius;
      case Drawing::kStripes:
        return (y + 64) % 6 < 3;
    }
    return false;
  }

  /// Size, place and colour go with the number.
  void draw(const std::string& set, const std::string& name, Drawing drawing, int number) const {
    Image image(48, 48);
    for (int y = 0; y < 48; ++y) {
      for (int x = 0; x < 48; ++x) {
        const bool ink = is_ink(drawing, x - 20 - number % 5, y - 22 - number % 3, 9 + number % 6);
        for (int c = 0; c < 3; ++c) {
          image.pixel(x, y)[c] =
              static_cast<std::uint8_t>(ink ? 20 + 2 * number : 235 - number - c);
        }
      }
    }
    write(image, set + "/" + name + "/" + std::to_string(number) + ".png");
  }

  CommandResult probe(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"probe", "--model", model(), "--out", path("c.visavis")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  void expect_refused(const std::vector<std::string>& more, const std::string& part) const {
    const CommandResult result = probe(more);
    EXPECT_EQ(result.exit_code, 2) << result.out << result.err;
    EXPECT_EQ(result.out, "");
    const std::string lines = result.err.substr(0, result.err.size() - 1);
    EXPECT_THAT(lines.substr(lines.rfind('\n') + 1), HasSubstr(part));
    EXPECT_FALSE(fs::exists(path("c.visavis")));
  }

  static std::string bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(ProbeCommandTest, MakesAClassifierThatTellsDrawingsApart) {
  const CommandResult result =
      probe({"--data", path("data"), "--held-out-data", path("val"), "--ridge", "1e-4", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["embedder"], "drawings");
  EXPECT_EQ(json["training"]["images"], 36);
  EXPECT_EQ(json["training"]["classes"][0]["class"], "disc");
  EXPECT_EQ(json["training"]["classes"][2]["images"], 12);
  EXPECT_GE(json["held_out"]["accuracy"].get<double>(), 0.6) << result.out;
  EXPECT_EQ(json["held_out"]["confusion"].size(), 3U);

  // The figures are those of the file that was written, by the core's own class.
  Classifier classifier(read_model(path("c.visavis")));
  EXPECT_EQ(classifier.classes(), (std::vector<std::string>{"disc", "square", "stripes"}));
  const ClassFolders val = open_class_folders(path("val"), no_progress());
  int right = 0;
  for (std::size_t label = 0; label < 3; ++label) {
    for (const PhotoRef& photo : val.classes[label].photos) {
      const Image image = read_image(val.dataset->full_name(photo.image));
      const auto p = classifier.probabilities(whole_image(image, classifier.input_size()));
      right += std::max_element(p.begin(), p.end()) - p.begin() == static_cast<long>(label);
    }
  }
  EXPECT_DOUBLE_EQ(right / 36.0, json["held_out"]["accuracy"].get<double>());
}

TEST_F(ProbeCommandTest, TwoClassesGiveTwoLogitsAndAreShownByInspect) {
  fs::remove_all(path("data/disc"));
  const CommandResult result = probe({"--data", path("data"), "--balanced"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("2 classes on embeddings of drawings"));
  const CommandResult text = run({"inspect", path("c.visavis")});
  EXPECT_THAT(text.out, HasSubstr("c: classifier"));
  EXPECT_THAT(text.out, HasSubstr("classes   square, stripes"));
  EXPECT_THAT(text.out, HasSubstr("classes alike"));
  const Json json = Json::parse(run({"inspect", "--json", path("c.visavis")}).out);
  EXPECT_EQ(json["kind"], "classifier");
  EXPECT_EQ(json["outputs"], Json::parse("[[2]]"));
  EXPECT_EQ(json["classes"], Json::parse(R"(["square", "stripes"])"));
  EXPECT_EQ(json["record"]["images of class 1"], "12");
  EXPECT_EQ(json["record"]["probe ridge"], "0.01");
}

TEST_F(ProbeCommandTest, TheSameWhateverTheThreadsAndStoredAsAsked) {
  ASSERT_EQ(probe({"--data", path("data"), "--threads", "1"}).exit_code, 0);
  const std::string one = bytes_of(path("c.visavis"));
  ASSERT_EQ(probe({"--data", path("data"), "--threads", "3"}).exit_code, 0);
  EXPECT_TRUE(bytes_of(path("c.visavis")) == one);
  ASSERT_EQ(probe({"--data", path("data"), "--weights", "int8"}).exit_code, 0);
  EXPECT_LT(bytes_of(path("c.visavis")).size(), one.size());
  EXPECT_EQ(Json::parse(run({"inspect", "--json", path("c.visavis")}).out)["weights"], "int8");
}

TEST_F(ProbeCommandTest, TakesClassesFromSeveralFoldersAndNamesWhatItLeavesOut) {
  fs::create_directories(path("more"));
  fs::rename(path("data/disc"), path("more/disc"));
  folder_.write("more/disc/broken.png", "no picture");
  const CommandResult result = probe({"--data", path("data"), path("more"), "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("left out: "));
  EXPECT_THAT(result.err, HasSubstr("broken.png"));
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["training"]["images"], 36);
  EXPECT_EQ(json["training"]["images_unreadable"], 1);
}

TEST_F(ProbeCommandTest, RefusesDataThatNothingCanBeLearnedFrom) {
  draw("one", "disc", Drawing::kDisc, 1);
  draw("one", "disc", Drawing::kDisc, 2);
  expect_refused({"--data", path("one")}, "only one class, 'disc'");
  draw("one", "square", Drawing::kSquare, 1);
  expect_refused({"--data", path("one")},
                 "class 'square' has 1 usable image; each class needs two");
  folder_.write("one/square/2.png", "no picture");
  expect_refused({"--data", path("one")},
                 "class 'square' has 1 usable image; each class needs two");
  fs::copy(path("one/disc/1.png"), path("one/loose.png"));
  expect_refused({"--data", path("one")}, "loose.png: lies in no class's folder");
  expect_refused({"--data", path("nothing")}, "nothing");
}

TEST_F(ProbeCommandTest, RefusesHeldOutDataOfOtherClasses) {
  fs::rename(path("val/disc"), path("val/ring"));
  expect_refused({"--data", path("data"), "--held-out-data", path("val")},
                 "class 'ring' is not among the classes learned");
  fs::remove_all(path("val/ring"));
  expect_refused({"--data", path("data"), "--held-out-data", path("val")},
                 "no images of class 'disc'");
}

TEST_F(ProbeCommandTest, RefusesOtherModelsRidgesAndPlaces) {
  const auto with_model = [&](const char* file) {
    return run({"probe", "--model", (fake_models_folder() / file).string(), "--data", path("data"),
                "--out", path("c.visavis")});
  };
  EXPECT_THAT(with_model(kEmbedderFile).err, HasSubstr("an embedder of aligned faces"));
  EXPECT_EQ(with_model(kEmbedderFile).exit_code, 2);
  EXPECT_THAT(with_model(kLandmarksFile).err, HasSubstr("a face landmarks, no embedder"));
  EXPECT_EQ(with_model(kLandmarksFile).exit_code, 2);
  for (const char* ridge : {"0", "-1", "nan", "inf"}) {
    expect_refused({"--data", path("data"), std::string("--ridge=") + ridge}, "ridge");
  }
  const std::string embedder = bytes_of(model());
  for (const std::string& out : {path("data"), path("no/such/c.visavis"), model()}) {
    const CommandResult result =
        run({"probe", "--model", model(), "--data", path("data"), "--out", out});
    EXPECT_EQ(result.exit_code, 2) << out;
    EXPECT_THAT(result.err, HasSubstr(out));
  }
  EXPECT_TRUE(bytes_of(model()) == embedder);
}

}  // namespace
}  // namespace visavis::probe_command_test
