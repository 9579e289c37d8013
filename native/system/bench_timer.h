#pragma once

#include <functional>
#include <vector>

namespace visavis {

/// Seconds of several runs.
struct Timing {
  double median = 0;
  double least = 0;
  double most = 0;
};

/// Seconds that `work` takes.
double time_once(const std::function<void()>& work);

/// Of one run or more.
Timing timing_of(std::vector<double> seconds);

/// Runs `work` once to warm up, then `repeat` (1 or more) times.
Timing time_runs(int repeat, const std::function<void()>& work);

}  // namespace visavis
