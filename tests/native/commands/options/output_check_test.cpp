#include "native/commands/options/output_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "native/commands/commands.h"
#include "tests/native/commands/command_fixture.h"
#include "tests/native/commands/zero_shot_fixture.h"
#include "tests/native/images/encoders.h"

namespace visavis::output_check_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Words = std::vector<std::string>;

/// Every option that names a file to write, with the rest of a command line that works.
struct WritingCommand {
  Words words;  ///< Without the option.
  std::string option;
  std::string good_name;  ///< In the test's folder.
};

class OutputCheckTest : public ZeroShotCommandsTest {
 protected:
  OutputCheckTest() {
    for (const char* name : {"people/a/1.png", "people/a/2.png"}) photo_of(name, kWhite);
    for (const char* name : {"people/b/1.png", "people/b/2.png"}) photo_of(name, kOrange);
    EXPECT_EQ(describe().exit_code, 0);
  }

  [[nodiscard]] std::vector<WritingCommand> writing_commands() const {
    const std::string embedder = (fake_models_folder() / kEmbedderFile).string();
    return {{{"embed", path("people")}, "--out", "e.npy"},
            {{"evaluate", "--folders", path("people")}, "--report", "r.html"},
            {{"calibrate", "--folders", path("people"), "--fmr", "0.5"}, "--out", "c.json"},
            {{"import", "onnx", path("missing.onnx")}, "--out", "i.visavis"},
            {{"convert", embedder, "--weights", "fp16"}, "--out", "v.visavis"},
            {{"train", "--data", path("images"), "--whole-images"}, "--out", "t.visavis"},
            {{"zero-shot", "describe", "--strokes", path("strokes")}, "--out", "d.csv"},
            {{"zero-shot", "train", "--pixels", "--data", path("images"), "--attributes",
              path("attributes.csv")},
             "--out",
             "z.visavis"}};
  }

  /// Expects that the file is refused by its option, in one line, and gives the message.
  std::string expect_refused(const WritingCommand& command, const std::string& file) const {
    Words words = command.words;
    words.push_back(command.option);
    words.push_back(file);
    const CommandResult result = run(words);
    EXPECT_EQ(result.exit_code, kExitBadInput) << result.out << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    return result.err;
  }
};

TEST_F(OutputCheckTest, APhotoIsNoPlaceForResults) {
  const std::string photo = path("people/a/1.png");
  const std::string before = read_text_file(photo);
  for (const WritingCommand& command : writing_commands()) {
    SCOPED_TRACE(command.words.front());
    for (const char* name : {"photo.jpg", "photo.JPEG", "photo.webp", "photo.heic", "a.tar.gz"}) {
      EXPECT_THAT(expect_refused(command, path(name)), HasSubstr("another kind of file"));
      EXPECT_FALSE(fs::exists(path(name)));
    }
    // Without an ending that tells, the content does.
    fs::copy_file(photo, path("photo"), fs::copy_options::overwrite_existing);
    EXPECT_THAT(expect_refused(command, path("photo")), HasSubstr("is there already and is not "));
    EXPECT_EQ(read_text_file(path("photo")), before);
  }
}

TEST_F(OutputCheckTest, NamesOfOtherResultsAreRefused) {
  for (const WritingCommand& command : writing_commands()) {
    SCOPED_TRACE(command.words.front());
    for (const char* ending : {".npy", ".txt", ".json", ".html", ".csv", ".visavis", ".onnx"}) {
      if (command.good_name.ends_with(ending)) continue;
      EXPECT_THAT(expect_refused(command, path(std::string("result") + ending)),
                  HasSubstr("another kind of file"));
    }
  }
}

TEST_F(OutputCheckTest, ThePlaceIsLookedAtFirst) {
  folder_.write("file", std::string("text"));
  for (const WritingCommand& command : writing_commands()) {
    SCOPED_TRACE(command.words.front());
    EXPECT_THAT(expect_refused(command, folder_.path().string()), HasSubstr("is a folder"));
    EXPECT_THAT(expect_refused(command, path("none/" + command.good_name)),
                HasSubstr("there is no folder"));
    EXPECT_THAT(expect_refused(command, path("file/" + command.good_name)),
                HasSubstr("there is no folder"));
    EXPECT_THAT(expect_refused(command, ""),
                AnyOf(HasSubstr("no file name"), HasSubstr("name the model file")));
  }
}

TEST_F(OutputCheckTest, WhatIsReadIsNotReplaced) {
  const std::string embedder = (fake_models_folder() / kEmbedderFile).string();
  const std::string before = read_text_file(embedder);
  fs::create_hard_link(embedder, path("hard.visavis"));
  fs::create_symlink(embedder, path("soft.visavis"));
  const WritingCommand convert{{"convert", embedder, "--weights", "int8"}, "--out", ""};
  const std::string roundabout = (fake_models_folder() / ".." / "models" / kEmbedderFile).string();
  for (const std::string& name :
       {embedder, path("hard.visavis"), path("soft.visavis"), roundabout}) {
    EXPECT_THAT(expect_refused(convert, name), HasSubstr("is what is read"));
  }
  EXPECT_EQ(read_text_file(embedder), before);
  const WritingCommand calibrate{
      {"calibrate", "--pairs", path("pairs.json"), "--images", path("people")}, "--out", ""};
  folder_.write("pairs.json", std::string("{}"));
  EXPECT_THAT(expect_refused(calibrate, path("pairs.json")), HasSubstr("is what is read"));
  const WritingCommand train{
      {"train", "--data", path("images"), "--init", path("hard.visavis")}, "--out", ""};
  EXPECT_THAT(expect_refused(train, embedder), HasSubstr("is what is read"));
}

TEST_F(OutputCheckTest, CropsDoNotReplaceThePhotos) {
  const std::string photo = photo_of("crops/reference.png", kWhite);
  const std::string before = read_text_file(photo);
  const WritingCommand compare{{"compare", path("people/a/1.png"), photo}, "--save-crops", ""};
  EXPECT_THAT(expect_refused(compare, path("crops")), HasSubstr("is what is read"));
  EXPECT_EQ(read_text_file(photo), before);
  EXPECT_THAT(expect_refused(compare, photo), HasSubstr("is no folder"));
  EXPECT_THAT(expect_refused(compare, photo + "/inside"), HasSubstr("is no folder"));
}

TEST_F(OutputCheckTest, EmbedLeavesForeignListsAlone) {
  folder_.write("notes.txt", std::string("milk, eggs\n"));
  const WritingCommand embed{{"embed", path("people")}, "--out", ""};
  EXPECT_THAT(expect_refused(embed, path("notes.npy")),
              HasSubstr("notes.txt, which is there already"));
  EXPECT_EQ(read_text_file(path("notes.txt")), "milk, eggs\n");
  EXPECT_FALSE(fs::exists(path("notes.npy")));
}

TEST_F(OutputCheckTest, EarlierResultsAreReplaced) {
  const Words embed{"embed", path("people"), "--out", path("e.npy")};
  EXPECT_EQ(run(embed).exit_code, kExitDone);
  EXPECT_EQ(run(embed).exit_code, kExitDone);
  folder_.write("empty", std::string());
  EXPECT_EQ(run({"calibrate", "--folders", path("people"), "--fmr", "0.5", "--out", path("empty")})
                .exit_code,
            kExitDone)
      << "an empty file holds nothing to lose";
  const Words report{"evaluate", "--folders", path("people"), "--report", path("r.html")};
  EXPECT_EQ(run(report).exit_code, kExitDone);
  EXPECT_EQ(run(report).exit_code, kExitDone);
}

TEST_F(OutputCheckTest, TrainingLooksAtItsRunFolderFirst) {
  folder_.write("file", std::string("text"));
  const WritingCommand train{
      {"train", "--data", path("images"), "--out", path("t.visavis")}, "--run", ""};
  EXPECT_THAT(expect_refused(train, path("file")), HasSubstr("is no folder"));
  EXPECT_THAT(expect_refused(train, path("file/run")), HasSubstr("is no folder"));
}

TEST_F(OutputCheckTest, ARunningProgramsOutputIsNoFileToReplace) {
  // /dev/null takes what is written and stays what it is.
  const std::string embedder = (fake_models_folder() / kEmbedderFile).string();
  EXPECT_EQ(run({"convert", embedder, "--weights", "fp16", "--out", "/dev/null"}).exit_code,
            kExitDone);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

}  // namespace
}  // namespace visavis::output_check_test
