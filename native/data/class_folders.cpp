#include "native/data/class_folders.h"

#include <algorithm>
#include <map>

#include "core/base/error.h"
#include "native/data/left_out.h"

namespace visavis {
namespace {

/// A class that is silently left out would make every figure better than it is.
void refuse_empty_folders(const Dataset& dataset) {
  const std::vector<std::string> empty = dataset.empty_folders();
  if (empty.empty()) return;
  throw Error(ErrorCode::kInvalidArgument,
              dataset.location() + "/" + empty.front() +
                  ": no images in this class's folder; add some or remove the folder");
}

bool is_named(const ImageClass& entry, const std::string& name) {
  return entry.name == name || entry.name.compare(0, name.size() + 1, name + "/") == 0;
}

}  // namespace

ClassFolders open_class_folders(const std::string& location, ProgressSink& progress) {
  ClassFolders folders;
  folders.dataset = std::make_unique<Dataset>(Dataset::open(location));
  say_left_out(progress, folders.dataset->left_out());
  refuse_empty_folders(*folders.dataset);
  std::map<std::string, std::vector<PhotoRef>> photos_by_class;
  for (std::size_t i = 0; i < folders.dataset->images().size(); ++i) {
    photos_by_class[identity_of(folders.dataset->images()[i])].push_back(
        {folders.dataset.get(), i});
  }
  for (auto& [name, photos] : photos_by_class) {
    const std::size_t slash = name.rfind('/');
    const std::string group = slash == std::string::npos ? "" : name.substr(0, slash);
    folders.classes.push_back({name, group, std::move(photos)});
  }
  return folders;
}

std::vector<PhotoRef> photos_of(const std::vector<ImageClass>& classes) {
  std::vector<PhotoRef> photos;
  for (const ImageClass& entry : classes) {
    photos.insert(photos.end(), entry.photos.begin(), entry.photos.end());
  }
  return photos;
}

void keep_only(ClassFolders& folders, const std::vector<std::string>& names) {
  std::vector<ImageClass>& classes = folders.classes;
  for (const std::string& name : names) {
    if (std::none_of(classes.begin(), classes.end(),
                     [&](const ImageClass& entry) { return is_named(entry, name); })) {
      throw Error(ErrorCode::kInvalidArgument,
                  folders.dataset->location() + ": no class or folder of classes '" + name + "'");
    }
  }
  classes.erase(std::remove_if(classes.begin(), classes.end(),
                               [&](const ImageClass& entry) {
                                 return std::none_of(
                                     names.begin(), names.end(),
                                     [&](const auto& name) { return is_named(entry, name); });
                               }),
                classes.end());
}

}  // namespace visavis
