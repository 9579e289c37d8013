#pragma once

#include <filesystem>
#include <string>

namespace visavis {

/// A folder or archive, or a folder within an archive.
struct FileLocation {
  std::filesystem::path path;
  std::string inside;  ///< "folder/" or empty.
};

/// FOLDER, ARCHIVE or ARCHIVE:FOLDER-INSIDE. Throws kIo when there is no such place.
FileLocation split_location(const std::string& location);

}  // namespace visavis
