#pragma once

#include <cstdint>
#include <vector>

#include "native/training/optimization/optimizer.h"

namespace visavis {

/// Exponential moving average of all parameters (Polyak and Juditsky 1992 in its usual form):
/// average = d * average + (1 - d) * value with d = min(decay, (1 + n) / (10 + n)) after n updates,
/// so that the start is forgotten. Batch statistics are averaged too.
class WeightAverage {
 public:
  /// `decay` 0..1; 0 keeps the newest weights.
  WeightAverage(double decay, std::vector<TrainableParameter<float>*> parameters,
                ThreadPool& threads);
  void update();
  /// Exchanges the parameters' values with the averages: once to evaluate, once more to go on.
  void swap();
  [[nodiscard]] TrainingState state() const;
  /// Throws kModelMismatch.
  void set_state(const TrainingState& state);

 private:
  double decay_;
  std::vector<TrainableParameter<float>*> parameters_;
  ThreadPool& threads_;
  std::vector<Array<float>> averages_;
  std::uint64_t updates_ = 0;
};

}  // namespace visavis
