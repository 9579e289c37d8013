#include "native/training/optimization/schedule.h"

#include <cmath>
#include <numbers>
#include <string>

#include "core/base/error.h"

namespace visavis {
namespace {

void check(const LearningRateSchedule& schedule) {
  if (!(schedule.peak > 0) || !std::isfinite(schedule.peak)) {
    throw Error(
        ErrorCode::kInvalidArgument,
        "the peak learning rate is " + std::to_string(schedule.peak) + "; it must be above 0");
  }
  if (!(schedule.final_share > 0 && schedule.final_share <= 1)) {
    throw Error(ErrorCode::kInvalidArgument, "the final share of the learning rate is " +
                                                 std::to_string(schedule.final_share) +
                                                 "; it must be above 0 and at most 1");
  }
}

}  // namespace

double learning_rate_at(const LearningRateSchedule& schedule, std::uint64_t step) {
  check(schedule);
  if (step < schedule.warmup_steps) {  // Reaches the peak on the first step after the warm-up.
    return schedule.peak * (static_cast<double>(step) + 1) /
           (static_cast<double>(schedule.warmup_steps) + 1);
  }
  if (!schedule.has_cosine) return schedule.peak;
  const double final_rate = schedule.peak * schedule.final_share;
  if (step >= schedule.total_steps) return final_rate;
  const double progress = static_cast<double>(step - schedule.warmup_steps) /
                          static_cast<double>(schedule.total_steps - schedule.warmup_steps);
  return final_rate +
         (schedule.peak - final_rate) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

}  // namespace visavis
