#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "native/system/thread_pool.h"
#include "native/training/layers/trainable_layer.h"
#include "native/training/optimization/training_state.h"

namespace visavis {

enum class OptimizerKind { kSgd, kAdamW };

struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::kSgd;
  double momentum = 0.9;  ///< SGD, Nesterov.
  double beta1 = 0.9;     ///< AdamW.
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 5e-4;  ///< Parameters with has_weight_decay only.
};

/// Updates parameters in place from their gradients.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  /// `learning_rate` above 0, `step` from 0 (AdamW's bias correction). Untrained parameters are
  /// left alone. Vectorised and parallel; gives the same bits for any number of threads.
  virtual void step(double learning_rate, std::uint64_t step) = 0;
  [[nodiscard]] virtual TrainingState state() const = 0;
  /// Throws kModelMismatch, naming the array, where it does not fit the parameters.
  virtual void set_state(const TrainingState& state) = 0;
};

/// SGD: Sutskever et al. 2013, Nesterov's momentum in PyTorch's form, weight decay added to the
/// gradient. AdamW: Loshchilov and Hutter 2019, decoupled decay. Keeps the pointers.
std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options,
                                          const std::vector<TrainableParameter<float>*>& parameters,
                                          ThreadPool& threads);

/// L2 norm over all gradients of trained parameters, in double; the same for any number of threads.
double gradient_norm(const std::vector<TrainableParameter<float>*>& parameters,
                     ThreadPool& threads);
/// Scales all gradients by limit / norm where the norm exceeds the limit (Pascanu et al. 2013).
/// Returns the norm before; a norm that is not finite scales nothing.
double clip_gradients(const std::vector<TrainableParameter<float>*>& parameters, double limit,
                      ThreadPool& threads);

}  // namespace visavis
