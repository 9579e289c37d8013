#include "native/data/labelled_images.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "core/base/error.h"

namespace visavis {
namespace {

void require_folder(const PhotoRef& image) {
  if (image.dataset->images()[image.image].find('/') != std::string::npos) return;
  refuse(image.dataset->full_name(image.image) +
         ": lies in no class's folder; put every image into the folder of its class");
}

/// The first of `names` that `others` lacks; both in order.
std::string first_missing(const std::vector<std::string>& names,
                          const std::vector<std::string>& others) {
  std::vector<std::string> missing;
  std::set_difference(names.begin(), names.end(), others.begin(), others.end(),
                      std::back_inserter(missing));
  return missing.front();
}

}  // namespace

std::vector<std::size_t> LabelledImages::counts() const {
  std::vector<std::size_t> counts(classes.size());
  for (const std::size_t each : label) ++counts[each];
  return counts;
}

LabelledImages open_labelled_images(const std::vector<std::string>& locations,
                                    ProgressSink& progress) {
  LabelledImages labelled;
  std::map<std::string, std::vector<PhotoRef>> images_by_class;
  for (const std::string& location : locations) {
    ClassFolders folders = open_class_folders(location, progress);
    for (const ImageClass& entry : folders.classes) {
      std::for_each(entry.photos.begin(), entry.photos.end(), require_folder);
      std::vector<PhotoRef>& images = images_by_class[entry.name];
      images.insert(images.end(), entry.photos.begin(), entry.photos.end());
    }
    labelled.datasets.push_back(std::move(folders.dataset));
  }
  for (const auto& [name, images] : images_by_class) {
    labelled.label.insert(labelled.label.end(), images.size(), labelled.classes.size());
    labelled.images.insert(labelled.images.end(), images.begin(), images.end());
    labelled.classes.push_back(name);
  }
  return labelled;
}

void require_examples(const std::vector<std::string>& classes,
                      const std::vector<std::size_t>& counts) {
  if (classes.size() < 2) {
    refuse("only one class, '" + classes.front() +
           "'; a classifier needs two or more, a folder of images each");
  }
  for (std::size_t c = 0; c < classes.size(); ++c) {
    if (counts[c] >= 2) continue;
    refuse("class '" + classes[c] + "' has " + std::to_string(counts[c]) + " usable image" +
           (counts[c] == 1 ? "" : "s") + "; each class needs two or more");
  }
}

void require_same_classes(const LabelledImages& images, const LabelledImages& others,
                          const std::string& location) {
  if (others.classes == images.classes) return;
  if (!std::includes(images.classes.begin(), images.classes.end(), others.classes.begin(),
                     others.classes.end())) {
    refuse(location + ": class '" + first_missing(others.classes, images.classes) +
           "' is not among the classes learned; name the folders alike");
  }
  refuse(location + ": no images of class '" + first_missing(images.classes, others.classes) +
         "'; held-out data needs images of every class");
}

}  // namespace visavis
