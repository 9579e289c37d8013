#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "native/system/file_source.h"

namespace visavis {

/// Thrown for a file that is no archive.
class NoArchive : public Error {
 public:
  explicit NoArchive(const std::string& path)
      : Error(ErrorCode::kIo, path + ": not a readable tar or zip archive") {}
};

/// A single file, presented as a folder that holds it alone.
std::unique_ptr<FileSource> open_file(const std::filesystem::path& path);

/// Every file below the folder. Links are followed: one to a folder that is listed already, or that
/// holds the folder itself, is left out, so that each is listed once and a loop ends. Hidden
/// folders are not looked into. Throws kIo, naming it, for a folder that cannot be listed.
std::unique_ptr<FileSource> open_folder(const std::filesystem::path& path);

/// Every file of a tar or zip, whatever its compression, its links included: hard links and
/// symbolic ones, to files and to folders of the archive. A link to a folder of which `inside` (""
/// or "folder/") holds the files already is left out. Throws NoArchive, and kIo when it is
/// damaged, or is compressed and larger than memory is to hold.
std::unique_ptr<FileSource> open_archive(const std::filesystem::path& path,
                                         const std::string& inside = "");

/// Whether the file or folder of this name is one of those that are not looked at: hidden ones,
/// and the folder of resource forks that macOS puts into archives.
bool is_hidden_name(std::string_view name);

}  // namespace visavis
