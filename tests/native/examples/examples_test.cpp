// The narrated programs of native/examples, as a reader runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "native/data/dataset.h"
#include "native/images/image_file.h"
#include "tests/native/commands/run_command.h"
#include "tests/native/system/temporary_folder.h"
#include "tests/native/training/run/striped_pictures.h"

namespace visavis::examples_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kFrll = "../shared/data/frll.tar";
constexpr const char* kModels = "build/models";

TEST(ExamplesTest, ComparesTwoPhotos) {
  if (!fs::exists(kFrll) || !fs::exists(kModels)) {
    GTEST_SKIP() << "needs " << kFrll << " (photos of people) and " << kModels;
  }
  const TemporaryFolder folder;
  const Dataset photos = Dataset::open(kFrll);
  const auto extracted = [&](const std::string& name) {
    const fs::path file = folder / (fs::path(name).filename().string() + ".jpg");
    const auto bytes = photos.read(photos.find(name).value());
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
    return file.string();
  };
  const std::string neutral = extracted("neutral_front/001_03");
  const std::string smiling = extracted("smiling_front/001_08");
  const std::string other = extracted("neutral_front/002_03");
  const CommandResult same = run_built("example_compare_photos", {neutral, smiling}, kModels);
  EXPECT_EQ(same.exit_code, 0) << same.err;
  EXPECT_THAT(same.out, HasSubstr("the same person: distance"));
  const CommandResult different = run_built("example_compare_photos", {neutral, other}, kModels);
  EXPECT_EQ(different.exit_code, 1) << different.err;
  EXPECT_THAT(different.out, HasSubstr("different people: distance"));
}

TEST(ExamplesTest, TrainsOnAFolder) {
  const TemporaryFolder folder;
  std::mt19937 random(1);
  for (int c = 0; c < 10; ++c) {
    const fs::path of_class = folder / ("data/class" + std::to_string(c));
    fs::create_directories(of_class);
    for (int i = 0; i < 6; ++i) {
      write_png(striped_picture(c, random), of_class / (std::to_string(i) + ".png"));
    }
  }
  const auto path = [&](const std::string& name) { return (folder / name).string(); };
  const CommandResult result = run_built(
      "example_train_on_folder",
      {path("data"), path("out.visavis"), path("data/class0/0.png"), path("data/class0/1.png")},
      kModels);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("out.visavis: trained"));
  EXPECT_THAT(result.out, HasSubstr("one class: distance"));
  EXPECT_TRUE(fs::exists(path("out.visavis.run/report.html")));
}

}  // namespace
}  // namespace visavis::examples_test
