#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace visavis {

/// One line of a run's log: figures by name ("loss", "learning rate", "validation/eer", ..).
struct LogRow {
  std::uint64_t step = 0;
  double epoch = 0;
  double seconds = 0;  ///< Of training so far, over all runs.
  std::map<std::string, double> figures;
};

}  // namespace visavis
