#pragma once

#include <memory>
#include <string>
#include <vector>

#include "native/data/dataset.h"
#include "native/system/progress_sink.h"

namespace visavis {

/// Photos that a command line names, with the data sets that they point into.
struct PhotoInputs {
  std::vector<std::unique_ptr<Dataset>> datasets;
  std::vector<PhotoRef> photos;
};

/// The photos of all locations, in their order; each as Dataset::open takes and throws. What is
/// left out is told to `progress`.
PhotoInputs open_photos(const std::vector<std::string>& locations, ProgressSink& progress);

}  // namespace visavis
