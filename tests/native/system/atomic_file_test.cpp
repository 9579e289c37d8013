#include "native/system/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <stdexcept>
#include <string>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"

namespace visavis::atomic_file_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class AtomicFile : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    write_file_atomically(folder_ / name, [&](std::ostream& out) { out << text; });
  }
  std::string read(const std::string& name) {
    const auto bytes = read_file(folder_ / name, 1U << 30U);
    return {bytes.begin(), bytes.end()};
  }
  std::size_t files() {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / "visavis_atomic_file_test";
};

TEST_F(AtomicFile, WritesAndReplaces) {
  write("a", "first");
  EXPECT_EQ(read("a"), "first");
  const std::string large(1'000'003, 'x');  // Larger than the stream's buffer, and no multiple.
  write("a", large);
  EXPECT_EQ(read("a"), large);
  write("a", "");
  EXPECT_EQ(read("a"), "");
  EXPECT_EQ(files(), 1U);
}

TEST_F(AtomicFile, AWriterThatThrowsLeavesTheOldFileAndNothingElse) {
  write("a", "old");
  EXPECT_THROW(write_file_atomically(folder_ / "a",
                                     [](std::ostream& out) {
                                       out << std::string(200'000, 'x');
                                       throw std::runtime_error("no more");
                                     }),
               std::runtime_error);
  EXPECT_EQ(read("a"), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(AtomicFile, AFullDiskIsNamedAsTheReason) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  try {
    write_file_atomically("/dev/full", [](std::ostream& out) {
      out << std::string(200'000, 'x');
      if (!out) throw std::runtime_error("the writer noticed first");
    });
    FAIL() << "a full disk went unnoticed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_THAT(error.what(), HasSubstr("No space left on device"));
  }
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(AtomicFile, KeepsPermissionsAndFollowsLinks) {
  write("a", "old");
  fs::permissions(folder_ / "a", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("a", folder_ / "link");
  write("link", "new");
  EXPECT_EQ(read("a"), "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(fs::status(folder_ / "a").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(AtomicFile, SaysWhyItCannotWrite) {
  const auto message = [](const fs::path& path) -> std::string {
    try {
      write_file_atomically(path, [](std::ostream&) {});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kIo);
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message(folder_), HasSubstr("is a folder"));
  EXPECT_THAT(message(folder_ / "none" / "a"), HasSubstr("No such file or directory"));
  EXPECT_THAT(message(""), HasSubstr("no file name"));
}

TEST_F(AtomicFile, FilesThatBelongTogetherAreReplacedTogether) {
  write("a", "old a");
  const auto text = [](const char* content) {
    return [content](std::ostream& out) { out << content; };
  };
  write_files_together({{folder_ / "a", text("new a")}, {folder_ / "b", text("new b")}});
  EXPECT_EQ(read("a"), "new a");
  EXPECT_EQ(read("b"), "new b");
  EXPECT_EQ(files(), 2U) << "nothing else is left";
}

TEST_F(AtomicFile, FilesThatBelongTogetherStayOldTogether) {
  write("a", "old a");
  write("b", "old b");
  const auto good = [](std::ostream& out) { out << "new"; };
  const auto bad = [](std::ostream&) { throw std::runtime_error("no more"); };
  EXPECT_THROW(write_files_together({{folder_ / "a", good}, {folder_ / "b", bad}}),
               std::runtime_error);
  // One of the places cannot be had after all was written: a folder has come to stand there.
  const auto meddling = [this](std::ostream& out) {
    out << "new";
    fs::create_directories(folder_ / "c" / "in the way");
  };
  expect_error(ErrorCode::kIo, "/c: ", [&] {
    write_files_together({{folder_ / "a", good}, {folder_ / "b", good}, {folder_ / "c", meddling}});
  });
  EXPECT_EQ(read("a"), "old a");
  EXPECT_EQ(read("b"), "old b");
  EXPECT_EQ(files(), 3U) << "a, b and the folder c";
}

TEST_F(AtomicFile, TellsBeforeWhetherItCouldWrite) {
  const auto refusal = [](const fs::path& path) -> std::string {
    try {
      check_writable(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kIo);
      return error.what();
    }
    return "";
  };
  write("a", "old");
  EXPECT_EQ(refusal(folder_ / "a"), "");
  EXPECT_EQ(refusal(folder_ / "new"), "");
  EXPECT_EQ(refusal("/dev/null"), "");
  EXPECT_THAT(refusal(folder_), HasSubstr("is a folder"));
  EXPECT_THAT(refusal(folder_ / "none" / "a"), HasSubstr("there is no folder"));
  EXPECT_THAT(refusal(folder_ / "a" / "b"), HasSubstr("there is no folder"));
  EXPECT_THAT(refusal(folder_ / std::string(300, 'x')), HasSubstr("name too long"));
  EXPECT_EQ(read("a"), "old");
  EXPECT_EQ(files(), 1U) << "nothing is left behind";
}

TEST_F(AtomicFile, ReadSaysWhatIsWrong) {
  const auto message = [](const fs::path& path) -> std::string {
    try {
      read_file(path, 1U << 20U);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kIo);
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message(folder_), HasSubstr("is a folder"));
  EXPECT_THAT(message(folder_ / "none"), HasSubstr("no such file"));
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(message(folder_ / "pipe"), HasSubstr("no regular file"));
  write("large", std::string((1U << 20U) + 1, 'x'));
  EXPECT_THAT(message(folder_ / "large"), HasSubstr("1 MB"));
}

TEST_F(AtomicFile, ReadsFilesThatDoNotTellTheirSize) {
  if (!fs::exists("/proc/self/status")) GTEST_SKIP() << "this system has no /proc";
  EXPECT_GT(read_file("/proc/self/status", 1U << 20U).size(), 100U);
}

}  // namespace
}  // namespace visavis::atomic_file_test
