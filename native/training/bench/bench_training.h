#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "native/training/network/trainable_network.h"

namespace visavis {

struct TrainingBenchOptions {
  std::string architecture;
  std::string loss = "triplet:mining=batch-hard";
  int batch = 64;    ///< People by 4 photos each; at least 2.
  int side = 0;      ///< Input pixels; 0: 105 for `siamese`, as its paper has it, else 112.
  int channels = 0;  ///< 0: 1 for `siamese`, else 3.
  double width_factor = 1;
  int threads = 0;  ///< 0: all cores.
  int steps = 10;   ///< Timed, after 2 that are not.
};

/// Seconds of the parts of a training step.
struct TrainingPhases {
  double forward = 0;
  double loss = 0;
  double backward = 0;
  double update = 0;
  [[nodiscard]] double total() const { return forward + loss + backward + update; }
};

struct TrainingBenchResult {
  TrainingBenchOptions options;  ///< With what stood for 0 filled in.
  std::vector<TrainingPhases> steps;
  std::vector<LayerTime> layers;  ///< Means per step.
  std::uint64_t multiply_adds = 0;
  double product_flops = 0;     ///< Per second: the trainer's own matrix product, all threads.
  std::size_t peak_memory = 0;  ///< Bytes of the process, at most so far.

  /// The step of median and of least length; other programs' load is in the first.
  [[nodiscard]] TrainingPhases median_step() const;
  [[nodiscard]] TrainingPhases fastest_step() const;
  /// Of a step: forward and backward count as three times the forward pass's multiply-adds, two
  /// operations each, as is customary.
  [[nodiscard]] double step_flops() const;
};

/// Times whole training steps (forward, loss, backward, SGD with Nesterov's momentum) on random
/// images. Throws kInvalidArgument as make_architecture and make_loss, and for a loss that needs
/// episodes or a teacher.
TrainingBenchResult bench_training(const TrainingBenchOptions& options);

}  // namespace visavis
