#include "native/data/dataset.h"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <thread>
#include <utility>

#include "core/base/error.h"
#include "tests/core/base/expect_error.h"
#include "tests/native/system/temporary_folder.h"

namespace visavis::dataset_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;
using Files = std::vector<std::pair<std::string, std::string>>;  // name, content

/// `filter`: an ARCHIVE_FILTER of libarchive's.
void write_tar(const std::filesystem::path& path, const Files& files,
               int filter = ARCHIVE_FILTER_NONE) {
  archive* a = archive_write_new();
  archive_write_set_format_pax_restricted(a);
  ASSERT_EQ(archive_write_add_filter(a, filter), ARCHIVE_OK);
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
  for (const int filter : {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ,
                           ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_LZ4}) {
    SCOPED_TRACE(filter);
    write_tar(folder / "a.packed", sample_files(), filter);
    expect_sample(Dataset::open((folder / "a.packed").string()));
  }
}

// libarchive would start a program of that name for what it cannot unpack itself.
TEST(Dataset, StartsNoProgramForAnArchive) {
  const TemporaryFolder folder;
  const std::string marker = (folder / "started").string();
  for (const char* program : {"lzop", "lrzip", "grzip"}) {
    std::ofstream(folder / program) << "#!/bin/sh\ntouch " << marker << "\n";
    std::filesystem::permissions(folder / program, std::filesystem::perms::owner_all);
  }
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", (folder.path().string() + ":" + path).c_str(), 1);
  const std::string zeros(4096, '\0');
  for (const std::string& magic :
       {std::string("\x89LZO\0\r\n\x1a\n\x10\x30", 11), std::string("LRZI\0\6", 6),
        std::string("GRZipII\0\2\4:)", 12)}) {
    std::ofstream(folder / "a.tar", std::ios::binary) << magic << zeros;
    EXPECT_NE(message_of_opening((folder / "a.tar").string()), "no error");
  }
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_FALSE(std::filesystem::exists(marker));
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

/// Content that is a photo's by its first bytes.
std::string jpeg_bytes(const std::string& rest) { return "\xFF\xD8\xFF" + rest; }
std::string png_bytes(const std::string& rest) { return "\x89PNG\r\n\x1A\n" + rest; }
std::string webp_bytes(const std::string& rest) { return "RIFF\x10\x01\x01\x01WEBP" + rest; }

/// What a folder of a phone, a camera and three systems may hold.
Files mixed_files() {
  return {{"Ada/1.JFIF", jpeg_bytes("1")},
          {"Ada/2.jpe", jpeg_bytes("2")},
          {"Ada/no_extension", webp_bytes("3")},
          {"Ada/holiday.2019", png_bytes("4")},
          {"Ada/5.JPG", "taken unseen"},
          {"Ada/scan.tiff", "II*\0 and so on"},
          {"Ada/film.gif", "GIF89a"},
          {"Ada/list.txt", "a list"},
          {"Ada/Thumbs.db", "thumbs"},
          {"Ada/DESKTOP.INI", "desktop"},
          {"Ada/.DS_Store", "store"},
          {"Ada/._1.JFIF", std::string("\0\5\x16\7", 4)},
          {"Ada/.secret.jpg", jpeg_bytes("hidden")},
          {".git/objects/1.png", png_bytes("git")},
          {"__MACOSX/Ada/._5.JPG", std::string("\0\5\x16\7", 4)},
          {"empty", ""}};
}

void expect_mixed(const Dataset& dataset) {
  EXPECT_THAT(dataset.images(), ElementsAre("Ada/1.JFIF", "Ada/2.jpe", "Ada/5.JPG",
                                            "Ada/holiday.2019", "Ada/no_extension"));
  EXPECT_THAT(dataset.left_out(), ElementsAre(HasSubstr("Ada/.secret.jpg: a hidden photo"),
                                              HasSubstr("Ada/film.gif: the file is a GIF image"),
                                              HasSubstr("Ada/list.txt: the file is no image"),
                                              HasSubstr("Ada/scan.tiff: the file is"),
                                              HasSubstr("empty: the file is empty")));
  EXPECT_EQ(dataset.find("Ada/no_extension"), 4U);
  EXPECT_EQ(dataset.find("2"), 1U);
}

TEST(Dataset, TellsPhotosByContentAndSaysWhatIsLeftOut) {
  const TemporaryFolder folder;
  for (const auto& [name, content] : mixed_files()) folder.write("set/" + name, content);
  expect_mixed(Dataset::open((folder / "set").string()));
  write_tar(folder / "a.tar", mixed_files());
  expect_mixed(Dataset::open((folder / "a.tar").string()));
  write_tar(folder / "a.tgz", mixed_files(), ARCHIVE_FILTER_GZIP);
  expect_mixed(Dataset::open((folder / "a.tgz").string()));
}

TEST(Dataset, FollowsLinksInFoldersOnce) {
  const TemporaryFolder folder;
  for (const char* name :
       {"set/Ada/1.jpg", "elsewhere/Bo/1.jpg", "elsewhere/Cy/deep/1.jpg", "set/Empty/.hidden"}) {
    folder.write(name, std::string("x"));
  }
  const auto link = [&](const std::string& name, const std::string& target) {
    std::filesystem::create_symlink(target, folder / name);
  };
  link("set/Bo", "../elsewhere/Bo");
  link("set/Cy", "../elsewhere/Cy");
  link("set/Dee", "../elsewhere/Cy/deep");  // Listed by way of Cy.
  link("set/Ada/2.jpg", "../../elsewhere/Bo/1.jpg");
  link("set/Ada/loop", "..");
  link("set/Ada/self", "self");
  link("set/above", "../..");
  link("elsewhere/Cy/back", "../../set");
  link("set/gone.jpg", "nowhere.jpg");
  ASSERT_EQ(::mkfifo((folder / "set/pipe.jpg").c_str(), 0600), 0);
  const Dataset dataset = Dataset::open((folder / "set").string());
  EXPECT_THAT(dataset.images(), ElementsAre("Ada/1.jpg", "Ada/2.jpg", "Bo/1.jpg", "Cy/deep/1.jpg"));
  EXPECT_THAT(
      dataset.left_out(),
      UnorderedElementsAre(HasSubstr("set/Ada/loop: a link to a folder that holds it"),
                           HasSubstr("set/Ada/self: a link to what is not there"),
                           HasSubstr("set/above: a link to a folder that holds it"),
                           HasSubstr("set/Cy/back: a link to a folder that holds it"),
                           HasSubstr("set/Dee: a link to the folder Cy/deep, which is listed"),
                           HasSubstr("set/gone.jpg: a link to what is not there"),
                           HasSubstr("set/pipe.jpg: is no file")));
  EXPECT_THAT(dataset.empty_folders(), ElementsAre("Empty"));
}

/// A tar as GNU tar makes it of a folder with links.
void write_tar_with_links(const std::filesystem::path& path, bool compressed) {
  archive* a = archive_write_new();
  archive_write_set_format_gnutar(a);
  if (compressed) archive_write_add_filter_gzip(a);
  ASSERT_EQ(archive_write_open_filename(a, path.c_str()), ARCHIVE_OK);
  const auto add = [&](const char* name, const char* hard, const char* symbolic,
                       const std::string& content) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_filetype(entry, symbolic != nullptr ? AE_IFLNK : AE_IFREG);
    if (hard != nullptr) archive_entry_set_hardlink(entry, hard);
    if (symbolic != nullptr) archive_entry_set_symlink(entry, symbolic);
    archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    ASSERT_EQ(archive_write_header(a, entry), ARCHIVE_OK);
    archive_write_data(a, content.data(), content.size());
    archive_entry_free(entry);
  };
  add("./set/Ada/1.jpg", nullptr, nullptr, "ada");
  add("./set/Ada/2.jpg", "./set/Ada/1.jpg", nullptr, "");
  add("./set/Bo/1.jpg", nullptr, "../Ada/1.jpg", "");
  add("./set/Cy", nullptr, "../real/Cy", "");
  add("./real/Cy/1.jpg", nullptr, nullptr, "cy");
  add("./set/Dee", nullptr, "Cy", "");  // A link to a link.
  add("./set/loop", nullptr, "loop", "");
  add("./set/up", nullptr, "..", "");
  add("./set/out.jpg", nullptr, "/etc/hostname", "");
  add("./set/gone.jpg", nullptr, "nowhere.jpg", "");
  add("./set/lost.jpg", "./elsewhere.jpg", nullptr, "");
  archive_write_close(a);
  archive_write_free(a);
}

TEST(Dataset, FollowsLinksInTars) {
  const TemporaryFolder folder;
  for (const bool compressed : {false, true}) {
    const std::string tar = (folder / (compressed ? "a.tgz" : "a.tar")).string();
    write_tar_with_links(tar, compressed);
    const Dataset part = Dataset::open(tar + ":set");
    ASSERT_THAT(part.images(),
                ElementsAre("Ada/1.jpg", "Ada/2.jpg", "Bo/1.jpg", "Cy/1.jpg", "Dee/1.jpg"));
    std::vector<std::string> contents;
    for (std::size_t i = 0; i < 5; ++i) contents.push_back(text_of(part.read(i)));
    EXPECT_THAT(contents, ElementsAre("ada", "ada", "ada", "cy", "cy"));
    EXPECT_THAT(part.left_out(),
                UnorderedElementsAre(
                    HasSubstr("set/loop: a link that leads out of the archive, or in a circle"),
                    HasSubstr("set/up: a link to a folder that holds it"),
                    HasSubstr("set/out.jpg: a link that leads out"),
                    HasSubstr("set/gone.jpg: a link to set/nowhere.jpg, which is not"),
                    HasSubstr("set/lost.jpg: a hard link to elsewhere.jpg, which is not")));
    const Dataset whole = Dataset::open(tar);
    EXPECT_EQ(whole.images().size(), 4U) << "Cy is listed where it lies";
    EXPECT_THAT(whole.left_out(),
                testing::Contains(HasSubstr("set/Cy: a link to the folder real/Cy")));
  }
}

TEST(Dataset, OpensASinglePhotoOfAnyName) {
  const TemporaryFolder folder;
  for (const char* name : {"a.jfif", "photo", "b.tar"}) {
    const std::string file = folder.write(name, jpeg_bytes("x")).string();
    const Dataset dataset = Dataset::open(file);
    EXPECT_EQ(dataset.full_name(0), file);
    EXPECT_EQ(text_of(dataset.read(0)), jpeg_bytes("x"));
  }
  const std::string gif = folder.write("a.gif", std::string("GIF89a")).string();
  EXPECT_THAT(message_of_opening(gif), HasSubstr("a.gif: "));
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
  expect_error(ErrorCode::kInvalidArgument, "name more of its path",
               [&] { (void)dataset.find("Bo/1.jpg"); });
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
}  // namespace visavis::dataset_test
