#include "native/dataset.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <set>
#include <string_view>

#include "core/error.h"
#include "native/file_location.h"
#include "native/file_sources.h"
#include "native/image_file.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

bool is_hidden(std::string_view name) {
  return name.front() == '.' || name.find("/.") != std::string_view::npos;
}

bool has_image_extension(const std::string& name) {
  std::string extension = fs::path(name).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  constexpr std::array<std::string_view, 4> kExtensions{".jpg", ".jpeg", ".png", ".webp"};
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

/// Whether `path` is `tail` or ends in it at a folder's boundary.
bool ends_in(std::string_view path, std::string_view tail) {
  if (path.size() < tail.size() || path.substr(path.size() - tail.size()) != tail) return false;
  return path.size() == tail.size() || path[path.size() - tail.size() - 1] == '/';
}

std::string without_extension(const std::string& name) {
  return has_image_extension(name) ? name.substr(0, name.rfind('.')) : name;
}

std::string folders_with_images(const std::vector<std::string>& names) {
  std::set<std::string> folders;
  for (const std::string& name : names) {
    if (has_image_extension(name)) folders.insert(fs::path(name).parent_path().generic_string());
  }
  std::string list;
  int shown = 0;
  for (const std::string& folder : folders) {
    if (++shown > 3) return list + ", ..";
    list += (list.empty() ? "" : ", ") + (folder.empty() ? "files without a folder" : folder);
  }
  return list.empty() ? "no images" : list;
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
  dataset.files_ = fs::is_directory(place.path)               ? open_folder(place.path)
                   : has_image_extension(place.path.string()) ? open_file(place.path)
                                                              : open_archive(place.path);
  const std::vector<std::string>& names = dataset.files_->names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].compare(0, place.inside.size(), place.inside) != 0) continue;
    const std::string name = names[i].substr(place.inside.size());
    if (is_hidden(name) || !has_image_extension(name)) continue;
    dataset.image_by_stem_.emplace(fs::path(name).stem().string(), dataset.images_.size());
    dataset.images_.push_back(name);
    dataset.file_of_image_.push_back(i);
  }
  if (dataset.images_.empty()) {
    throw Error(
        ErrorCode::kIo,
        location + ": no image files (.jpg, .jpeg, .png, .webp)" +
            (place.inside.empty() ? "" : "; the archive holds " + folders_with_images(names)));
  }
  return dataset;
}

std::string Dataset::full_name(std::size_t image) const {
  if (images_.size() == 1 && has_image_extension(location_)) return location_;
  const bool in_archive_root = inside_.empty() && !fs::is_directory(location_);
  return location_ + (in_archive_root ? ":" : "/") + images_[image];
}

std::vector<std::uint8_t> Dataset::read(std::size_t image) const {
  return files_->read(file_of_image_[image], kMaxImageFileBytes);
}

std::optional<std::size_t> Dataset::find(const std::string& name) const {
  const std::string path = fs::path(name).lexically_normal().generic_string();
  const std::string wanted = without_extension(path);
  const bool any_extension = wanted == path;
  std::optional<std::size_t> found;
  const auto [begin, end] = image_by_stem_.equal_range(fs::path(wanted + ".x").stem().string());
  for (auto it = begin; it != end; ++it) {
    const std::string& image = images_[it->second];
    if (image == path) return it->second;
    if (!ends_in(any_extension ? without_extension(image) : image, path)) continue;
    if (found) {
      throw Error(ErrorCode::kInvalidArgument, location_ + ": '" + name + "' may be " +
                                                   images_[*found] + " or " + image +
                                                   ": name more of its path");
    }
    found = it->second;
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
