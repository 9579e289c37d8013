#pragma once

#include <memory>
#include <string>
#include <vector>

#include "native/data/dataset.h"
#include "native/system/progress_sink.h"

namespace visavis {

/// The images of one class.
struct ImageClass {
  std::string name;   ///< The folder they lie in, relative to the location: "Greek/character01".
  std::string group;  ///< The folder that lies in: "Greek"; empty without one.
  std::vector<PhotoRef> photos;
};

/// A folder or archive with a folder per class.
struct ClassFolders {
  std::unique_ptr<Dataset> dataset;  ///< The photos point into it.
  std::vector<ImageClass> classes;   ///< In the order of their names.
};

/// Lists the images and tells `progress` what is left out; decodes nothing. Throws as Dataset::open
/// does, and kInvalidArgument, naming it, for a class folder without images. An archive need not
/// list its folders, so empty ones go unnoticed there.
ClassFolders open_class_folders(const std::string& location, ProgressSink& progress);

/// The images of all classes, one class after the other.
std::vector<PhotoRef> photos_of(const std::vector<ImageClass>& classes);

/// Keeps only the classes that are named or lie in a named folder ("Greek"). Throws
/// kInvalidArgument for a name that matches none.
void keep_only(ClassFolders& folders, const std::vector<std::string>& names);

}  // namespace visavis
