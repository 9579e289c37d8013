#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "native/commands/commands.h"
#include "tests/native/commands/command_fixture.h"

namespace visavis::dry_run_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

/// The commands with --dry-run, on two people with three drawn photos each.
class DryRunTest : public CommandTest {
 protected:
  DryRunTest() {
    for (const char* photo : {"1.png", "2.png", "3.png"}) {
      photo_of(std::string("people/ada/") + photo, kWhite);
      photo_of(std::string("people/bo/") + photo, kOrange);
    }
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  /// All that there is, since a dry run adds nothing to it.
  [[nodiscard]] std::set<fs::path> files() const {
    std::set<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / ".")) {
      found.insert(entry.path());
    }
    return found;
  }

  /// Expects that the dry run ends well, says `line` and nothing else, and leaves no file.
  void expect_line(std::vector<std::string> arguments, const std::string& line) const {
    arguments.emplace_back("--dry-run");
    const std::set<fs::path> before = files();
    const CommandResult result = run(arguments);
    EXPECT_EQ(result.exit_code, kExitDone) << result.err;
    EXPECT_EQ(result.out, "dry run: would " + line + "\n");
    EXPECT_EQ(files(), before);
  }

  /// Expects that the dry run is refused as the command is.
  void expect_refused_alike(std::vector<std::string> arguments, const std::string& why) const {
    const CommandResult in_earnest = run(arguments);
    arguments.emplace_back("--dry-run");
    const CommandResult dry = run(arguments);
    EXPECT_EQ(dry.exit_code, kExitBadInput) << dry.out;
    EXPECT_THAT(dry.err, HasSubstr(why));
    EXPECT_THAT(dry.out, IsEmpty());
    EXPECT_EQ(in_earnest.exit_code, dry.exit_code);
    EXPECT_THAT(in_earnest.err, HasSubstr(why));
  }
};

TEST_F(DryRunTest, EachCommandSaysWhatItWouldDo) {
  const std::string people = path("people");
  expect_line({"embed", people, "--out", path("t.npy")},
              "embed 6 photos by fake-embedder and write " + path("t.npy"));
  expect_line({"evaluate", "--folders", people, "--report", path("r.html")},
              "measure 15 pairs of 6 photos (all pairs of people) by fake-embedder");
  expect_line({"evaluate", "--folders", people + "/", "--robustness"},
              "measure 15 pairs of 6 photos (all pairs of people) by fake-embedder");
  expect_line({"evaluate", "--episodes", people, "--way", "2", "--shot", "1", "--queries", "2",
               "--method", "prototypes,pixels"},
              "draw 600 episodes for each way and shot from 2 classes and tell them by 2 methods");
  expect_line({"calibrate", "--folders", people, "--out", path("t.json")},
              "measure 15 pairs of 6 photos by fake-embedder and write " + path("t.json"));
}

TEST_F(DryRunTest, TrainingMakesNeitherRunNorCache) {
  const std::string out = path("mine.visavis");
  const std::vector<std::string> train{"train",   "--data",      path("people"), "--size", "32",
                                       "--cache", path("cache"), "--out",        out};
  expect_line(train,
              "train mobilefacenet, 32x32x3, with loss triplet on 6 photos of 2 people and "
              "write " +
                  out);
  std::vector<std::string> unknown_loss = train;
  unknown_loss.insert(unknown_loss.end(), {"--loss", "tripled"});
  expect_refused_alike(unknown_loss, "tripled");
  std::vector<std::string> no_run = train;
  no_run.emplace_back("--resume");
  expect_refused_alike(no_run, "mine.visavis.run");
}

TEST_F(DryRunTest, ReadsTheModels) {
  const std::string people = path("people");
  const std::string detector = (fake_models_folder() / kNearDetectorFile).string();
  expect_refused_alike({"evaluate", "--folders", people, "--model", path("none.visavis")},
                       "none.visavis");
  expect_refused_alike({"evaluate", "--folders", people, "--model", detector}, "no face embedder");
  expect_refused_alike(
      {"calibrate", "--folders", people, "--model", detector, "--out", path("t.json")},
      "no face embedder");
  expect_refused_alike({"evaluate", "--episodes", people, "--method", "full-context", "--way", "2",
                        "--shot", "1", "--queries", "1"},
                       "full");
  expect_refused_alike({"probe", "--model", detector, "--data", people, "--out", path("p.visavis")},
                       "no embedder");
}

TEST_F(DryRunTest, ChecksWhatIsToBeWritten) {
  const std::string photo = path("people/ada/1.png");
  expect_refused_alike({"calibrate", "--folders", path("people"), "--out", photo}, photo);
  expect_refused_alike({"embed", path("people"), "--out", path("nowhere/t.npy")}, "nowhere");
}

}  // namespace
}  // namespace visavis::dry_run_test
