#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "native/atomic_file.h"
#include "native/file_sources.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> read_whole(const fs::path& path, std::size_t max_bytes) {
  std::error_code unknown;
  const std::uintmax_t size = fs::file_size(path, unknown);
  if (!unknown && size > max_bytes) {
    throw Error(ErrorCode::kImageTooLarge,
                path.string() + ": more than " + std::to_string(max_bytes >> 20U) + " MB");
  }
  return read_file(path, max_bytes);
}

class FolderSource : public FileSource {
 public:
  explicit FolderSource(fs::path root) : root_(std::move(root)) {
    try {
      for (const auto& entry : fs::recursive_directory_iterator(root_)) {
        if (entry.is_regular_file()) {
          names_.push_back(entry.path().lexically_relative(root_).generic_string());
        }
      }
    } catch (const fs::filesystem_error& error) {
      throw Error(ErrorCode::kIo,
                  root_.string() + ": cannot list the folder: " + error.code().message());
    }
    std::sort(names_.begin(), names_.end());
  }

  [[nodiscard]] const std::vector<std::string>& names() const override { return names_; }
  [[nodiscard]] std::vector<std::uint8_t> read(std::size_t index,
                                               std::size_t max_bytes) const override {
    return read_whole(root_ / names_[index], max_bytes);
  }

 private:
  fs::path root_;
  std::vector<std::string> names_;
};

class SingleFile : public FileSource {
 public:
  explicit SingleFile(fs::path path) : path_(std::move(path)), names_{path_.filename().string()} {}

  [[nodiscard]] const std::vector<std::string>& names() const override { return names_; }
  [[nodiscard]] std::vector<std::uint8_t> read(std::size_t, std::size_t max_bytes) const override {
    return read_whole(path_, max_bytes);
  }

 private:
  fs::path path_;
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<FileSource> open_file(const fs::path& path) {
  return std::make_unique<SingleFile>(path);
}

std::unique_ptr<FileSource> open_folder(const fs::path& path) {
  return std::make_unique<FolderSource>(path);
}

}  // namespace visavis
