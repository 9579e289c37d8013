#pragma once

#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "core/model/model.h"
#include "native/training/layers/trainable_layer.h"
#include "native/training/network/layer_time.h"

namespace visavis {

/// A NetworkSpec with gradients. Reuses buffers of values from step to step, and buffers of
/// gradients within a step. A batch normalisation and the rectifier that follows it store no
/// values: the layers around them sum the statistics while they write and apply them while they
/// read. The formulas are Ioffe & Szegedy's.
template <class T>
class TrainableNetwork {
 public:
  /// Parameters are initialised (He 2015 for filters, ones and zeros for normalisation, 0.25 for
  /// PReLU slopes) from `seed`.
  TrainableNetwork(NetworkSpec spec, std::uint64_t seed, ThreadPool& threads);
  ~TrainableNetwork();

  /// Takes the values that fit by name and shape; throws kModelMismatch, naming the parameter,
  /// otherwise.
  void set_parameters(const Parameters& parameters);
  [[nodiscard]] Parameters get_parameters() const;

  /// input [batch, h, w, c] -> the network's single output [batch, features].
  const Array<T>& forward(const Array<T>& input, bool is_training);
  /// Gradient of the loss with respect to the last forward's output; adds to the parameters'
  /// gradients. `on_gradient_ready` (may be empty) is called with the index in parameters() as soon
  /// as a parameter's gradient is final, so that it can be sent while backward goes on.
  void backward(const Array<T>& output_gradient,
                const std::function<void(std::size_t)>& on_gradient_ready = {});

  void zero_gradients();
  [[nodiscard]] std::vector<TrainableParameter<T>*> parameters();
  [[nodiscard]] const NetworkSpec& spec() const;
  void set_reducer(BatchReducer<T>* reducer);
  std::mt19937_64& random();

  /// In the order of the layers.
  [[nodiscard]] std::vector<LayerTime> times() const;
  void reset_times();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace visavis
