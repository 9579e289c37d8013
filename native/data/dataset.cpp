#include "native/data/dataset.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

#include "core/base/error.h"
#include "native/images/image_file.h"
#include "native/system/file_location.h"
#include "native/system/file_sources.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

std::string in_lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

template <std::size_t Count>
bool is_one_of(std::string_view text, const std::array<std::string_view, Count>& known) {
  return std::find(known.begin(), known.end(), text) != known.end();
}

/// Whether a file of this name is taken for a photo until it is read.
bool has_image_extension(const std::string& name) {
  constexpr std::array<std::string_view, 4> kExtensions{".jpg", ".jpeg", ".png", ".webp"};
  return is_one_of(in_lower_case(fs::path(name).extension().string()), kExtensions);
}

/// What Windows and macOS leave in folders of photos.
bool is_left_by_a_system(const std::string& file) {
  constexpr std::array<std::string_view, 4> kNames{"thumbs.db", "ehthumbs.db", "desktop.ini",
                                                   "icon\r"};
  return is_one_of(in_lower_case(file), kNames);
}

/// Whether a folder on the way to it is hidden.
bool lies_hidden(const std::string& name) {
  std::size_t begin = 0;
  for (std::size_t end = name.find('/'); end != std::string::npos; end = name.find('/', begin)) {
    if (end > begin && is_hidden_name(std::string_view(name).substr(begin, end - begin))) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

std::string file_of(const std::string& name) { return name.substr(name.rfind('/') + 1); }

/// Whether `path` is `tail` or ends in it at a folder's boundary.
bool ends_in(std::string_view path, std::string_view tail) {
  if (path.size() < tail.size() || path.substr(path.size() - tail.size()) != tail) return false;
  return path.size() == tail.size() || path[path.size() - tail.size() - 1] == '/';
}

/// Photos may have any extension or none: a short one of letters and digits is taken for one.
std::string without_extension(const std::string& name) {
  constexpr std::size_t kLongest = 5;
  const std::string extension = fs::path(name).extension().string();
  const bool is_one = extension.size() > 1 && extension.size() <= kLongest + 1 &&
                      std::all_of(extension.begin() + 1, extension.end(),
                                  [](unsigned char c) { return std::isalnum(c) != 0; });
  return is_one ? name.substr(0, name.size() - extension.size()) : name;
}

/// What decode_image says of a file that begins so and is no photo.
std::string reason_for(std::span<const std::uint8_t> head, const std::string& name) {
  try {
    decode_image(head, name);
  } catch (const Error& error) {
    return error.what();
  }
  return name + ": is no photo";
}

/// The folders that files lie in, for a message.
std::string folders_of(const std::vector<std::string>& names) {
  std::set<std::string> folders;
  for (const std::string& name : names) {
    if (!lies_hidden(name)) folders.insert(fs::path(name).parent_path().generic_string());
  }
  std::string list;
  int shown = 0;
  for (const std::string& folder : folders) {
    if (++shown > 3) return list + ", ..";
    list += (list.empty() ? "" : ", ") + (folder.empty() ? "files without a folder" : folder);
  }
  return list.empty() ? "nothing" : list;
}

}  // namespace

Dataset Dataset::open(const std::string& location) {
  const FileLocation place = split_location(location);
  Dataset dataset;
  dataset.location_ = location;
  while (dataset.location_.size() > 1 && dataset.location_.back() == '/') {
    dataset.location_.pop_back();
  }
  dataset.inside_ = place.inside;
  dataset.open_files(place.path.string());
  dataset.select_images();
  if (dataset.images_.empty()) {
    std::string why = dataset.left_out_.empty() ? "" : "; the first file that is none: ";
    if (!why.empty()) why += dataset.left_out_.front();
    if (!place.inside.empty()) {
      why += "; the archive holds " + folders_of(dataset.files_->names());
    }
    throw Error(ErrorCode::kIo, location + ": no image files (photos, told by content)" + why);
  }
  return dataset;
}

/// A file that is no photo must be an archive; where it is neither, both are said.
void Dataset::open_files(const std::string& path) {
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) {
    files_ = open_folder(path);
    return;
  }
  if (!fs::is_regular_file(path, unknown)) {
    throw Error(ErrorCode::kIo, path + ": is no folder, photo or archive");
  }
  std::unique_ptr<FileSource> file = open_file(path);
  const std::vector<std::uint8_t> head = file->head(0, kPhotoHeadBytes);
  is_single_file_ = inside_.empty() && (is_photo(head) || has_image_extension(path));
  if (is_single_file_) {
    files_ = std::move(file);
    return;
  }
  try {
    files_ = open_archive(path, inside_);
  } catch (const NoArchive&) {
    throw Error(ErrorCode::kIo,
                reason_for(head, path) + " (it is not a readable tar or zip archive either)");
  }
}

/// The photos among the files; of the others, why they are none.
void Dataset::select_images() {
  const std::vector<std::string>& names = files_->names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!names[i].starts_with(inside_)) continue;
    const std::string name = names[i].substr(inside_.size());
    const std::string file = file_of(name);
    if (!is_single_file_) {
      if (file.empty() || lies_hidden(name) || is_left_by_a_system(file)) continue;
      const bool is_taken_unseen = has_image_extension(file) && !is_hidden_name(file);
      if (!is_taken_unseen && !is_image_by_content(i, name)) continue;
    }
    image_by_stem_.emplace(fs::path(name).stem().string(), images_.size());
    images_.push_back(name);
    file_of_image_.push_back(i);
  }
  for (const LeftOutEntry& entry : files_->listing().left_out) {
    if (!entry.name.starts_with(inside_)) continue;
    const std::string name = entry.name.substr(inside_.size());
    if (lies_hidden(name) || is_hidden_name(file_of(name))) continue;
    left_out_.push_back(display_name(name) + ": " + entry.reason);
  }
}

/// Notes why it is none.
bool Dataset::is_image_by_content(std::size_t file, const std::string& name) {
  const bool is_hidden = is_hidden_name(file_of(name));
  try {
    const std::vector<std::uint8_t> head = files_->head(file, kPhotoHeadBytes);
    const bool is_one = is_photo(head);
    if (is_hidden && is_one) {
      left_out_.push_back(display_name(name) + ": a hidden photo; rename it to use it");
    } else if (!is_hidden && !is_one) {
      left_out_.push_back(reason_for(head, display_name(name)));
    }
    return is_one && !is_hidden;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kIo) throw;
    if (!is_hidden) left_out_.emplace_back(error.what());
    return false;
  }
}

std::string Dataset::display_name(const std::string& name) const {
  if (is_single_file_) return location_;
  std::error_code unknown;
  const bool in_archive_root = inside_.empty() && !fs::is_directory(location_, unknown);
  return location_ + (in_archive_root ? ":" : "/") + name;
}

std::string Dataset::full_name(std::size_t image) const { return display_name(images_[image]); }

bool Dataset::has_folders() const {
  return std::any_of(images_.begin(), images_.end(),
                     [](const std::string& image) { return image.find('/') != std::string::npos; });
}

std::vector<std::string> Dataset::empty_folders() const {
  std::set<std::string> used;
  for (const std::string& image : images_) {
    for (std::size_t end = image.rfind('/'); end != std::string::npos && end > 0;
         end = image.rfind('/', end - 1)) {
      if (!used.insert(image.substr(0, end)).second) break;
    }
  }
  std::vector<std::string> empty;
  for (const std::string& folder : files_->listing().folders) {
    if (used.count(folder) == 0) empty.push_back(folder);
  }
  return empty;
}

std::vector<std::uint8_t> Dataset::read(std::size_t image) const {
  return files_->read(file_of_image_[image], kMaxImageFileBytes);
}

std::optional<std::size_t> Dataset::find(const std::string& name) const {
  const std::string path = fs::path(name).lexically_normal().generic_string();
  const std::string file = file_of(path);
  std::optional<std::size_t> found;
  // An image is kept under its name without extension; the name may have been given with it.
  for (const std::string& stem : std::set<std::string>{file, fs::path(file).stem().string()}) {
    const auto [begin, end] = image_by_stem_.equal_range(stem);
    for (auto it = begin; it != end; ++it) {
      const std::string& image = images_[it->second];
      if (image == path) return it->second;
      if (!ends_in(image, path) && !ends_in(without_extension(image), path)) continue;
      if (found && *found != it->second) {
        throw Error(ErrorCode::kInvalidArgument, location_ + ": '" + name + "' may be " +
                                                     images_[*found] + " or " + image +
                                                     ": name more of its path");
      }
      found = it->second;
    }
  }
  return found;
}

std::optional<std::string> Dataset::read_text(const std::string& name) const {
  constexpr std::size_t kMaxTextBytes = 64U << 20U;
  std::optional<std::size_t> found;
  const std::vector<std::string>& names = files_->names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!ends_in(names[i], name)) continue;
    if (found) {
      throw Error(ErrorCode::kInvalidArgument, location_ + ": '" + name + "' may be " +
                                                   names[*found] + " or " + names[i] +
                                                   ": name more of its path");
    }
    found = i;
  }
  if (!found) return std::nullopt;
  const std::vector<std::uint8_t> bytes = files_->read(*found, kMaxTextBytes);
  return std::string(bytes.begin(), bytes.end());
}

std::string identity_of(const std::string& image_name) {
  const std::size_t slash = image_name.rfind('/');
  if (slash != std::string::npos) return image_name.substr(0, slash);
  const std::size_t end = image_name.find('_');
  return end != std::string::npos ? image_name.substr(0, end) : without_extension(image_name);
}

}  // namespace visavis
