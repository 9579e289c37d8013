#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "core/base/error.h"
#include "native/system/atomic_file.h"
#include "native/system/file_sources.h"

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

std::vector<std::uint8_t> read_head(const fs::path& path, std::size_t count) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw Error(ErrorCode::kIo, path.string() + ": " + std::strerror(errno));
  std::vector<std::uint8_t> bytes(count);
  ssize_t length = 0;
  do {
    length = ::pread(file, bytes.data(), count, 0);
  } while (length < 0 && errno == EINTR);
  const int reason = errno;
  ::close(file);
  if (length < 0) throw Error(ErrorCode::kIo, path.string() + ": " + std::strerror(reason));
  bytes.resize(static_cast<std::size_t>(length));
  return bytes;
}

/// Lists a folder: first all that lies in it, then, round by round, what links lead to.
class FolderWalk {
 public:
  explicit FolderWalk(const fs::path& root) : root_(root) {}

  FileListing list() {
    note_folders_above();
    visit("");
    while (!links_.empty()) {
      std::vector<std::string> links = std::move(links_);
      links_.clear();
      std::sort(links.begin(), links.end());
      for (const std::string& link : links) follow(link);
    }
    std::sort(listing_.names.begin(), listing_.names.end());
    std::sort(listing_.folders.begin(), listing_.folders.end());
    return std::move(listing_);
  }

 private:
  /// What tells a folder from all others, whatever it is called.
  using FolderId = std::pair<dev_t, ino_t>;

  static FolderId id_of(const fs::path& folder) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) return {};
    return {status.st_dev, status.st_ino};
  }

  /// A link to one of them would bring in everything beside the folder, and the folder itself.
  void note_folders_above() {
    std::error_code unknown;
    fs::path above = fs::canonical(root_, unknown);
    while (!unknown && above.has_relative_path()) {
      above = above.parent_path();
      seen_.emplace(id_of(above), "");
    }
  }

  void visit(const std::string& folder) {
    std::vector<std::string> waiting{folder};
    while (!waiting.empty()) {
      const std::string next = std::move(waiting.back());
      waiting.pop_back();
      seen_.emplace(id_of(root_ / next), next);
      if (!next.empty()) listing_.folders.push_back(next);
      read_entries(next, waiting);
    }
  }

  void read_entries(const std::string& folder, std::vector<std::string>& folders) {
    const fs::path place = folder.empty() ? root_ : root_ / folder;
    std::error_code failed;
    fs::directory_iterator entries(place, failed);
    for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
      const std::string file = entries->path().filename().string();
      add(*entries, folder.empty() ? file : folder + "/" + file, file, folders);
    }
    if (failed) {
      throw Error(ErrorCode::kIo, place.string() + ": cannot list the folder: " + failed.message());
    }
  }

  /// The kind of an entry is known from listing its folder: a file costs no call of its own.
  void add(const fs::directory_entry& entry, const std::string& name, const std::string& file,
           std::vector<std::string>& folders) {
    std::error_code failed;
    const bool is_link = entry.is_symlink(failed);
    if (entry.is_regular_file(failed)) {
      listing_.names.push_back(name);
    } else if (entry.is_directory(failed)) {
      if (!is_hidden_name(file)) (is_link ? links_ : folders).push_back(name);
    } else if (!is_hidden_name(file)) {
      listing_.left_out.push_back({name, is_link ? "a link to what is not there"
                                                 : "is no file (a pipe, socket or device)"});
    }
  }

  void follow(const std::string& link) {
    const auto known = seen_.find(id_of(root_ / link));
    if (known == seen_.end()) {
      visit(link);
    } else {
      listing_.left_out.push_back(
          {link, known->second.empty()
                     ? "a link to a folder that holds it"
                     : "a link to the folder " + known->second + ", which is listed already"});
    }
  }

  const fs::path& root_;
  std::map<FolderId, std::string> seen_;
  std::vector<std::string> links_;  ///< To folders, not followed yet.
  FileListing listing_;
};

class FolderSource : public FileSource {
 public:
  explicit FolderSource(fs::path root)
      : root_(std::move(root)), listing_(FolderWalk(root_).list()) {}

  [[nodiscard]] const FileListing& listing() const override { return listing_; }
  [[nodiscard]] std::vector<std::uint8_t> read(std::size_t index,
                                               std::size_t max_bytes) const override {
    return read_whole(root_ / names()[index], max_bytes);
  }
  [[nodiscard]] std::vector<std::uint8_t> head(std::size_t index,
                                               std::size_t count) const override {
    return read_head(root_ / names()[index], count);
  }

 private:
  fs::path root_;
  FileListing listing_;
};

class SingleFile : public FileSource {
 public:
  explicit SingleFile(fs::path path)
      : path_(std::move(path)), listing_{{path_.filename().string()}, {}, {}} {}

  [[nodiscard]] const FileListing& listing() const override { return listing_; }
  [[nodiscard]] std::vector<std::uint8_t> read(std::size_t, std::size_t max_bytes) const override {
    return read_whole(path_, max_bytes);
  }
  [[nodiscard]] std::vector<std::uint8_t> head(std::size_t, std::size_t count) const override {
    return read_head(path_, count);
  }

 private:
  fs::path path_;
  FileListing listing_;
};

}  // namespace

bool is_hidden_name(std::string_view name) { return name.front() == '.' || name == "__MACOSX"; }

std::unique_ptr<FileSource> open_file(const fs::path& path) {
  return std::make_unique<SingleFile>(path);
}

std::unique_ptr<FileSource> open_folder(const fs::path& path) {
  return std::make_unique<FolderSource>(path);
}

}  // namespace visavis
