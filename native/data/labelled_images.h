#pragma once

#include <memory>
#include <string>
#include <vector>

#include "native/data/class_folders.h"

namespace visavis {

/// Images of named classes, from several folders or archives.
struct LabelledImages {
  std::vector<std::unique_ptr<Dataset>> datasets;  ///< The images point into them.
  std::vector<std::string> classes;                ///< In the order of their names.
  std::vector<PhotoRef> images;
  std::vector<std::size_t> label;  ///< Of each image: its class.

  /// Images of each class.
  [[nodiscard]] std::vector<std::size_t> counts() const;
};

/// Lists the images and tells `progress` what is left out; decodes nothing. Classes are the folders
/// below the locations; folders of one name are one class. Throws as open_class_folders does, and
/// kInvalidArgument for an image in no folder.
LabelledImages open_labelled_images(const std::vector<std::string>& locations,
                                    ProgressSink& progress);

/// Throws kInvalidArgument unless there are two classes or more with two images or more each.
void require_examples(const std::vector<std::string>& classes,
                      const std::vector<std::size_t>& counts);

/// Throws kInvalidArgument, naming a class, where the others' classes are not those of `images`.
void require_same_classes(const LabelledImages& images, const LabelledImages& others,
                          const std::string& location);

}  // namespace visavis
