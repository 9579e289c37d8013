#include "native/commands/options/usage_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "native/commands/commands.h"
#include "native/system/version.h"
#include "tests/native/commands/run_command.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis::usage_error_test {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

std::string refused(const Words& arguments) {
  const CommandResult result = run_visavis(arguments, "/nowhere");
  EXPECT_EQ(result.exit_code, kExitBadInput) << testing::PrintToString(arguments);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  return result.err;
}

TEST(NearestWord, IsASlipAway) {
  const Words commands{"compare", "embed", "evaluate", "classify", "train"};
  EXPECT_EQ(nearest_word("comapre", commands), "compare");
  EXPECT_EQ(nearest_word("compar", commands), "compare");
  EXPECT_EQ(nearest_word("trian", commands), "train");
  EXPECT_EQ(nearest_word("eval", commands), "evaluate") << "a beginning";
  EXPECT_EQ(nearest_word("e", commands), "") << "too little to tell";
  EXPECT_EQ(nearest_word("banana", commands), "");
  EXPECT_EQ(nearest_word("", commands), "");
}

TEST(UsageErrors, NameTheWordThatIsNoCommand) {
  EXPECT_THAT(refused({"comapre", "a.jpg", "b.jpg"}),
              HasSubstr("no command 'comapre'; did you mean 'compare'?"));
  EXPECT_THAT(refused({"comapre", "--help"}), HasSubstr("did you mean 'compare'?"));
  EXPECT_THAT(refused({"frobnicate"}), HasSubstr("no command 'frobnicate'; see visavis --help"));
  EXPECT_THAT(refused({"import", "onx", "a.onnx"}), HasSubstr("did you mean 'onnx'?"));
  EXPECT_THAT(refused({"zero-shot", "clasify"}), HasSubstr("did you mean 'classify'?"));
  EXPECT_THAT(refused({"a\nb"}), HasSubstr("no command 'a\\nb'"));
  EXPECT_THAT(refused({}), HasSubstr("name a command: compare, enrol, embed"));
  EXPECT_THAT(refused({"zero-shot"}), HasSubstr("visavis zero-shot: name a command: describe"));
}

TEST(UsageErrors, NameTheOptionThatThereIsNot) {
  EXPECT_THAT(refused({"compare", "a", "b", "--treshold", "1"}),
              HasSubstr("visavis compare has no option --treshold; did you mean '--threshold'?"));
  EXPECT_THAT(refused({"train", "--learning-rate=1"}), HasSubstr("has no option --learning-rate"));
  EXPECT_THAT(refused({"embed", "photos", "--ot", "x.npy"}), HasSubstr("did you mean '--out'?"))
      << "rather than that --out is required";
  EXPECT_THAT(refused({"--verison"}), HasSubstr("did you mean '--version'?"));
  EXPECT_THAT(refused({"compare", "a"}), HasSubstr("probe is required"));
  EXPECT_THAT(refused({"inspect", "a", "b"}), HasSubstr("not expected: b"));
}

TEST(UsageErrors, APhotoMayBeCalledLikeACommand) {
  EXPECT_THAT(refused({"compare", "train", "embed"}), HasSubstr("train: no such file"));
}

TEST(Version, IsTheProjectsAndThePackages) {
  const CommandResult result = run_visavis({"--version"}, "/nowhere");
  EXPECT_EQ(result.exit_code, kExitDone);
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, testing::StartsWith("visavis " + version() + "\n"));
  EXPECT_THAT(result.out, HasSubstr("processor: "));
  // Tests run in the project's folder.
  EXPECT_THAT(read_text_file("CMakeLists.txt"), HasSubstr("project(visavis VERSION " + version()));
  EXPECT_THAT(read_text_file("wasm/package.json"), HasSubstr("\"version\": \"" + version() + "\""));
}

}  // namespace
}  // namespace visavis::usage_error_test
