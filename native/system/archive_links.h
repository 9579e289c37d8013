#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "native/system/file_source.h"

namespace visavis {

/// The names in an archive, normalised by normal_archive_name, before links are resolved.
struct ArchiveNames {
  /// A hard link: another name of a file.
  struct HardLink {
    std::string name;
    std::string target;
  };

  std::map<std::string, std::size_t> files;  ///< Name to content; a later one of a name replaces.
  std::vector<HardLink> hard_links;          ///< In the archive's order.
  std::map<std::string, std::string> links;  ///< Symbolic ones: name to target, as written.
};

/// Adds what the links stand for to `names.files`: hard links, and symbolic ones to files and
/// folders. Returns those that lead nowhere, out of the archive, in a circle, to a folder that
/// holds the link, or to one whose files begin with `inside` ("" or "folder/") and so are listed
/// already.
std::vector<LeftOutEntry> resolve_links(ArchiveNames& names, const std::string& inside);

/// "a/b" of "./a//b/".
std::string normal_archive_name(const std::string& name);

}  // namespace visavis
