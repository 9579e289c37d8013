// `visavis train` on the folders that somebody has who tries it for the first time: few people, and
// folders that are not as they should be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "native/commands/commands.h"
#include "native/training/distributed/make_communicator.h"
#include "native/training/run/trainer.h"
#include "tests/native/commands/command_fixture.h"
#include "tests/native/training/run/striped_pictures.h"

namespace visavis::beginner_folders_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class BeginnerFoldersTest : public CommandTest {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  void people(const std::string& folder, int count, int photos) {
    for (int c = 0; c < count; ++c) {
      for (int i = 0; i < photos; ++i) {
        picture(folder + "/p" + std::to_string(c) + "/" + std::to_string(i) + ".png", c);
      }
    }
  }
  std::string picture(const std::string& name, int of_class) {
    return write(striped_picture(of_class, random_), name);
  }

  /// The smallest network and two steps; all else as it comes.
  [[nodiscard]] std::vector<std::string> arguments(const std::string& data,
                                                   const std::vector<std::string>& more) const {
    std::vector<std::string> all{"train",      "--whole-images",
                                 "--data",     path(data),
                                 "--arch",     "conv4",
                                 "--channels", "1",
                                 "--size",     "16",
                                 "--threads",  "1",
                                 "--cache",    path("images.cache"),
                                 "--augment",  "none"};
    const auto add_unless_given = [&](const std::string& option, const std::string& value) {
      if (std::find(more.begin(), more.end(), option) != more.end()) return;
      all.push_back(option);
      all.push_back(value);
    };
    add_unless_given("--steps", "2");
    add_unless_given("--embedding", "8");
    add_unless_given("--out", path("m.visavis"));
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  CommandResult train_on(const std::string& data, const std::vector<std::string>& more = {}) const {
    return run(arguments(data, more));
  }

  /// The message: the last line. Nothing was prepared for it, and nothing is left behind.
  std::string refused(const std::string& data, const std::vector<std::string>& more = {}) const {
    const CommandResult result = train_on(data, more);
    EXPECT_EQ(result.exit_code, kExitBadInput) << result.err;
    EXPECT_FALSE(std::filesystem::exists(path("images.cache"))) << result.err;
    EXPECT_FALSE(std::filesystem::exists(path("m.visavis"))) << result.err;
    EXPECT_FALSE(std::filesystem::exists(path("m.visavis.run"))) << result.err;
    if (result.err.starts_with("visavis: ")) return result.err;
    const std::size_t start = result.err.rfind("\nvisavis: ");
    return start == std::string::npos ? "no message: " + result.err : result.err.substr(start + 1);
  }

  std::mt19937 random_{1};
};

/// What decides between success and refusal is drawn by the seed; the network is of no matter.
TEST_F(BeginnerFoldersTest, FewPeopleOfFivePhotosAreTrainedOnWhateverTheSeed) {
  const std::unique_ptr<Communicator> ranks = make_communicator();
  for (const int count : {2, 3, 4, 6, 10, 20}) {
    const std::string data = "of" + std::to_string(count);
    people(data, count, 5);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      TrainOptions options;
      options.data.sources = {{path(data)}};
      options.data.aligns_faces = false;
      options.data.held_out.adapts = true;
      options.loss.adapts = {true, true, true, true, true};
      options.network.architecture = "conv4";
      options.network.architecture_options = {
          .height = 16, .width = 16, .channels = 1, .embedding_length = 8};
      options.optimization.steps = 1;
      options.run.threads = 1;
      options.run.overwrites = true;
      options.run.seed = seed;
      options.data.cache = path("images.cache");
      options.run.out = path(data + ".visavis");
      options.run.folder = path(data + ".run");
      std::filesystem::remove(options.run.out);
      ASSERT_NO_THROW(train(options, *ranks, no_progress())) << count << " people, seed " << seed;
      const Model model = read_model(options.run.out);
      EXPECT_EQ(model.calibration.points.empty(), count < 4)
          << count << " people, seed " << seed << ": two held out give 25 impostor pairs";
    }
  }
}

TEST_F(BeginnerFoldersTest, SaysWhatItMadeOfFewPeople) {
  people("four", 4, 5);
  const CommandResult four = train_on("four");
  ASSERT_EQ(four.exit_code, kExitDone) << four.err;
  EXPECT_THAT(four.err, HasSubstr("10 photos of 2 people to learn from, 10 of 2 held out"));
  EXPECT_THAT(four.err, HasSubstr("batches of 2 people x 4 photos, not of 16 people x 4 photos"));
  people("three", 3, 2);
  const CommandResult three = train_on("three", {"--overwrite"});
  ASSERT_EQ(three.exit_code, kExitDone) << three.err;
  EXPECT_THAT(three.err, HasSubstr("nobody is held out: 4 people with two photos or more would"));
  EXPECT_THAT(three.err, HasSubstr("batches of 3 people x 2 photos"));
  people("pairs", 4, 2);
  const CommandResult pairs = train_on("pairs", {"--overwrite"});
  ASSERT_EQ(pairs.exit_code, kExitDone) << pairs.err;
  EXPECT_THAT(pairs.err, HasSubstr("4 pairs of different people: too few for a threshold"));
  people("set", 12, 5);
  for (const char* loss : {"arcface", "prototypical:scale=5", "contrastive", "matching"}) {
    const CommandResult result = train_on("set", {"--overwrite", "--loss", loss});
    EXPECT_EQ(result.exit_code, kExitDone) << loss << ": " << result.err;
    EXPECT_THAT(result.err, HasSubstr("note: batches of ")) << loss;
  }
}

TEST_F(BeginnerFoldersTest, SinglePhotosTrainLossesOfClasses) {
  people("singles", 12, 1);
  const CommandResult result = train_on("singles", {"--loss", "arcface"});
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  EXPECT_THAT(result.err, HasSubstr("nobody is held out"));
  people("one_and_more", 12, 1);
  people("one_and_more", 1, 2);
  EXPECT_THAT(train_on("one_and_more", {"--overwrite", "--loss", "arcface"}).err,
              HasSubstr("; 11 people have one photo only"));
  people("all_but_one", 12, 2);
  std::filesystem::remove(path("all_but_one/p3/1.png"));
  EXPECT_THAT(train_on("all_but_one", {"--overwrite", "--loss", "arcface"}).err,
              HasSubstr("; 1 person has one photo only"));
}

TEST_F(BeginnerFoldersTest, RefusesFoldersThatAreNotAsTheyShouldBeBeforeItReadsAPhoto) {
  people("singles", 12, 1);
  people("one", 1, 5);
  for (int i = 0; i < 5; ++i) picture("flat/IMG_" + std::to_string(i) + ".png", i);
  for (int i = 0; i < 5; ++i) picture("flat2/DSC" + std::to_string(i) + ".png", i);
  picture("photo.png", 1);
  std::filesystem::create_directories(folder_ / "empty");
  folder_.write("letters/a/1.txt", std::string("Dear Bo"));
  folder_.write("letter.txt", std::string("Dear Bo"));
  people("good folder/\u0395\u03bb\u03bb\u03b7\u03bd", 2, 5);
  struct Case {
    const char* data;
    std::vector<std::string> more;
    std::vector<std::string> words;
  };
  const std::vector<Case> cases{
      {"singles", {}, {"one photo only", "loss 'triplet'", "arcface"}},
      {"singles", {"--loss", "prototypical"}, {"one photo only", "arcface"}},
      {"one", {}, {"1 person;", "a folder for each"}},
      {"one/p0", {}, {"lie directly in", "the folder above"}},
      {"flat", {}, {"lie directly in", "/ADA"}},
      {"flat2", {}, {"lie directly in"}},
      {"photo.png", {}, {"is one photo", "a folder for each person"}},
      {"empty", {}, {"no image files"}},
      {"letters", {}, {"no image files", "letters/a/1.txt: the file is no image"}},
      {"letter.txt", {}, {"letter.txt: the file is no image", "not a readable tar"}},
      {"nowhere", {}, {"nowhere: no such folder"}},
      {"good folder", {"--people", "3"}, {"3 people or classes, and 2 can be used"}},
      {"good folder", {"--photos", "6"}, {"6 photos per person: nobody has more than 5"}},
      {"good folder", {"--held-out", "0.5", "--seed", "3"}, {"2 or more are needed"}},
      {"good folder", {"--validate-on", "Bo"}, {"--validate-on Bo: no class"}},
      {"good folder", {"--leave-out", "Bo"}, {"--leave-out Bo: no class"}},
      {"good folder", {"--loss", "triplet:margin=-1"}, {"margin"}},
      {"good folder", {"--loss", "koch", "--metric", "4"}, {"a layer of its own"}},
      {"good folder", {"--loss", "prototypical", "--shot", "5"}, {"usable images"}},
      {"good folder", {"--loss", "distill", "--teacher", "nowhere.visavis"}, {"nowhere.visavis"}},
      {"good folder",
       {"--loss", "distill", "--teacher", (fake_models_folder() / kNearDetectorFile).string()},
       {"--teacher", kNearDetectorFile}},
      {"good folder", {"--init", "nowhere.visavis"}, {"nowhere.visavis"}},
      {"good folder", {"--batch", "1000000", "--loss", "arcface"}, {"GB", "--batch of"}},
      {"good folder", {"--out", path("letters")}, {"is a folder; name a file"}},
      {"good folder", {"--out", path("new/m.visavis")}, {"no folder", "make it first"}},
      {"good folder", {"--out", path("photo.png")}, {"another kind of file"}},
  };
  for (const Case& c : cases) {
    const std::string message = refused(c.data, c.more);
    for (const std::string& words : c.words) {
      EXPECT_THAT(message, HasSubstr(words)) << c.data;
    }
    EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 1) << message;
  }
}

TEST_F(BeginnerFoldersTest, AStartThatDoesNotFitIsRefusedBeforeItReadsAPhoto) {
  people("set", 6, 5);
  ASSERT_EQ(train_on("set", {"--out", path("start.visavis")}).exit_code, kExitDone);
  std::filesystem::remove(path("images.cache"));
  const std::string model = path("start.visavis");
  const std::string checkpoint = path("start.visavis.run/checkpoint");
  EXPECT_THAT(refused("set", {"--init", model, "--embedding", "16"}), HasSubstr("--embedding"));
  EXPECT_THAT(refused("set", {"--init", model, "--embedding", "16", "--loss", "arcface"}),
              HasSubstr("8"));
  EXPECT_EQ(train_on("set", {"--init", checkpoint, "--embedding", "16"}).exit_code, kExitDone)
      << "of a checkpoint all that fits is taken";
  EXPECT_EQ(train_on("set", {"--init", model, "--overwrite"}).exit_code, kExitDone);
}

TEST_F(BeginnerFoldersTest, TrainsOnFoldersThatAreLinksNestedOrOddlyNamed) {
  people("real", 6, 5);
  std::filesystem::create_directories(folder_ / "links");
  for (int c = 0; c < 6; ++c) {
    const std::string name = "p" + std::to_string(c);
    std::filesystem::create_directory_symlink("../real/" + name, folder_ / ("links/" + name));
    people("nested/team " + std::to_string(c % 2) + "/\u65e5\u672c" + name, 1, 5);
  }
  for (int c = 0; c < 6; ++c) {
    for (int i = 0; i < 5; ++i) {
      picture(
          "names/" + std::string(1, static_cast<char>('a' + c)) + "_" + std::to_string(i) + ".png",
          c);
    }
  }
  for (const char* data : {"links", "nested", "names"}) {
    const CommandResult result = train_on(data, {"--overwrite"});
    ASSERT_EQ(result.exit_code, kExitDone) << data << ": " << result.err;
    EXPECT_THAT(result.err, HasSubstr("20 photos of 4 people to learn from, 10 of 2 held out"))
        << data;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '_') > 0,
              std::string(data) == "names")
        << "who is told by the photos' names is told so: " << result.err;
  }
  picture("real/p0/old/0.png", 0);
  picture("real/p0/old/1.png", 0);
  const CommandResult real = train_on("real", {"--overwrite"});
  EXPECT_THAT(real.err, HasSubstr("1 person's folder lies in the folder of another person"))
      << real.err;
}

TEST_F(BeginnerFoldersTest, ListsAllThatIsLeftOut) {
  people("set", 12, 6);
  for (int i = 0; i < 8; ++i) {
    folder_.write("set/p" + std::to_string(i) + "/empty.png", std::string());
    folder_.write("set/p" + std::to_string(i) + "/notes", std::string("notes"));
  }
  picture("set/beside.png", 1);
  std::filesystem::create_directories(folder_ / "set/nobody");
  std::filesystem::rename(folder_ / "set/p9/0.png", folder_ / "set/p9/0");
  const CommandResult result = train_on("set");
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  EXPECT_THAT(result.err, HasSubstr("left out: 18 in all, listed in "));
  const std::string problems = read_text_file(path("m.visavis.run/problems.txt"));
  EXPECT_EQ(std::count(problems.begin(), problems.end(), '\n'), 18) << problems;
  EXPECT_THAT(problems, AllOf(HasSubstr("set/p0/empty.png: the file is empty"),
                              HasSubstr("set/p7/notes: the file is no image"),
                              HasSubstr("set/beside.png: lies in nobody's folder"),
                              HasSubstr("set/nobody: no photos"), Not(HasSubstr("two people"))));
  EXPECT_THAT(result.err, HasSubstr("of 10 people to learn from"));
}

TEST_F(BeginnerFoldersTest, AResumedRunTellsWhichPhotosChanged) {
  people("set", 6, 5);
  ASSERT_EQ(train_on("set").exit_code, kExitDone);
  const auto resumed = [&] {
    const CommandResult result = train_on("set", {"--resume"});
    EXPECT_EQ(result.exit_code, kExitBadInput) << result.err;
    return result.err;
  };
  std::filesystem::rename(folder_ / "set/p1/2.png", folder_ / "kept");
  EXPECT_THAT(resumed(), HasSubstr("1 photo is gone (p1/2.png); a resumed run needs the same"));
  picture("set/p3/9.png", 3);
  EXPECT_THAT(resumed(), HasSubstr("1 photo is gone (p1/2.png), 1 photo is new (p3/9.png)"));
  std::filesystem::remove(folder_ / "set/p3/9.png");
  for (const char* name : {"0", "1", "3", "4"}) {
    picture("set/p1/" + std::string(name) + ".png", 1);
  }
  std::filesystem::rename(folder_ / "kept", folder_ / "set/p1/2.png");
  EXPECT_THAT(resumed(),
              HasSubstr("4 photos have changed (p1/0.png, p1/1.png, p1/3.png, ..); a resumed"));
}

}  // namespace
}  // namespace visavis::beginner_folders_test
