#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "native/system/file_source.h"

namespace visavis {

/// Photos in a folder or a tar (or zip) that stays packed. A plain tar is read in place; a
/// compressed archive is held in memory, up to 1 GiB unpacked.
///
/// A file's content decides whether it is a photo, not its name. A file with a photo's extension
/// (.jpg, .jpeg, .png, .webp in any case) is checked only when it is read, so that listing a
/// million photos opens none of them. Hidden files and folders and files of the system (Thumbs.db,
/// resource forks) are no photos; a hidden photo is reported as left out.
class Dataset {
 public:
  /// FOLDER, ARCHIVE, ARCHIVE:FOLDER-INSIDE, or a single image file. Throws kIo when it does not
  /// exist, is none of these, or holds no photo.
  static Dataset open(const std::string& location);

  /// Names relative to the location, sorted: "images/Ada/Ada_0001.jpg".
  [[nodiscard]] const std::vector<std::string>& images() const { return images_; }
  /// The name with its location, for messages.
  [[nodiscard]] std::string full_name(std::size_t image) const;
  /// The encoded image. Safe to call from several threads. Throws kIo, kImageTooLarge.
  [[nodiscard]] std::vector<std::uint8_t> read(std::size_t image) const;

  /// The image of that name, or the only one whose path ends in it; the extension may be left out.
  /// Nothing when none matches; throws kInvalidArgument when several do.
  [[nodiscard]] std::optional<std::size_t> find(const std::string& name) const;
  /// Content of the only other file whose path ends in `name` ("pairs.txt"), up to 64 MB.
  [[nodiscard]] std::optional<std::string> read_text(const std::string& name) const;

  [[nodiscard]] const std::string& location() const { return location_; }
  /// Entries that are not used, a line each with name and reason: files that are no photos, hidden
  /// photos, broken links.
  [[nodiscard]] const std::vector<std::string>& left_out() const { return left_out_; }
  /// Folders without a photo in them or below, sorted. Empty for an archive, which need not list
  /// its folders.
  [[nodiscard]] std::vector<std::string> empty_folders() const;
  /// Whether any photo lies in a folder within the location.
  [[nodiscard]] bool has_folders() const;
  /// Whether the location is itself a photo.
  [[nodiscard]] bool is_single_file() const { return is_single_file_; }

 private:
  void open_files(const std::string& path);
  void select_images();
  [[nodiscard]] bool is_image_by_content(std::size_t file, const std::string& name);
  [[nodiscard]] std::string display_name(const std::string& name) const;

  std::string location_;
  std::string inside_;  ///< "folder/" within the archive, or empty.
  std::unique_ptr<FileSource> files_;
  std::vector<std::string> images_;
  std::vector<std::size_t> file_of_image_;
  std::unordered_multimap<std::string, std::size_t> image_by_stem_;  ///< "Ada_0001" -> image
  std::vector<std::string> left_out_;
  bool is_single_file_ = false;
};

/// A photo of a dataset, which must outlive it.
struct PhotoRef {
  const Dataset* dataset = nullptr;
  std::size_t image = 0;
  bool is_altered = false;  ///< Whether embed_photos alters it.
};

/// The identity of a photo, from its name: the folder that holds it; without a folder, the file
/// name up to its first '_' or its extension ("001_03.jpg" -> "001").
std::string identity_of(const std::string& image_name);

}  // namespace visavis
