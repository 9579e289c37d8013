#pragma once

#include <filesystem>
#include <memory>

#include "native/dataset.h"

namespace visavis {

/// One file, as a folder of one.
std::unique_ptr<FileSource> open_file(const std::filesystem::path& path);

/// Every regular file below the folder. Throws kIo when it cannot be listed.
std::unique_ptr<FileSource> open_folder(const std::filesystem::path& path);

/// Every regular file of a tar or zip, whatever its compression. Throws kIo when it is no archive,
/// is damaged, or is compressed and larger than memory is to hold.
std::unique_ptr<FileSource> open_archive(const std::filesystem::path& path);

}  // namespace visavis
