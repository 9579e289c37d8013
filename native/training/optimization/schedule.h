#pragma once

#include <cstdint>

namespace visavis {

/// Learning rate over a run: linear warm-up from near 0 to `peak`, then half a cosine down to
/// `final_share` of it (Loshchilov and Hutter 2017, without restarts).
struct LearningRateSchedule {
  double peak = 0.1;
  double final_share = 0.001;
  std::uint64_t warmup_steps = 0;
  std::uint64_t total_steps = 1;
  bool has_cosine = true;  ///< false: constant after the warm-up.
};

/// Learning rate of step `step` (from 0), above 0; past the end the final rate holds.
double learning_rate_at(const LearningRateSchedule& schedule, std::uint64_t step);

}  // namespace visavis
