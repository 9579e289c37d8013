#pragma once

#include <functional>

namespace visavis {

/// Seconds of several runs.
struct Timing {
  double median = 0;
  double least = 0;
  double most = 0;
};

/// Runs `work` once to warm up, then `repeat` (1 or more) times.
Timing time_runs(int repeat, const std::function<void()>& work);

}  // namespace visavis
