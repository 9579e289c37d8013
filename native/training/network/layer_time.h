#pragma once

#include <string>

namespace visavis {

/// Seconds spent in a layer since reset_times. A batch normalisation fused with a rectifier counts
/// as one layer. Work that producers and consumers do for it counts as theirs.
struct LayerTime {
  std::string name;
  std::string kind;  ///< As kind_name gives it.
  double forward = 0;
  double backward = 0;
};

}  // namespace visavis
