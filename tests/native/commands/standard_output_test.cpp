#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "native/commands/commands.h"
#include "tests/native/commands/zero_shot_fixture.h"
#include "tests/native/onnx/onnx_builder.h"

namespace visavis::standard_output_test {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

/// A command line that works, of every command there is.
class StandardOutputTest : public ZeroShotCommandsTest {
 protected:
  StandardOutputTest() {
    for (const char* name : {"people/a/1.png", "people/a/2.png"}) photo_of(name, kWhite);
    for (const char* name : {"people/b/1.png", "people/b/2.png"}) photo_of(name, kOrange);
    OnnxBuilder builder({1, 3, 8, 8});
    builder.node("Relu", "y", {"x"});
    builder.output("y");
    folder_.write("net.onnx", builder.bytes());
    folder_.write("groups.csv", std::string("id,tone\na,cold\nb,warm\n"));
  }

  [[nodiscard]] std::vector<Words> command_lines() const {
    const std::string face = path("people/a/1.png");
    const std::string embedder = (fake_models_folder() / kEmbedderFile).string();
    return {
        {"compare", face, path("people/b/1.png")},
        {"compare", face, path("people/b/1.png"), "--json"},
        {"enrol", face, "--out", path("a.template")},
        {"enrol", face, "--out", path("a.template"), "--json"},
        {"embed", path("people"), "--out", path("e.npy")},
        {"embed", path("people"), "--out", path("e.npy"), "--json"},
        {"evaluate", "--folders", path("people")},
        {"evaluate", "--folders", path("people"), "--json"},
        {"classify", "--support", path("people"), face, "--threshold", "1"},
        {"classify", "--support", path("people"), face, "--threshold", "1", "--json"},
        {"calibrate", "--folders", path("people"), "--fmr", "0.5", "--out", path("c.json")},
        {"debias", "--strangers", path("people"), "--groups", path("groups.csv"), "--out",
         path("d.visavis")},
        {"import", "onnx", path("net.onnx"), "--out", path("net.visavis")},
        {"probe", "--model", path("net.visavis"), "--data", path("images/First"), "--out",
         path("p.visavis")},
        {"probe", "--model", path("net.visavis"), "--data", path("images/First"), "--out",
         path("p.visavis"), "--json"},
        {"convert", embedder, "--weights", "fp16", "--out", path("half.visavis")},
        {"inspect", embedder},
        {"inspect", embedder, "--json"},
        {"bench", "--few-shot", "--classes", "2", "--shots", "1", "--length", "4", "--repeat", "1"},
        {"bench", "--few-shot", "--classes", "2", "--shots", "1", "--length", "4", "--repeat", "1",
         "--json"},
        {"train", "--explain"},
        {"zero-shot", "describe", "--strokes", path("strokes"), "--out", path("attributes.csv")},
        {"zero-shot", "train", "--pixels", "--data", path("images/First"), "--attributes",
         path("attributes.csv"), "--folds", "3", "--out", path("z.visavis")},
        {"zero-shot", "classify", "--zero-shot", path("z.visavis"), "--pixels", "--attributes",
         path("attributes.csv"), path("images/Second")},
        {"zero-shot", "classify", "--zero-shot", path("z.visavis"), "--pixels", "--attributes",
         path("attributes.csv"), path("images/Second"), "--json"},
        {"zero-shot", "evaluate", "--pixels", "--data", path("images"), "--attributes",
         path("attributes.csv"), "--unseen", "Second", "--way", "2", "--folds", "3", "--methods",
         "eszsl"},
        {"zero-shot", "evaluate", "--pixels", "--data", path("images"), "--attributes",
         path("attributes.csv"), "--unseen", "Second", "--way", "2", "--folds", "3", "--methods",
         "eszsl", "--json"},
        {"--help"},
        {"--version"},
        {"train", "--help"}};
  }
};

void collect_commands(const CLI::App& app, const std::string& name, std::set<std::string>& names) {
  const auto inner = app.get_subcommands({});
  if (inner.empty()) names.insert(name);
  for (const CLI::App* command : inner) {
    collect_commands(*command,
                     name.empty() ? command->get_name() : name + " " + command->get_name(), names);
  }
}

TEST_F(StandardOutputTest, EveryCommandIsTried) {
  CLI::App app;
  int exit_code = 0;
  add_commands(app, exit_code);
  std::set<std::string> all;
  collect_commands(app, "", all);
  EXPECT_GE(all.size(), 15U);
  std::set<std::string> tried;
  for (const Words& words : command_lines()) {
    if (words.front().starts_with('-')) continue;
    const bool is_nested = words.front() == "import" || words.front() == "zero-shot";
    tried.insert(is_nested ? words[0] + " " + words[1] : words[0]);
  }
  EXPECT_EQ(tried, all) << "add a command line that works to this test";
}

TEST_F(StandardOutputTest, AFullDiskBehindItIsNoSuccess) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  const std::string models = fake_models_folder().string();
  for (const Words& words : command_lines()) {
    SCOPED_TRACE(testing::PrintToString(words));
    const CommandResult whole = run_visavis(words, models);
    ASSERT_THAT(whole.exit_code, testing::AnyOf(kExitDone, kExitReview)) << whole.err;
    EXPECT_NE(whole.out, "");
    const CommandResult full = run_visavis_into("/dev/full", words, models);
    EXPECT_EQ(full.exit_code, kExitBadInput);
    EXPECT_THAT(full.err,
                HasSubstr("visavis: standard output cannot be written: No space left on device"));
  }
}

TEST_F(StandardOutputTest, WhereItIsClosedNoFileTakesItsPlace) {
  const std::string models = fake_models_folder().string();
  const Words words{"convert",   (fake_models_folder() / kEmbedderFile).string(),
                    "--weights", "fp32",
                    "--out",     path("copy.visavis")};
  ASSERT_EQ(run_visavis(words, models).exit_code, kExitDone);
  const std::string whole = read_text_file(path("copy.visavis"));
  const CommandResult closed = run_visavis_into(kClosedStream, words, models);
  EXPECT_EQ(closed.exit_code, kExitBadInput);
  EXPECT_THAT(closed.err, HasSubstr("standard output cannot be written"));
  EXPECT_EQ(read_text_file(path("copy.visavis")), whole);
}

}  // namespace
}  // namespace visavis::standard_output_test
