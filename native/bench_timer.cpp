#include "native/bench_timer.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace visavis {

Timing time_runs(int repeat, const std::function<void()>& work) {
  work();
  std::vector<double> seconds;
  for (int i = 0; i < std::max(1, repeat); ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return {seconds[seconds.size() / 2], seconds.front(), seconds.back()};
}

}  // namespace visavis
