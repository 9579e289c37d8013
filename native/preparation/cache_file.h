#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <tuple>

#include "native/system/content_hash.h"
#include "native/system/progress_sink.h"

namespace visavis {

/// The key of a cached record: the content and the preparation it was made from.
struct CacheKey {
  ContentHash content;
  std::uint64_t preparation = 0;

  friend bool operator<(const CacheKey& a, const CacheKey& b) {
    return std::tie(a.content, a.preparation) < std::tie(b.content, b.preparation);
  }
};

/// What a record says of its payload: RGB8 pixels of an image, why there is none, or (of no width
/// and height) what else is kept of a photo.
struct CacheRecord {
  bool is_problem = false;  ///< The payload is the reason, as text.
  bool has_points = false;
  std::uint32_t width = 0;  ///< Payloads that are no image have at most 64 KiB.
  std::uint32_t height = 0;
  std::array<float, 10> points{};  ///< x y of the five points.
};

/// Read-only memory that a file is mapped into.
class MappedFile {
 public:
  MappedFile() = default;
  /// The first `size` bytes. Throws kIo.
  MappedFile(int descriptor, std::size_t size, const std::filesystem::path& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {data_, size_}; }

 private:
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

/// An append-only file of records, held by one process at a time while records are added.
///
/// Layout (of the machine that wrote it, a cache): 16 bytes "VISAVIS", 0, u32 format version, u32
/// byte order mark; then records: a header of fixed size with its own CRC-32 and the payload's, and
/// the payload. A record's bytes never move or change, so that a reader's mapping stays true while
/// another process appends. What a killed process left half-written is cut off on opening; what a
/// power failure left unwritten shows in the payload's CRC, and the record is made anew.
class CacheFile {
 public:
  /// A record in the file.
  struct Entry {
    CacheRecord record;
    std::uint64_t offset = 0;  ///< Of the payload.
    std::uint32_t size = 0;
    std::uint32_t crc = 0;
  };

  /// Makes the file where there is none, its folders too. While another process holds it, tells
  /// `progress` so and waits. Null where a stop was requested meanwhile. Throws kIo: not permitted,
  /// or a file that is no such cache or of another version.
  static std::unique_ptr<CacheFile> open(const std::filesystem::path& path, ProgressSink& progress,
                                         const std::stop_token& stop = {});
  ~CacheFile();
  CacheFile(const CacheFile&) = delete;
  CacheFile& operator=(const CacheFile&) = delete;

  /// The record, where there was one on opening and its payload (which is read for it) is sound.
  [[nodiscard]] std::optional<Entry> find(const CacheKey& key) const;
  /// Appends a record: from the next opening on it stands for its key. Safe to call from several
  /// threads. Throws kIo (the disk is full, ..), the file being as before.
  Entry append(const CacheKey& key, const CacheRecord& record,
               std::span<const std::uint8_t> payload);
  /// Gets everything onto the disk. Throws kIo.
  void sync();
  /// The file as it is now; outlives this object.
  [[nodiscard]] MappedFile map() const;
  [[nodiscard]] std::uint64_t size() const { return end_; }

 private:
  CacheFile(int descriptor, std::filesystem::path path);
  void load(ProgressSink& progress);
  void write_at_end(std::span<const std::uint8_t> bytes);

  int descriptor_;
  std::filesystem::path path_;
  std::uint64_t end_ = 0;
  MappedFile map_;  ///< As it was on opening.
  std::map<CacheKey, Entry> entries_;
  std::mutex mutex_;  ///< Guards the file's end.
};

}  // namespace visavis
