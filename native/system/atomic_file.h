#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <ostream>
#include <vector>

namespace visavis {

/// Writes beside the target, fsyncs, renames: the target is either the old file or the whole new
/// one, also when the disk fills, the process is killed or the power fails. Throws kIo with the
/// path and the system's reason; the temporary file is removed.
void write_file_atomically(const std::filesystem::path& path,
                           const std::function<void(std::ostream&)>& write);

/// A file and what goes into it.
struct FileContent {
  std::filesystem::path path;
  std::function<void(std::ostream&)> write;
};

/// Files that belong together, each as write_file_atomically writes one. All are written before any
/// old one is touched, and every old one is moved aside before the first new one takes its place:
/// old and new never stand side by side. A failure puts the old ones back. Where the program is
/// killed in between, some are missing; the old ones are then beside them, under hidden names.
void write_files_together(const std::vector<FileContent>& files);

/// Throws kIo where a file could not be written now: the path is a folder or a write-protected
/// file, or its folder is missing or not writable. Leaves nothing behind.
void check_writable(const std::filesystem::path& path);

/// Whole file. Throws kIo: missing, a folder, not permitted, or more than `max_bytes`.
std::vector<std::uint8_t> read_file(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace visavis
