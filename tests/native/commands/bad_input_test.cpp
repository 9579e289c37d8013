#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <map>
#include <string>

#include "core/model/model_file.h"
#include "native/commands/commands.h"
#include "tests/native/commands/command_fixture.h"
#include "tests/native/images/encoders.h"

namespace visavis::bad_input_test {
namespace {

using testing::HasSubstr;

/// The start of a PNG with a sound header of that size and nothing after it.
std::string png_header(std::uint32_t width, std::uint32_t height) {
  const auto big_endian = [](std::uint32_t value) {
    return std::string{static_cast<char>(value >> 24U), static_cast<char>(value >> 16U),
                       static_cast<char>(value >> 8U), static_cast<char>(value)};
  };
  const std::string chunk =
      "IHDR" + big_endian(width) + big_endian(height) + std::string("\x08\x02\x00\x00\x00", 5);
  const auto crc = static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(chunk.data()), static_cast<uInt>(chunk.size())));
  return "\x89PNG\r\n\x1A\n" + big_endian(13) + chunk + big_endian(crc);
}

class BadInputTest : public CommandTest {
 protected:
  /// Compares the file with a good photo, on either side, and gives the message.
  std::string expect_refused(const std::string& file, int exit_code = kExitBadInput) {
    const std::string good = photo_of("good.png", kWhite);
    const CommandResult as_probe = run({"compare", good, file});
    EXPECT_EQ(as_probe.exit_code, exit_code) << as_probe.err;
    EXPECT_EQ(as_probe.out, "");
    expect_one_line(as_probe.err);
    EXPECT_THAT(as_probe.err, HasSubstr(file)) << "the message names the file";
    EXPECT_EQ(run({"compare", file, good}).err, as_probe.err);
    return as_probe.err;
  }

  static void expect_one_line(const std::string& message) {
    EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 1) << message;
    EXPECT_THAT(message, testing::StartsWith("visavis: "));
  }

  /// Overwrites the default embedder and gives the message of a comparison with it.
  std::string expect_embedder_refused(const std::string& content) {
    std::ofstream(fake_models_folder() / kEmbedderFile, std::ios::binary) << content;
    const std::string photo = photo_of("good.png", kWhite);
    const CommandResult result = run({"compare", photo, photo});
    EXPECT_EQ(result.exit_code, kExitBadInput);
    expect_one_line(result.err);
    EXPECT_THAT(result.err, HasSubstr(kEmbedderFile));
    return result.err;
  }

  std::string embedder_bytes() const {
    return read_text_file(fake_models_folder() / kEmbedderFile);
  }
};

TEST_F(BadInputTest, EachBadPhotoHasItsOwnMessage) {
  const Bytes jpeg = encode_jpeg(gradient_image(64, 48));
  const std::string whole(jpeg.begin(), jpeg.end());
  const auto big = folder_.write("big.jpg", whole);
  std::filesystem::resize_file(big, 100'000'000);
  const std::map<std::string, std::string> files{
      {"missing", (folder_ / "missing.jpg").string()},
      {"folder", folder_.path().string()},
      {"empty", folder_.write("empty.jpg", std::string()).string()},
      {"truncated", folder_.write("half.jpg", whole.substr(0, whole.size() / 2)).string()},
      {"no image", folder_.write("letter.jpg", std::string("Dear all, ..")).string()},
      {"0x0", folder_.write("zero.png", png_header(0, 0)).string()},
      {"1x1", write(Image(1, 1), "one.png")},
      {"20,000 x 20,000", folder_.write("huge.png", png_header(20'000, 20'000)).string()},
      {"100 MB", big.string()}};
  std::map<std::string, std::string> kind_of_message;
  for (const auto& [kind, file] : files) {
    SCOPED_TRACE(kind);
    std::string message = expect_refused(file);
    message.erase(message.find(file), file.size());
    const auto [it, is_new] = kind_of_message.emplace(message, kind);
    EXPECT_TRUE(is_new) << message << "is also the message of: " << it->second;
  }
}

TEST_F(BadInputTest, NoFace) {
  EXPECT_THAT(expect_refused(write(Image(300, 200), "dark.png"), kExitNoFace),
              HasSubstr("no face found"));
}

TEST_F(BadInputTest, NoFaceForTheShippedModels) {
  const std::string models = models_folder("").string();
  if (!std::filesystem::exists(models + "/" + kEmbedderFile)) {
    GTEST_SKIP() << "no models in " << models << ": `./run --build-only` makes them";
  }
  const std::string gradient = write(gradient_image(300, 200), "gradient.png");
  const CommandResult result =
      run_visavis({"compare", gradient, gradient, "--threshold", "1"}, models);
  EXPECT_EQ(result.exit_code, kExitNoFace);
  expect_one_line(result.err);
  EXPECT_THAT(result.err, HasSubstr(gradient + ": no face found"));
}

TEST_F(BadInputTest, FaceTooSmallSaysThePixelsNeeded) {
  // The square is seen, but the face it stands for has too few pixels between the eyes.
  Image photo(40, 40);
  paint_square(photo, 8, 8, 24, kWhite);
  EXPECT_THAT(expect_refused(write(photo, "small.png"), kExitNoFace),
              HasSubstr("pixels between the eyes, at least 12 are needed"));
}

TEST_F(BadInputTest, AWrongExtensionIsNoObstacle) {
  const std::string png = photo_of("photo.png", kWhite);
  std::filesystem::copy_file(png, folder_ / "photo.jpg");
  EXPECT_EQ(run({"enrol", (folder_ / "photo.jpg").string(), "--out", png + ".template"}).exit_code,
            kExitDone);
}

TEST_F(BadInputTest, AMissingModelSaysHowToMakeIt) {
  std::filesystem::remove(fake_models_folder() / kLandmarksFile);
  const std::string photo = photo_of("good.png", kWhite);
  const CommandResult result = run({"compare", photo, photo});
  EXPECT_EQ(result.exit_code, kExitBadInput);
  expect_one_line(result.err);
  EXPECT_THAT(result.err, HasSubstr("./run --build-only"));
  EXPECT_THAT(result.err, HasSubstr(kLandmarksFile));
}

TEST_F(BadInputTest, EachBadModelHasItsOwnMessage) {
  const std::string whole = embedder_bytes();
  std::string flipped = whole;
  flipped[whole.size() / 2] ^= 1;
  std::string newer = whole;
  newer[8] = 99;  // the format version, after the magic
  std::string foreign = png_header(8, 8);
  std::map<std::string, std::string> messages{
      {"truncated", expect_embedder_refused(whole.substr(0, whole.size() / 2))},
      {"flipped", expect_embedder_refused(flipped)},
      {"newer", expect_embedder_refused(newer)},
      {"foreign", expect_embedder_refused(foreign)},
      {"empty", expect_embedder_refused("")}};
  EXPECT_THAT(messages["newer"], HasSubstr("up to version " + std::to_string(kModelFormatVersion)));
  EXPECT_NE(messages["truncated"], messages["flipped"]);
  EXPECT_NE(messages["flipped"], messages["newer"]);
  EXPECT_NE(messages["newer"], messages["foreign"]);
  EXPECT_NE(messages["foreign"], messages["truncated"]);
}

TEST_F(BadInputTest, AModelOfAnotherKindIsNoEmbedder) {
  save(fake_landmarks(), "other.visavis");
  const std::string photo = photo_of("good.png", kWhite);
  const CommandResult result =
      run({"compare", photo, photo, "--model", (fake_models_folder() / "other.visavis").string()});
  EXPECT_EQ(result.exit_code, kExitBadInput);
  expect_one_line(result.err);
  EXPECT_THAT(result.err, HasSubstr("fake-landmarks"));
}

TEST_F(BadInputTest, OptionsOutOfRangeAreUsageErrors) {
  const std::string photo = photo_of("good.png", kWhite);
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"--threshold", "3"},
                                             {"--fmr", "2"},
                                             {"--fmr", "1e-3", "--threshold", "1"},
                                             {"--face-probe", "0"},
                                             {"--no-such-option"}}) {
    std::vector<std::string> arguments{"compare", photo, photo};
    arguments.insert(arguments.end(), options.begin(), options.end());
    EXPECT_EQ(run(arguments).exit_code, kExitBadInput) << options[0];
  }
  EXPECT_EQ(run({"compare", photo}).exit_code, kExitBadInput);
  EXPECT_EQ(run({}).exit_code, kExitBadInput);
  EXPECT_EQ(run({"compare", "--help"}).exit_code, kExitDone);
}

TEST_F(BadInputTest, AnEvaluationSaysWhatItLacks) {
  const std::string photos = folder_.path().string();
  photo_of("a/1.png", kWhite);
  const std::string pairs = folder_.write("p.csv", std::string("a,b,same\na/1,b/9,0\n")).string();
  const std::string others = folder_.write("people.txt", std::string("b\n")).string();
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases{
      {"in one way", {}},
      {"go together", {"--images", photos}},
      {"in one way", {"--folders", photos, "--references", photos, "--probes", photos}},
      {"no such folder", {"--folders", photos + "/missing"}},
      {"a line each, as in a", {"--folders", photos, "--people", others}},
      {"missing.txt", {"--folders", photos, "--people", "missing.txt"}},
      {"--folders", {"--people", others}},
      {"'b/9'", {"--images", photos, "--pairs", pairs}},
      {"no such file", {"--images", photos, "--pairs", "missing.txt"}},
      {"no impostor pairs", {"--folders", photos}}};
  for (const auto& [expected, options] : cases) {
    std::vector<std::string> arguments{"evaluate"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const CommandResult result = run(arguments);
    EXPECT_EQ(result.exit_code, kExitBadInput);
    EXPECT_THAT(result.err, HasSubstr(expected));
    EXPECT_EQ(result.out, "");
  }
}

}  // namespace
}  // namespace visavis::bad_input_test
