#include "native/system/bench_timer.h"

#include <algorithm>
#include <chrono>

namespace visavis {

double time_once(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Timing timing_of(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  return {seconds[seconds.size() / 2], seconds.front(), seconds.back()};
}

Timing time_runs(int repeat, const std::function<void()>& work) {
  work();
  std::vector<double> seconds;
  for (int i = 0; i < std::max(1, repeat); ++i) seconds.push_back(time_once(work));
  return timing_of(std::move(seconds));
}

}  // namespace visavis
