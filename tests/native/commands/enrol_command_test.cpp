#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/face/template_file.h"
#include "native/system/atomic_file.h"
#include "tests/native/commands/command_fixture.h"

namespace visavis::enrol_command_test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using Json = nlohmann::json;

class EnrolCommandTest : public CommandTest {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  CommandResult enrol(const std::string& photo, const std::string& out,
                      const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"enrol", photo, "--out", path(out)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }
  [[nodiscard]] StoredTemplate kept(const std::string& name) const {
    return load_template(read_file(path(name), 1U << 20U), name);
  }
};

void expect_refused(const CommandResult& result, int exit_code, const std::string& part) {
  EXPECT_EQ(result.exit_code, exit_code) << result.out << result.err;
  EXPECT_THAT(result.err, HasSubstr(part));
}

TEST_F(EnrolCommandTest, WritesATemplateThatIsTheFaces) {
  const CommandResult result = enrol(photo_of("a.png", kOrange), "a.template");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("a.template: a template of length 3, made by fake-embedder-"));
  const StoredTemplate face = kept("a.template");
  EXPECT_THAT(face.model, MatchesRegex("fake-embedder-[0-9a-f]+"));
  // As far from white's as the two colours are (command_fixture.h).
  ASSERT_EQ(enrol(photo_of("b.png", kWhite), "b.template").exit_code, 0);
  EXPECT_NEAR(distance(face.embedding, kept("b.template").embedding), 0.62, 0.01);
}

TEST_F(EnrolCommandTest, TellsJson) {
  const CommandResult result = enrol(photo_of("a.png", kWhite), "a.template", {"--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_EQ(json["embedding_length"], 3);
  EXPECT_EQ(json["model"], kept("a.template").model);
  EXPECT_TRUE(json["issues"].is_array());
}

/// They are other embeddings, which are not to be compared.
TEST_F(EnrolCommandTest, NamesTheMirrorInTheModel) {
  ASSERT_EQ(enrol(photo_of("a.png", kWhite), "a.template", {"--mirror"}).exit_code, 0);
  EXPECT_THAT(kept("a.template").model, MatchesRegex("fake-embedder-[0-9a-f]+.mirror"));
}

TEST_F(EnrolCommandTest, NamesWhatIsWrongAndWritesNothing) {
  const std::string photo = photo_of("a.png", kWhite);
  expect_refused(enrol(write(Image(300, 200), "no.png"), "a.template"), 3, "no.png: no face found");
  expect_refused(enrol(photo, "a.template", {"--face", "2"}), 2, "a.png: face 2 was asked for");
  expect_refused(enrol(path("missing.png"), "a.template"), 2, "missing.png");
  expect_refused(enrol(photo, "a.png"), 2, "is what is read");
  expect_refused(enrol(photo, "a.npy"), 2, "name it NAME.template");
  EXPECT_FALSE(std::filesystem::exists(path("a.template")));
  folder_.write("other.template", std::string("Dear all, .."));
  expect_refused(enrol(photo, "other.template"), 2, "is not a face template");
}

TEST_F(EnrolCommandTest, ComparesTemplatesAsThePhotosTheyAreOf) {
  const std::string white = portrait_of("white.png", kWhite);
  const std::string orange = portrait_of("orange.png", kOrange);
  ASSERT_EQ(enrol(white, "white.template").exit_code, 0);
  ASSERT_EQ(enrol(orange, "orange.template").exit_code, 0);
  const auto compared = [&](const std::string& a, const std::string& b, int exit_code) {
    const CommandResult result = run({"compare", a, b, "--json"});
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    return Json::parse(result.out);
  };
  const Json photos = compared(white, orange, 1);
  for (const Json& json :
       {compared(path("white.template"), orange, 1), compared(white, path("orange.template"), 1),
        compared(path("white.template"), path("orange.template"), 1)}) {
    EXPECT_NEAR(json["distance"], photos["distance"], 1e-6);
    EXPECT_EQ(json["fmr_at_distance"], photos["fmr_at_distance"]);
  }
  const Json same = compared(path("white.template"), white, kExitReview);
  EXPECT_EQ(same["reference"]["template_of"], kept("white.template").model);
  EXPECT_FALSE(same["reference"].contains("box"));
  EXPECT_EQ(same["probe"]["faces"], 1);
  const CommandResult text =
      run({"compare", path("white.template"), white, "--save-crops", path("crops")});
  EXPECT_THAT(text.out, HasSubstr("the same picture twice"));
  EXPECT_FALSE(std::filesystem::exists(path("crops/reference.png"))) << "a template has no crop";
  EXPECT_TRUE(std::filesystem::exists(path("crops/probe.png")));
}

TEST_F(EnrolCommandTest, CompareRefusesATemplateThatDoesNotFit) {
  const std::string photo = photo_of("a.png", kWhite);
  ASSERT_EQ(enrol(photo, "a.template").exit_code, 0);
  ASSERT_EQ(enrol(photo, "mirror.template", {"--mirror"}).exit_code, 0);
  expect_refused(run({"compare", path("mirror.template"), photo}), 2, "enrol the photo again");
  expect_refused(run({"compare", path("a.template"), photo, "--mirror"}), 2,
                 "a.template: made by fake-embedder-");
  expect_refused(run({"compare", photo, path("a.template"), "--face-probe", "2"}), 2,
                 "leave --face-probe out");
  std::filesystem::resize_file(path("a.template"), 30);
  expect_refused(run({"compare", path("a.template"), photo}), 2, "a.template");
}

}  // namespace
}  // namespace visavis::enrol_command_test
