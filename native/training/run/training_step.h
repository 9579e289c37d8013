#pragma once

#include <vector>

#include "native/training/distributed/communicator.h"
#include "native/training/losses/loss.h"
#include "native/training/network/trainable_network.h"
#include "native/training/optimization/optimizer.h"

namespace visavis {

struct StepResult {
  double loss = 0;           ///< Of the global batch.
  double gradient_norm = 0;  ///< Before clipping; not a number where the loss is not finite.
  LossFigures figures;       ///< Of the global batch.
  /// Whether the parameters were changed: not where the loss or the gradients are not finite.
  bool has_updated = false;
};

/// One step of optimisation, by all ranks together, each with its part of the global batch: batch
/// statistics are those of the global batch, the loss is evaluated on the embeddings of all ranks
/// (so mining sees them all), each rank takes its own rows' gradients back through the network, and
/// parameters' gradients are summed over ranks while the backward pass goes on. The result is that
/// of one rank with the whole batch, but for the order of float additions; parameters stay equal,
/// bit for bit, on all ranks.
class TrainingStep {
 public:
  /// Keeps the references and becomes the network's reducer, until it is destroyed. `optimizer` is
  /// that of the network's and the loss's parameters. `gradient_clip` limits the norm of all
  /// gradients; 0: no limit.
  TrainingStep(TrainableNetwork<float>& network, Loss<float>& loss, Optimizer& optimizer,
               Communicator& communicator, ThreadPool& threads, double gradient_clip);
  ~TrainingStep();
  TrainingStep(const TrainingStep&) = delete;
  TrainingStep& operator=(const TrainingStep&) = delete;

  /// `images` [rows, height, width, channels] are this rank's part of the global batch, the rows
  /// behind those of the ranks before it; `labels` are theirs, with the run's step. Throws
  /// kInvalidArgument, on every rank, where ranks differ in rows, labelling or threads: batch
  /// statistics and equal parameters depend on these being the same.
  StepResult run(const Array<float>& images, const BatchLabels& labels, double learning_rate);

 private:
  void check_same_everywhere(const Array<float>& images, const BatchLabels& labels);
  [[nodiscard]] const BatchLabels& gather_labels(const BatchLabels& labels);
  const Array<float>& gather_rows(const Array<float>& rows, Array<float>& all);
  void backward(const Array<float>& embeddings);
  void zero_gradients();

  TrainableNetwork<float>& network_;
  Loss<float>& loss_;
  Optimizer& optimizer_;
  Communicator& communicator_;
  ThreadPool& threads_;
  double gradient_clip_;
  std::vector<TrainableParameter<float>*> network_parameters_;
  std::vector<TrainableParameter<float>*> parameters_;  // The network's, then the loss's.
  BatchLabels all_labels_;
  Array<float> all_embeddings_;  // [ranks * rows, dimensions]
  Array<float> all_gradients_;   // The same.
  Array<float> own_gradients_;   // [rows, dimensions]
};

}  // namespace visavis
