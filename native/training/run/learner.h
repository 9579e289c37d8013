#pragma once

#include <memory>
#include <string>

#include "native/training/losses/loss.h"
#include "native/training/network/trainable_network.h"
#include "native/training/optimization/optimizer.h"
#include "native/training/optimization/weight_average.h"
#include "native/training/run/checkpoint.h"
#include "native/training/run/train_options.h"

namespace visavis {

/// Throws kModelMismatch where no parameter of the checkpoint's network fits `network`.
void check_start_from(const Checkpoint& checkpoint, const NetworkSpec& network);

/// The state that changes from step to step: network, loss with its parameters, optimiser and
/// averaged weights.
class Learner {
 public:
  /// `loss`: as parse_loss_spec reads it; `classes`: people in training; `teacher_dimensions`: 0
  /// without a teacher.
  Learner(const NetworkSpec& network, const std::string& loss, const OptimizationPlan& optimization,
          std::uint64_t seed, std::size_t classes, std::size_t teacher_dimensions,
          ThreadPool& threads);

  TrainableNetwork<float>& network() { return network_; }
  Loss<float>& loss() { return *loss_; }
  Optimizer& optimizer() { return *optimizer_; }

  /// After each step.
  void update_average() { average_.update(); }
  /// After start_from.
  void restart_average() { average_.restart(); }
  /// The averaged parameters of the network and of the loss's head, by name: what is validated and
  /// shipped.
  [[nodiscard]] Parameters averaged_parameters();

  /// Adds its arrays and random states to a checkpoint.
  void save_to(Checkpoint& checkpoint);
  /// Throws kModelMismatch, naming the array that is missing or of another shape.
  void restore_from(const Checkpoint& checkpoint);
  /// Takes the averaged network of another run, as far as names and shapes fit (a depthwise filter
  /// of another size is stretched: progressive input sizes), and the loss's parameters (class
  /// weights) where `takes_loss`. Returns the names of the network's parameters that stay as
  /// initialised. Throws kModelMismatch when none fits.
  std::vector<std::string> start_from(const Checkpoint& checkpoint, bool takes_loss);
  /// The same with the network's parameters by name.
  std::vector<std::string> start_from(const TrainingState& parameters);

 private:
  [[nodiscard]] std::vector<TrainableParameter<float>*> all_parameters();
  [[nodiscard]] std::vector<TrainableParameter<float>*> shipped_parameters();

  TrainableNetwork<float> network_;
  std::unique_ptr<Loss<float>> loss_;
  std::unique_ptr<Optimizer> optimizer_;
  WeightAverage average_;
};

}  // namespace visavis
