#include "native/training/optimization/weight_average.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "native/training/optimization/training_state.h"

namespace visavis {
namespace {

constexpr const char* kUpdates = "updates";        // Parameters are named "layer.kind": no clash.
constexpr std::uint64_t kFloatCounts = 1U << 24U;  // Up to here a float counts exactly.

/// The arrays under their names in a state; the const is given up for a reader's sake only.
std::vector<NamedArray> named(const std::vector<TrainableParameter<float>*>& parameters,
                              const std::vector<Array<float>>& averages, bool is_swapped,
                              Array<float>& updates) {
  std::vector<NamedArray> names;
  names.reserve(parameters.size() + 1);
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    names.push_back({parameters[p]->name,
                     is_swapped ? &parameters[p]->value : const_cast<Array<float>*>(&averages[p])});
  }
  names.push_back({kUpdates, &updates});
  return names;
}

}  // namespace

WeightAverage::WeightAverage(double decay, std::vector<TrainableParameter<float>*> parameters,
                             ThreadPool& threads)
    : decay_(decay),
      parameters_(std::move(parameters)),
      threads_(threads),
      blocks_(blocks_of(parameters_)) {
  if (!(decay >= 0 && decay <= 1)) {
    throw Error(ErrorCode::kInvalidArgument, "the decay of the weights' average is " +
                                                 std::to_string(decay) +
                                                 "; it must be from 0 to 1");
  }
  check_parameters(parameters_);
  averages_.reserve(parameters_.size());
  for (const TrainableParameter<float>* parameter : parameters_) {
    averages_.push_back(parameter->value);
  }
}

void WeightAverage::update() {
  check_not_swapped("updated");
  const auto n = static_cast<double>(updates_++);
  const double decay = std::min(decay_, (1 + n) / (10 + n));
  const auto share = static_cast<float>(1 - decay);
  blocks_.for_each(threads_, [&](const ParameterBlock& block) {
    const auto value = values_of(parameters_[block.parameter]->value, block);
    auto average = values_of(averages_[block.parameter], block);
    // As a step towards the value: d and 1 - d, each rounded to float, would not add up to 1, and
    // at d = 0.9999 shrink the average by up to 3e-4.
    if (share == 1.0F) {
      average = value;
    } else {
      average += share * (value - average);
    }
  });
}

void WeightAverage::restart() {
  check_not_swapped("restarted");
  for (std::size_t p = 0; p < parameters_.size(); ++p) averages_[p] = parameters_[p]->value;
  updates_ = 0;
}

void WeightAverage::swap() {
  blocks_.for_each(threads_, [&](const ParameterBlock& block) {
    float* value = parameters_[block.parameter]->value.data() + block.begin;
    std::swap_ranges(value, value + block.count, averages_[block.parameter].data() + block.begin);
  });
  is_swapped_ = !is_swapped_;
}

TrainingState WeightAverage::state() const {
  Array<float> updates({2});
  updates[0] = static_cast<float>(updates_ % kFloatCounts);
  const std::uint64_t multiples = updates_ / kFloatCounts;
  updates[1] = static_cast<float>(multiples);
  return copy_state(named(parameters_, averages_, is_swapped_, updates));
}

void WeightAverage::set_state(const TrainingState& state) {
  check_not_swapped("restored");
  Array<float> updates({2});
  restore_state(state, named(parameters_, averages_, is_swapped_, updates),
                "the average of the weights");
  updates_ = static_cast<std::uint64_t>(updates[1]) * kFloatCounts +
             static_cast<std::uint64_t>(updates[0]);
}

void WeightAverage::check_not_swapped(const char* what) const {
  if (!is_swapped_) return;
  throw Error(ErrorCode::kInternal, std::string("the average of the weights is to be ") + what +
                                        " while it is swapped in; swap it back first");
}

}  // namespace visavis
