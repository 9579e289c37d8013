#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "native/commands/commands.h"
#include "tests/native/commands/command_fixture.h"

namespace visavis::odd_names_test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kLatin1 = "caf\xE9.png";  // No UTF-8.
constexpr const char* kCleaned = "caf\xEF\xBF\xBD.png";
constexpr const char* kTwoLines = "two\nlines.png";

/// File names are any bytes but '/' and NUL.
class OddNamesTest : public CommandTest {
 protected:
  OddNamesTest() {
    for (const std::string folder : {"people/a\xE8/", "people/b\nc/"}) {
      for (const char* name : {kLatin1, kTwoLines, "back\\slash.png"}) {
        photo_of(folder + name, folder.starts_with("people/a") ? kWhite : kOrange);
      }
    }
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  static std::ptrdiff_t lines_of(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  }
};

TEST_F(OddNamesTest, JsonIsAlwaysJson) {
  const std::string latin1 = path("people/a\xE8/") + kLatin1;
  const json compared = json::parse(run({"compare", latin1, latin1, "--json"}).out);
  EXPECT_THAT(compared["probe"]["file"].get<std::string>(), HasSubstr(kCleaned));
  const json classified = json::parse(
      run({"classify", "--support", path("people"), latin1, "--threshold", "1", "--json"}).out);
  EXPECT_EQ(classified["photos"][0]["classes"][0]["class"], "a\xEF\xBF\xBD");
  write(Image(300, 200), std::string("dark/") + kLatin1);
  const json embedded =
      json::parse(run({"embed", path("dark"), latin1, "--out", path("e.npy"), "--json"}).out);
  EXPECT_THAT(embedded["without_face"][0]["file"].get<std::string>(), HasSubstr(kCleaned));
  const json evaluated = json::parse(run({"evaluate", "--folders", path("people"), "--json"}).out);
  EXPECT_EQ(evaluated["images"], 6);
  const std::string embedder = (fake_models_folder() / kEmbedderFile).string();
  ASSERT_EQ(
      run({"convert", embedder, "--weights", "fp32", "--name", "\xFF", "--out", path("m.visavis")})
          .exit_code,
      kExitDone);
  EXPECT_EQ(json::parse(run({"inspect", path("m.visavis"), "--json"}).out)["name"], "\xEF\xBF\xBD");
}

TEST_F(OddNamesTest, ACalibrationTableIsJsonToo) {
  std::filesystem::rename(folder_ / "people", folder_ / "p\xE9ople");
  const CommandResult result =
      run({"calibrate", "--folders", path("p\xE9ople"), "--fmr", "0.5", "--out", path("c.json")});
  ASSERT_EQ(result.exit_code, kExitDone) << result.err;
  EXPECT_THAT(json::parse(read_text_file(path("c.json")))["source"].get<std::string>(),
              HasSubstr("p\xEF\xBF\xBDople"));
}

TEST_F(OddNamesTest, AListOfNamesHasALineForEach) {
  ASSERT_EQ(run({"embed", path("people"), "--out", path("e.npy")}).exit_code, kExitDone);
  const std::string names = read_text_file(path("e.txt"));
  EXPECT_EQ(lines_of(names), 6) << names;
  EXPECT_THAT(names, HasSubstr("/a\\xE8/caf\\xE9.png\n"));
  EXPECT_THAT(names, HasSubstr("/b\\nc/two\\nlines.png\n"));
  EXPECT_THAT(names, HasSubstr("/back\\\\slash.png\n"));
}

TEST_F(OddNamesTest, WhatIsPrintedIsALineForEach) {
  const CommandResult classified =
      run({"classify", "--support", path("people"), path("people"), "--threshold", "1"});
  EXPECT_EQ(lines_of(classified.out), 6) << classified.out;
  const CommandResult missing = run({"compare", path("no\nsuch.png"), path("x.png")});
  EXPECT_EQ(missing.exit_code, kExitBadInput);
  EXPECT_EQ(lines_of(missing.err), 1) << missing.err;
  EXPECT_THAT(missing.err, HasSubstr("no\\nsuch.png"));
}

TEST_F(OddNamesTest, ReportsAreValidUtf8) {
  ASSERT_EQ(run({"evaluate", "--folders", path("people"), "--report", path("r.html")}).exit_code,
            kExitDone);
  const std::string html = read_text_file(path("r.html"));
  EXPECT_THAT(html, HasSubstr(kCleaned));
  EXPECT_THAT(html, testing::Not(HasSubstr("caf\xE9.png")));
}

TEST_F(OddNamesTest, PeopleAreListedByEitherForm) {
  for (const char* line : {"b\\nc\na\\xE8\n", "a\xE8\nb\\nc\n"}) {
    folder_.write("list.txt", std::string(line));
    const CommandResult result =
        run({"evaluate", "--folders", path("people"), "--people", path("list.txt"), "--json"});
    ASSERT_EQ(result.exit_code, kExitDone) << result.err;
    EXPECT_EQ(json::parse(result.out)["images"], 6) << line;
  }
}

TEST_F(OddNamesTest, AFileIsNamedOnceInAMessage) {
  folder_.write("bad/empty.jpg", std::string());
  const CommandResult embedded = run({"embed", path("bad"), "--out", path("e.npy")});
  const std::string name = path("bad") + "/empty.jpg";
  const std::string& said = embedded.err;
  const std::size_t first = said.find(name);
  ASSERT_NE(first, std::string::npos) << said;
  EXPECT_EQ(said.find(name, first + 1), std::string::npos) << said;
}

}  // namespace
}  // namespace visavis::odd_names_test
