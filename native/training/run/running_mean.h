#pragma once

#include <map>
#include <string>

#include "native/training/run/checkpoint.h"

namespace visavis {

/// Means of the figures of the steps since the last log row.
class RunningMean {
 public:
  void add(const std::string& name, double value);
  /// Returns the means and starts anew.
  std::map<std::string, double> take();

  /// A run may stop between two log rows; the row of the resumed run is the same then.
  void save_to(Checkpoint& checkpoint) const;
  void restore_from(const Checkpoint& checkpoint);

 private:
  struct Sum {
    double total = 0;
    double count = 0;
  };
  std::map<std::string, Sum> sums_;
};

}  // namespace visavis
