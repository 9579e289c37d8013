#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace visavis {

/// An entry of a folder or archive that is not used.
struct LeftOutEntry {
  std::string name;
  std::string reason;  ///< "a link to what is not there"
};

/// What a folder or an archive holds; names are relative, with '/', sorted.
struct FileListing {
  std::vector<std::string> names;      ///< Of files.
  std::vector<std::string> folders;    ///< Those that were listed; empty for an archive.
  std::vector<LeftOutEntry> left_out;  ///< Links that lead nowhere, or to what is listed already.
};

/// The files of a folder or an archive.
class FileSource {
 public:
  virtual ~FileSource() = default;
  [[nodiscard]] virtual const FileListing& listing() const = 0;
  [[nodiscard]] const std::vector<std::string>& names() const { return listing().names; }
  /// Safe to call from several threads. Throws kIo, kImageTooLarge above `max_bytes`.
  [[nodiscard]] virtual std::vector<std::uint8_t> read(std::size_t index,
                                                       std::size_t max_bytes) const = 0;
  /// The file's first bytes, `count` or as many as it has. As read; throws kIo.
  [[nodiscard]] virtual std::vector<std::uint8_t> head(std::size_t index,
                                                       std::size_t count) const = 0;
};

}  // namespace visavis
