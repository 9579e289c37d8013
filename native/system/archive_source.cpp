#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "native/system/archive_links.h"
#include "native/system/file_sources.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxUnpackedBytes = std::size_t{1} << 30U;

struct ArchiveDeleter {
  void operator()(archive* a) const { archive_read_free(a); }
};
using ArchiveHandle = std::unique_ptr<archive, ArchiveDeleter>;

[[noreturn]] void throw_damaged(const fs::path& path, archive* a) {
  const char* reason = archive_error_string(a);
  throw Error(ErrorCode::kIo, path.string() + ": not a readable tar or zip archive: " +
                                  (reason == nullptr ? "unknown reason" : reason));
}

[[noreturn]] void throw_too_large(const fs::path& path, const std::string& name,
                                  std::size_t max_bytes) {
  throw Error(ErrorCode::kImageTooLarge, path.string() + ":" + name + ": more than " +
                                             std::to_string(max_bytes >> 20U) + " MB");
}

/// An open file that several threads read from, each at its own place.
class SharedFile {
 public:
  explicit SharedFile(const fs::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    if (fd_ < 0 || ::fstat(fd_, &status) != 0) {
      throw Error(ErrorCode::kIo, path.string() + ": " + std::strerror(errno));
    }
    size_ = status.st_size;
  }
  ~SharedFile() { ::close(fd_); }
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] off_t size() const { return size_; }

 private:
  int fd_;
  off_t size_ = 0;
};

/// What libarchive's callbacks read through. Must outlive the archive handle.
struct Cursor {
  int fd = -1;
  off_t size = 0;
  off_t position = 0;
  std::array<char, 1U << 16U> buffer{};
};

la_ssize_t read_block(archive* a, void* data, const void** block) {
  auto& cursor = *static_cast<Cursor*>(data);
  ssize_t count = 0;
  do {
    count = ::pread(cursor.fd, cursor.buffer.data(), cursor.buffer.size(), cursor.position);
  } while (count < 0 && errno == EINTR);
  if (count < 0) {
    archive_set_error(a, errno, "%s", std::strerror(errno));
    return ARCHIVE_FATAL;
  }
  cursor.position += count;
  *block = cursor.buffer.data();
  return count;
}

/// Stops at the file's end, so that libarchive notices a truncated archive.
la_int64_t skip_block(archive*, void* data, la_int64_t request) {
  auto& cursor = *static_cast<Cursor*>(data);
  const la_int64_t skipped = std::clamp<la_int64_t>(cursor.size - cursor.position, 0, request);
  cursor.position += skipped;
  return skipped;
}

ArchiveHandle open_at(Cursor& cursor, const fs::path& path) {
  ArchiveHandle handle(archive_read_new());
  if (handle == nullptr) throw Error(ErrorCode::kOutOfMemory, path.string() + ": out of memory");
  // By name: for others libarchive would start programs found on PATH (lrzip, lzop, grzip).
  archive_read_support_filter_gzip(handle.get());
  archive_read_support_filter_bzip2(handle.get());
  archive_read_support_filter_xz(handle.get());
  archive_read_support_filter_zstd(handle.get());
  archive_read_support_filter_lz4(handle.get());
  archive_read_support_format_tar(handle.get());
  archive_read_support_format_zip_streamable(handle.get());
  archive_read_set_callback_data(handle.get(), &cursor);
  archive_read_set_read_callback(handle.get(), read_block);
  archive_read_set_skip_callback(handle.get(), skip_block);
  if (archive_read_open1(handle.get()) == ARCHIVE_OK) return handle;
  // The format is told here already: of none of them there is none.
  if (archive_format(handle.get()) == 0) throw NoArchive(path.string());
  throw_damaged(path, handle.get());
}

/// The first bytes of the entry that the archive is at.
std::vector<std::uint8_t> read_entry_head(archive* a, std::size_t count, const fs::path& path) {
  std::vector<std::uint8_t> bytes(count);
  const la_ssize_t length = archive_read_data(a, bytes.data(), count);
  if (length < 0) throw_damaged(path, a);
  bytes.resize(static_cast<std::size_t>(length));
  return bytes;
}

std::vector<std::uint8_t> read_entry(archive* a, std::size_t max_bytes, const fs::path& path,
                                     const std::string& name) {
  std::vector<std::uint8_t> bytes;
  std::array<std::uint8_t, 1U << 16U> block{};
  while (true) {
    const la_ssize_t count = archive_read_data(a, block.data(), block.size());
    if (count < 0) throw_damaged(path, a);
    if (count == 0) return bytes;
    bytes.insert(bytes.end(), block.begin(), block.begin() + count);
    if (bytes.size() > max_bytes) {
      throw_too_large(path, name, max_bytes);
    }
  }
}

/// Where a file's content lies.
struct Content {
  off_t header = 0;
  std::vector<std::uint8_t> bytes;  ///< Only where the archive is compressed.
};

/// Everything a pass over an archive finds.
struct ArchiveScan {
  bool in_place = false;  ///< A plain tar: contents are read where they lie.
  std::vector<Content> contents;
  ArchiveNames names;
};

class ArchiveScanner {
 public:
  ArchiveScanner(const fs::path& path, const SharedFile& file) : path_(path), file_(file) {}

  ArchiveScan scan() {
    Cursor cursor{file_.fd(), file_.size(), 0, {}};
    const ArchiveHandle handle = open_at(cursor, path_);
    archive_entry* header = nullptr;
    int status = ARCHIVE_OK;
    while ((status = archive_read_next_header(handle.get(), &header)) == ARCHIVE_OK ||
           status == ARCHIVE_WARN) {
      scan_.in_place =
          archive_filter_code(handle.get(), 0) == ARCHIVE_FILTER_NONE &&
          (archive_format(handle.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
      const char* name = archive_entry_pathname_utf8(header);
      if (name == nullptr) name = archive_entry_pathname(header);
      if (name != nullptr) add(handle.get(), header, normal_archive_name(name));
    }
    if (status != ARCHIVE_EOF && archive_format(handle.get()) == 0) throw NoArchive(path_.string());
    if (status != ARCHIVE_EOF) throw_damaged(path_, handle.get());
    return std::move(scan_);
  }

 private:
  void add(archive* a, archive_entry* header, const std::string& name) {
    const char* linked = archive_entry_hardlink(header);
    // A hard link may bring its content along (pax): then it is a file like any other.
    if (linked != nullptr && archive_entry_size(header) == 0) {
      scan_.names.hard_links.push_back({name, normal_archive_name(linked)});
    } else if (archive_entry_filetype(header) == AE_IFLNK) {
      const char* target = archive_entry_symlink(header);
      if (target != nullptr) scan_.names.links[name] = target;
    } else if (archive_entry_filetype(header) == AE_IFREG) {
      add_file(a, name);
    }
  }

  void add_file(archive* a, const std::string& name) {
    Content content{static_cast<off_t>(archive_read_header_position(a)), {}};
    if (!scan_.in_place) {
      content.bytes = read_entry(a, kMaxUnpackedBytes - unpacked_, path_, name);
      unpacked_ += content.bytes.size();
    }
    scan_.names.files[name] = scan_.contents.size();
    scan_.contents.push_back(std::move(content));
  }

  const fs::path& path_;
  const SharedFile& file_;
  std::size_t unpacked_ = 0;
  ArchiveScan scan_;
};

class ArchiveSource : public FileSource {
 public:
  ArchiveSource(fs::path path, const std::string& inside) : path_(std::move(path)), file_(path_) {
    ArchiveScan scan = ArchiveScanner(path_, file_).scan();
    listing_.left_out = resolve_links(scan.names, inside);
    in_place_ = scan.in_place;
    contents_ = std::move(scan.contents);
    for (const auto& [name, content] : scan.names.files) {
      listing_.names.push_back(name);
      content_of_name_.push_back(content);
    }
  }

  [[nodiscard]] const FileListing& listing() const override { return listing_; }

  [[nodiscard]] std::vector<std::uint8_t> read(std::size_t index,
                                               std::size_t max_bytes) const override {
    const Content& content = contents_[content_of_name_[index]];
    if (!in_place_) {
      if (content.bytes.size() <= max_bytes) return content.bytes;
      throw_too_large(path_, names()[index], max_bytes);
    }
    return at_entry(content,
                    [&](archive* a) { return read_entry(a, max_bytes, path_, names()[index]); });
  }

  [[nodiscard]] std::vector<std::uint8_t> head(std::size_t index,
                                               std::size_t count) const override {
    const Content& content = contents_[content_of_name_[index]];
    if (in_place_) {
      return at_entry(content, [&](archive* a) { return read_entry_head(a, count, path_); });
    }
    const std::vector<std::uint8_t>& bytes = content.bytes;
    return {bytes.begin(),
            bytes.begin() + static_cast<std::ptrdiff_t>(std::min(count, bytes.size()))};
  }

 private:
  /// A tar may be read from any header on: a short-lived reader per file needs no lock.
  template <class Read>
  [[nodiscard]] std::vector<std::uint8_t> at_entry(const Content& content, const Read& read) const {
    Cursor cursor{file_.fd(), file_.size(), content.header, {}};
    const ArchiveHandle handle = open_at(cursor, path_);
    archive_entry* header = nullptr;
    const int status = archive_read_next_header(handle.get(), &header);
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) throw_damaged(path_, handle.get());
    return read(handle.get());
  }

  fs::path path_;
  SharedFile file_;
  bool in_place_ = false;
  std::vector<Content> contents_;
  std::vector<std::size_t> content_of_name_;
  FileListing listing_;
};

}  // namespace

std::unique_ptr<FileSource> open_archive(const fs::path& path, const std::string& inside) {
  return std::make_unique<ArchiveSource>(path, inside);
}

}  // namespace visavis
