#include "native/preparation/cache_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/error.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

struct FileHeader {
  std::array<char, 8> magic{'V', 'I', 'S', 'A', 'V', 'I', 'S', '\0'};
  std::uint32_t version = 1;
  std::uint32_t byte_order = 0x01020304;
};
static_assert(sizeof(FileHeader) == 16);

/// All fields aligned, without padding: written as it lies in memory.
struct RecordHeader {
  std::uint32_t magic = 0x43524956;  ///< "VIRC"
  std::uint32_t crc = 0;             ///< Of the rest of this header.
  std::uint64_t content_fnv = 0;
  std::uint64_t content_crc_and_length = 0;
  std::uint64_t preparation = 0;
  std::uint32_t payload_size = 0;
  std::uint32_t payload_crc = 0;
  std::uint32_t is_problem = 0;
  std::uint32_t has_points = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::array<float, 10> points{};
};
static_assert(sizeof(RecordHeader) == 96);

[[noreturn]] void throw_io(const fs::path& path, const std::string& what, int reason) {
  throw Error(ErrorCode::kIo, path.string() + ": " + what + ": " +
                                  std::error_code(reason, std::generic_category()).message());
}

std::uint32_t crc32_of(std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint32_t>(::crc32_z(0, bytes.data(), bytes.size()));
}

std::uint32_t header_crc(const RecordHeader& header) {
  constexpr std::size_t kStart = 8;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&header);
  return crc32_of({bytes + kStart, sizeof header - kStart});
}

/// Whether what a sound header says of its payload makes sense: a crafted or foreign one may not.
bool is_consistent(const RecordHeader& header) {
  const bool is_image = header.width != 0 || header.height != 0;
  if (header.is_problem != 0 || !is_image) return header.payload_size <= 1U << 16U;
  return header.width > 0 && header.height > 0 && header.width <= 1U << 14U &&
         header.height <= 1U << 14U &&
         std::uint64_t{header.width} * header.height * 3 == header.payload_size;
}

RecordHeader header_of(const CacheKey& key, const CacheRecord& record,
                       std::span<const std::uint8_t> payload) {
  RecordHeader header;
  header.content_fnv = key.content.fnv;
  header.content_crc_and_length = key.content.crc_and_length;
  header.preparation = key.preparation;
  header.payload_size = static_cast<std::uint32_t>(payload.size());
  header.payload_crc = crc32_of(payload);
  header.is_problem = record.is_problem ? 1 : 0;
  header.has_points = record.has_points ? 1 : 0;
  header.width = record.width;
  header.height = record.height;
  header.points = record.points;
  header.crc = header_crc(header);
  return header;
}

CacheFile::Entry entry_of(const RecordHeader& header, std::uint64_t offset) {
  return {
      {header.is_problem != 0, header.has_points != 0, header.width, header.height, header.points},
      offset + sizeof header,
      header.payload_size,
      header.payload_crc};
}

std::uint64_t size_of(int descriptor, const fs::path& path) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) throw_io(path, "cannot be examined", errno);
  return static_cast<std::uint64_t>(status.st_size);
}

bool was_deleted(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && status.st_nlink == 0;
}

/// Waits in short sleeps, so that a requested stop is seen. False then.
bool lock(int descriptor, const fs::path& path, ProgressSink& progress,
          const std::stop_token& stop) {
  bool has_said_so = false;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) throw_io(path, "cannot be locked", errno);
    if (stop.stop_requested()) return false;
    if (!std::exchange(has_said_so, true)) {
      progress.say(path.string() + ": another process is preparing photos; waiting for it to end");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return true;
}

int open_or_create(const fs::path& path) {
  std::error_code failed;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), failed);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) throw_io(path, "the cache of prepared photos cannot be opened", errno);
  return descriptor;
}

}  // namespace

MappedFile::MappedFile(int descriptor, std::size_t size, const fs::path& path) : size_(size) {
  if (size == 0) return;
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (data == MAP_FAILED) throw_io(path, "cannot be mapped into memory", errno);
  data_ = static_cast<const std::uint8_t*>(data);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::uint8_t*>(data_), size_);
}

std::unique_ptr<CacheFile> CacheFile::open(const fs::path& path, ProgressSink& progress,
                                           const std::stop_token& stop) {
  while (true) {
    std::unique_ptr<CacheFile> file(new CacheFile(open_or_create(path), path));
    if (!lock(file->descriptor_, path, progress, stop)) return nullptr;
    if (was_deleted(file->descriptor_)) continue;  // While waiting: what we'd write would be lost.
    file->load(progress);
    return file;
  }
}

CacheFile::CacheFile(int descriptor, fs::path path)
    : descriptor_(descriptor), path_(std::move(path)) {}

CacheFile::~CacheFile() {
  // By hand: a mapping, which outlives the descriptor, would keep the lock with it.
  ::flock(descriptor_, LOCK_UN);
  ::close(descriptor_);
}

void CacheFile::load(ProgressSink& progress) {
  const std::uint64_t size = size_of(descriptor_, path_);
  map_ = MappedFile(descriptor_, size, path_);
  const std::span<const std::uint8_t> bytes = map_.bytes();
  const FileHeader expected;
  const std::size_t start = std::min<std::size_t>(size, sizeof expected);
  if (start > 0 && std::memcmp(bytes.data(), &expected, start) != 0) {
    throw Error(ErrorCode::kIo, path_.string() +
                                    ": no cache of prepared photos, or of another version of "
                                    "visavis; delete it or name another file");
  }
  if (size < sizeof expected) {  // New, or killed while it was.
    write_at_end({reinterpret_cast<const std::uint8_t*>(&expected), sizeof expected});
    return;
  }
  end_ = sizeof expected;
  while (size - end_ >= sizeof(RecordHeader)) {
    RecordHeader header;
    std::memcpy(&header, bytes.data() + end_, sizeof header);
    if (header.magic != RecordHeader{}.magic || header.crc != header_crc(header) ||
        !is_consistent(header) || size - end_ - sizeof header < header.payload_size) {
      break;
    }
    const CacheKey key{{header.content_fnv, header.content_crc_and_length}, header.preparation};
    entries_.insert_or_assign(key, entry_of(header, end_));
    end_ += sizeof header + header.payload_size;
  }
  if (end_ == size) return;
  progress.say(fmt::format("{}: the last {} bytes are incomplete (an interrupted run?) and cut off",
                           path_.string(), size - end_));
  if (::ftruncate(descriptor_, static_cast<off_t>(end_)) != 0) {
    throw_io(path_, "cannot be cut", errno);
  }
}

std::optional<CacheFile::Entry> CacheFile::find(const CacheKey& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  const Entry& entry = found->second;
  if (crc32_of(map_.bytes().subspan(entry.offset, entry.size)) != entry.crc) return std::nullopt;
  return entry;
}

CacheFile::Entry CacheFile::append(const CacheKey& key, const CacheRecord& record,
                                   std::span<const std::uint8_t> payload) {
  const RecordHeader header = header_of(key, record, payload);
  std::vector<std::uint8_t> bytes(sizeof header + payload.size());
  std::memcpy(bytes.data(), &header, sizeof header);
  if (!payload.empty()) std::memcpy(bytes.data() + sizeof header, payload.data(), payload.size());
  const std::lock_guard guard(mutex_);
  const std::uint64_t offset = end_;
  write_at_end(bytes);
  return entry_of(header, offset);
}

void CacheFile::write_at_end(std::span<const std::uint8_t> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data() + done, bytes.size() - done,
                                     static_cast<off_t>(end_ + done));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int reason = errno;
      // Where even this fails, the next opening cuts it off.
      [[maybe_unused]] const int cut = ::ftruncate(descriptor_, static_cast<off_t>(end_));
      throw_io(path_, "prepared photos cannot be written", reason);
    }
    done += static_cast<std::size_t>(written);
  }
  end_ += bytes.size();
}

void CacheFile::sync() {
  if (::fsync(descriptor_) != 0) throw_io(path_, "prepared photos cannot be written", errno);
}

MappedFile CacheFile::map() const { return {descriptor_, static_cast<std::size_t>(end_), path_}; }

}  // namespace visavis
