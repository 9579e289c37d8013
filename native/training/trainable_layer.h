#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/network_spec.h"
#include "native/training/array.h"
#include "native/training/thread_pool.h"

namespace visavis {

/// A parameter and its gradient, of one shape. Statistics of batch normalisation (mean, variance)
/// are parameters that are not trained.
template <class T>
struct TrainableParameter {
  std::string name;  ///< As in parameter_specs: "conv1.filter".
  Array<T> value;
  Array<T> gradient;
  bool is_trained = true;
  bool has_weight_decay = true;  ///< Off for biases, slopes and normalisation.
};

/// Sums over all ranks of a distributed run; what a layer needs for synchronised batch statistics.
/// The default is a run on one machine.
template <class T>
class BatchReducer {
 public:
  virtual ~BatchReducer() = default;
  virtual void sum(T* values, std::size_t count) { (void)values, (void)count; }
  [[nodiscard]] virtual std::size_t ranks() const { return 1; }
};

template <class T>
struct LayerContext {
  ThreadPool& threads;
  BatchReducer<T>& reducer;
  bool is_training = true;            ///< Batch statistics and dropout on.
  std::mt19937_64* random = nullptr;  ///< For dropout, when training.
};

/// One layer of a network in training. The gradient contract, for every layer:
/// - forward(inputs, output) sizes and writes every element of output; it may keep what backward
/// will need (indices, means), not copies of its inputs;
/// - backward gets the very same inputs and output, and the loss's gradient with respect to output.
/// It ADDS to the gradient of every trained parameter,
///   and ADDS to input_gradients[i] (already sized and holding what other users of that value
///   contributed) unless that pointer is null (nobody needs it);
/// - whoever starts a step zeroes the parameters' gradients.
template <class T>
class TrainableLayer {
 public:
  virtual ~TrainableLayer() = default;
  virtual void forward(const LayerContext<T>& context, const std::vector<const Array<T>*>& inputs,
                       Array<T>& output) = 0;
  virtual void backward(const LayerContext<T>& context, const std::vector<const Array<T>*>& inputs,
                        const Array<T>& output, const Array<T>& output_gradient,
                        const std::vector<Array<T>*>& input_gradients) = 0;
  /// In the order of parameter_specs.
  [[nodiscard]] virtual std::vector<TrainableParameter<T>*> parameters() { return {}; }
};

/// Exhaustive over LayerKind. `input_shapes` leave the batch out, as infer_shapes gives them.
/// Parameters are allocated and zero; initialise() fills them.
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable_layer(const Layer& layer,
                                                        const std::vector<Shape>& input_shapes);

extern template std::unique_ptr<TrainableLayer<float>> make_trainable_layer<float>(
    const Layer&, const std::vector<Shape>&);
extern template std::unique_ptr<TrainableLayer<double>> make_trainable_layer<double>(
    const Layer&, const std::vector<Shape>&);

}  // namespace visavis
