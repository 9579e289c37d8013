#include "native/dataset.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <utility>

#include "core/error.h"
#include "temporary_folder.h"

namespace visavis {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Files = std::vector<std::pair<std::string, std::string>>;  // name, content

void write_tar(const std::filesystem::path& path, const Files& files, bool compressed = false) {
  archive* a = archive_write_new();
  archive_write_set_format_pax_restricted(a);
  if (compressed) archive_write_add_filter_gzip(a);
  ASSERT_EQ(archive_write_open_filename(a, path.c_str()), ARCHIVE_OK);
  for (const auto& [name, content] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, name.back() == '/' ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    ASSERT_EQ(archive_write_header(a, entry), ARCHIVE_OK);
    archive_write_data(a, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_free(a);
}

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

std::string message_of_opening(const std::string& location) {
  try {
    Dataset::open(location);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

/// A long name takes pax headers before its own; content larger than a block takes several reads.
Files sample_files() {
  return {{"set/", ""},
          {"set/people/Bo/Bo_0001.jpg", "bo"},
          {"set/people/Ada/Ada_0002.PNG", std::string(200'000, 'x')},
          {"set/people/Ada/Ada_0001.jpeg", "ada"},
          {"set/people/" + std::string(120, 'n') + "/long_0001.webp", "long"},
          {"set/people/Ada/._Ada_0001.jpeg", "resource fork"},
          {"set/notes.txt", "notes"},
          {"set/empty.jpg", ""}};
}

void expect_sample(const Dataset& dataset) {
  ASSERT_THAT(dataset.images(),
              ElementsAre("set/empty.jpg", "set/people/Ada/Ada_0001.jpeg",
                          "set/people/Ada/Ada_0002.PNG", "set/people/Bo/Bo_0001.jpg",
                          "set/people/" + std::string(120, 'n') + "/long_0001.webp"));
  // Out of order and twice: nothing depends on what was read before.
  for (const std::size_t i : {4U, 0U, 2U, 1U, 3U, 2U}) {
    const std::vector<std::string> contents{"", "ada", std::string(200'000, 'x'), "bo", "long"};
    EXPECT_EQ(text_of(dataset.read(i)), contents[i]);
  }
  EXPECT_EQ(dataset.read_text("notes.txt"), "notes");
  EXPECT_EQ(dataset.read_text("nothing.txt"), std::nullopt);
}

TEST(Dataset, ReadsAFolder) {
  const TemporaryFolder folder;
  for (const auto& [name, content] : sample_files()) {
    if (name.back() != '/') folder.write(name, content);
  }
  const Dataset dataset = Dataset::open(folder.path().string() + "/");
  expect_sample(dataset);
  EXPECT_EQ(dataset.full_name(3), (folder / "set/people/Bo/Bo_0001.jpg").string());
}

TEST(Dataset, ReadsATarInPlace) {
  const TemporaryFolder folder;
  write_tar(folder / "a.tar", sample_files());
  const Dataset dataset = Dataset::open((folder / "a.tar").string());
  expect_sample(dataset);
  EXPECT_EQ(dataset.full_name(3), (folder / "a.tar").string() + ":set/people/Bo/Bo_0001.jpg");
}

TEST(Dataset, ReadsACompressedTar) {
  const TemporaryFolder folder;
  write_tar(folder / "a.tar.gz", sample_files(), true);
  expect_sample(Dataset::open((folder / "a.tar.gz").string()));
}

TEST(Dataset, IsReadByManyThreads) {
  const TemporaryFolder folder;
  Files files;
  for (int i = 0; i < 50; ++i) {
    files.emplace_back("p" + std::to_string(i) + ".jpg",
                       std::string(1000 + i, static_cast<char>('a' + i % 26)));
  }
  write_tar(folder / "a.tar", files);
  const Dataset dataset = Dataset::open((folder / "a.tar").string());
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&] {
      for (const auto& [name, content] : files) {
        if (text_of(dataset.read(dataset.find(name).value())) != content) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ElementsAre(0, 0, 0, 0));
}

TEST(Dataset, OpensAFolderInsideATar) {
  const TemporaryFolder folder;
  write_tar(folder / "a.tar", sample_files());
  const std::string tar = (folder / "a.tar").string();
  const Dataset dataset = Dataset::open(tar + ":set/people/Ada");
  EXPECT_THAT(dataset.images(), ElementsAre("Ada_0001.jpeg", "Ada_0002.PNG"));
  EXPECT_EQ(text_of(dataset.read(0)), "ada");
  EXPECT_EQ(dataset.full_name(0), tar + ":set/people/Ada/Ada_0001.jpeg");
  EXPECT_THAT(message_of_opening(tar + ":set/peop"), HasSubstr("the archive holds set,"));
}

TEST(Dataset, OpensASinglePhoto) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.jpg", std::string("bytes")).string();
  const Dataset dataset = Dataset::open(file);
  EXPECT_EQ(dataset.full_name(0), file);
  EXPECT_EQ(text_of(dataset.read(0)), "bytes");
}

TEST(Dataset, FindsByTheEndOfThePath) {
  const TemporaryFolder folder;
  for (const char* name : {"x/Ada/Ada_0001.jpg", "x/Bo/1.jpg", "y/Bo/1.jpg", "x/J.Lo/a.b.png"}) {
    folder.write(name, std::string("x"));
  }
  const Dataset dataset = Dataset::open(folder.path().string());
  const auto found = [&](const std::string& name) {
    const auto image = dataset.find(name);
    return image ? dataset.images()[*image] : "nothing";
  };
  EXPECT_EQ(found("Ada/Ada_0001"), "x/Ada/Ada_0001.jpg");
  EXPECT_EQ(found("./x/Ada/Ada_0001.jpg"), "x/Ada/Ada_0001.jpg");
  EXPECT_EQ(found("da/Ada_0001"), "nothing") << "half a folder's name is not the folder";
  EXPECT_EQ(found("Ada/Ada_0001.png"), "nothing");
  EXPECT_EQ(found("x/Bo/1"), "x/Bo/1.jpg");
  EXPECT_EQ(found("a.b"), "x/J.Lo/a.b.png");
  EXPECT_THROW((void)dataset.find("Bo/1.jpg"), Error);
}

TEST(Dataset, SaysWhatIsWrongWithAPlace) {
  const TemporaryFolder folder;
  EXPECT_THAT(message_of_opening((folder / "missing").string()), HasSubstr("no such folder"));
  EXPECT_THAT(message_of_opening(folder.path().string()), HasSubstr("no image files"));
  const auto text = folder.write("a.tar", std::string("this is no archive"));
  EXPECT_THAT(message_of_opening(text.string()), HasSubstr("not a readable tar"));
}

TEST(Dataset, SaysWhenATarIsTruncated) {
  const TemporaryFolder folder;
  write_tar(folder / "a.tar", sample_files());
  std::filesystem::resize_file(folder / "a.tar", 100'000);  // within the largest file
  EXPECT_THAT(message_of_opening((folder / "a.tar").string()), HasSubstr("not a readable tar"));
}

TEST(IdentityOf, IsTheFolderOrTheStartOfTheName) {
  EXPECT_EQ(identity_of("lfw/Ada/Ada_0001.jpg"), "lfw/Ada");
  EXPECT_EQ(identity_of("001_03.jpg"), "001");
  EXPECT_EQ(identity_of("ada.jpg"), "ada");
}

}  // namespace
}  // namespace visavis
