#pragma once

#include <cstdint>
#include <vector>

#include "native/training/optimization/optimizer.h"
#include "native/training/optimization/parameter_blocks.h"

namespace visavis {

/// Exponential moving average of all parameters (Polyak and Juditsky 1992 in its usual form):
/// average = d * average + (1 - d) * value with d = min(decay, (1 + n) / (10 + n)) after n updates,
/// so that the start is forgotten. Batch statistics are averaged too. The same bits whatever the
/// thread count.
class WeightAverage {
 public:
  /// `decay` 0..1; 0 keeps the newest weights. Starts as a copy of the parameters; keeps the
  /// pointers.
  WeightAverage(double decay, std::vector<TrainableParameter<float>*> parameters,
                ThreadPool& threads);
  /// Not while swapped: throws kInternal.
  void update();
  /// Restarts from the parameters' current values; call it after loading them.
  void restart();
  /// Swaps the parameters' values with the averages: once to evaluate, again to continue.
  void swap();
  /// The averages, swapped or not, by parameter name, and "updates", their count.
  [[nodiscard]] TrainingState state() const;
  /// Throws kModelMismatch; kInternal while swapped.
  void set_state(const TrainingState& state);

 private:
  void check_not_swapped(const char* what) const;

  double decay_;
  std::vector<TrainableParameter<float>*> parameters_;
  ThreadPool& threads_;
  ParameterBlocks blocks_;
  std::vector<Array<float>> averages_;
  std::uint64_t updates_ = 0;
  bool is_swapped_ = false;
};

}  // namespace visavis
