#include "native/images/image_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "core/base/error.h"
#include "tests/native/images/encoders.h"

namespace visavis::image_file_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ReadImage : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, std::string_view content) {
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return folder_ / name;
  }
  static std::string message_of(const fs::path& path, ErrorCode code) {
    try {
      read_image(path);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(path.string()));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "";
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / "visavis_read_image_test";
};

TEST_F(ReadImage, GoesByContentNotByName) {
  const Image image = gradient_image(20, 10);
  const Bytes png = encode_png(20, 10, image.pixels, {});
  const fs::path path = write("photo.jpg", {reinterpret_cast<const char*>(png.data()), png.size()});
  EXPECT_EQ(largest_difference(read_image(path), image), 0);
}

TEST_F(ReadImage, SaysWhatIsWrongWithTheFile) {
  EXPECT_THAT(message_of(folder_, ErrorCode::kIo), HasSubstr("is a folder"));
  EXPECT_THAT(message_of(folder_ / "none.jpg", ErrorCode::kIo), HasSubstr("no such file"));
  EXPECT_THAT(message_of(write("empty.jpg", ""), ErrorCode::kUnreadableImage),
              HasSubstr("the file is empty"));
  EXPECT_THAT(message_of(write("notes.jpg", "Dear Sir"), ErrorCode::kUnreadableImage),
              HasSubstr("is no image that is read"));
  const fs::path large = write("large.jpg", "");
  fs::resize_file(large, kMaxImageFileBytes + 1);  // Sparse: takes no disk.
  EXPECT_THAT(message_of(large, ErrorCode::kImageTooLarge), HasSubstr("64 MB"));
}

TEST_F(ReadImage, NamesFormatsItDoesNotRead) {
  using namespace std::string_view_literals;
  const auto message = [&](std::string_view content) {
    return message_of(write("photo.jpg", content), ErrorCode::kUnreadableImage);
  };
  EXPECT_THAT(message("GIF89a......"), HasSubstr("is a GIF image; save it as JPEG or PNG"));
  EXPECT_THAT(message("\0\0\0\x18"
                      "ftypisom"sv),
              HasSubstr("is a video"));
  EXPECT_THAT(message("%PDF-1.7"), HasSubstr("is a PDF document"));
  EXPECT_THAT(message("II*\0...."sv), HasSubstr("is a TIFF image or a raw photo"));
  EXPECT_THAT(message("BM......"), HasSubstr("is a BMP image"));
}

TEST(IsPhoto, GoesByTheFirstBytes) {
  const Image image = gradient_image(20, 10);
  const auto head_is_photo = [](Bytes bytes) {
    bytes.resize(std::min(bytes.size(), kPhotoHeadBytes));
    return is_photo(bytes);
  };
  EXPECT_TRUE(head_is_photo(encode_jpeg(image)));
  EXPECT_TRUE(head_is_photo(encode_png(20, 10, image.pixels, {})));
  EXPECT_TRUE(head_is_photo(encode_webp(image)));
  EXPECT_TRUE(head_is_photo({0, 0, 0, 24, 'f', 't', 'y', 'p', 'h', 'e', 'i', 'c'}));
  EXPECT_TRUE(head_is_photo({0, 0, 0, 24, 'f', 't', 'y', 'p', 'a', 'v', 'i', 'f'}));
  EXPECT_FALSE(head_is_photo({0, 0, 0, 24, 'f', 't', 'y', 'p', 'i', 's', 'o', 'm'}));
  EXPECT_FALSE(head_is_photo({}));
  EXPECT_FALSE(head_is_photo({'G', 'I', 'F', '8', '9', 'a'}));
  EXPECT_FALSE(head_is_photo(Bytes(100, 'x')));
  EXPECT_FALSE(head_is_photo({'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'A', 'V', 'E'}));
}

TEST_F(ReadImage, BytesAfterTheMagicAloneAreNoImageEither) {
  using namespace std::string_view_literals;
  for (const std::string_view magic :
       {"\xFF\xD8\xFF"sv, "\x89PNG\r\n\x1A\n"sv, "RIFF\x04\0\0\0WEBP"sv,
        "\0\0\0\x18"
        "ftypheic"sv,
        "\0\0\0\x18"
        "ftypavif"sv}) {
    message_of(write("photo.jpg", magic), ErrorCode::kUnreadableImage);
    message_of(write("photo.jpg", std::string(magic) + std::string(4096, 'x')),
               ErrorCode::kUnreadableImage);
    message_of(write("photo.jpg", std::string(magic) + std::string(4096, '\0')),
               ErrorCode::kUnreadableImage);
  }
}

}  // namespace
}  // namespace visavis::image_file_test
