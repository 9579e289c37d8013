#pragma once

#include <filesystem>
#include <string_view>

namespace visavis {

/// A file that grows at its end. Each append has reached the system when it returns: a kill of the
/// process loses nothing. Throws kIo with the path and the system's reason.
class AppendFile {
 public:
  AppendFile() = default;
  /// The file must exist.
  explicit AppendFile(std::filesystem::path path);
  ~AppendFile();
  AppendFile(AppendFile&& other) noexcept;
  AppendFile& operator=(AppendFile&& other) noexcept;

  void append(std::string_view bytes);

 private:
  std::filesystem::path path_;
  int fd_ = -1;
};

}  // namespace visavis
