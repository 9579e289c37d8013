#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace visavis {

/// The files of a folder or an archive; names are relative, with '/', sorted.
class FileSource {
 public:
  virtual ~FileSource() = default;
  [[nodiscard]] virtual const std::vector<std::string>& names() const = 0;
  /// Safe to call from several threads. Throws kIo, kImageTooLarge above `max_bytes`.
  [[nodiscard]] virtual std::vector<std::uint8_t> read(std::size_t index,
                                                       std::size_t max_bytes) const = 0;
};

/// Photos in a folder or a tar (or zip) that stays packed. A plain tar is read in place; a
/// compressed archive is held in memory, up to 1 GiB unpacked. Hidden files are left out.
class Dataset {
 public:
  /// FOLDER, ARCHIVE, ARCHIVE:FOLDER-INSIDE, or a single image file. Throws kIo when there is no
  /// such place or it holds no image file (.jpg, .jpeg, .png, .webp in any case).
  static Dataset open(const std::string& location);

  /// Names relative to the location, sorted: "images/Ada/Ada_0001.jpg".
  [[nodiscard]] const std::vector<std::string>& images() const { return images_; }
  /// The name with its location, for messages.
  [[nodiscard]] std::string full_name(std::size_t image) const;
  /// The encoded image. Safe to call from several threads. Throws kIo, kImageTooLarge.
  [[nodiscard]] std::vector<std::uint8_t> read(std::size_t image) const;

  /// The image of that name, or the only one whose path ends in it; the extension may be left out.
  /// Nothing when there is none; throws kInvalidArgument when several fit.
  [[nodiscard]] std::optional<std::size_t> find(const std::string& name) const;
  /// Content of the only other file whose path ends in `name` ("pairs.txt"), up to 64 MB.
  [[nodiscard]] std::optional<std::string> read_text(const std::string& name) const;

  [[nodiscard]] const std::string& location() const { return location_; }

 private:
  std::string location_;
  std::string inside_;  ///< "folder/" within the archive, or empty.
  std::unique_ptr<FileSource> files_;
  std::vector<std::string> images_;
  std::vector<std::size_t> file_of_image_;
  std::unordered_multimap<std::string, std::size_t> image_by_stem_;  ///< "Ada_0001" -> image
};

/// Who is on a photo, from its name: the folder it lies in; without one, the file name up to its
/// first '_' or else its extension ("001_03.jpg" -> "001").
std::string identity_of(const std::string& image_name);

}  // namespace visavis
