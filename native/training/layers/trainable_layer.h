#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "native/system/thread_pool.h"
#include "native/training/layers/array.h"

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

  /// Gives it a name, and a value and a gradient of zeros.
  void set_up(std::string full_name, const Shape& shape) {
    name = std::move(full_name);
    for (Array<T>* array : {&value, &gradient}) {
      array->resize(shape);
      array->fill(T(0));
    }
  }
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

/// A normalisation and activation that is still to be applied to a value, per channel (the last
/// dimension): y = u < 0 ? slope * u : u, where u = factor * x + offset. Layers apply it while they
/// read, so that the normalised value never goes through memory. Null pointers: y = x.
template <class T>
struct ChannelMap {
  const T* factor = nullptr;
  const T* offset = nullptr;
  const T* slope = nullptr;
  explicit operator bool() const { return factor != nullptr; }
};

/// The backward pass of a ChannelMap: with g = d loss / dy, d loss / dx = factor * (u < 0 ? slope *
/// g : g) + x_factor * x + constant. The last two terms come from the dependence of the batch
/// statistics on x. Null: g itself.
template <class T>
struct GradientMap {
  ChannelMap<T> map;
  const T* x_factor = nullptr;
  const T* constant = nullptr;
  explicit operator bool() const { return x_factor != nullptr; }
};

/// Sees the rows (pixels, or samples of a vector value) of an array as soon as they are final and
/// still in the cache. Sees every row once, in the slices of parallel_for.
template <class T>
class RowObserver {
 public:
  virtual ~RowObserver() = default;
  /// `values` points to row `first_row`.
  virtual void observe(int slice, const T* values, std::size_t first_row, std::size_t rows) = 0;
};

/// A value as a layer reads it. The map is empty unless the layer reads maps.
template <class T>
struct LayerInput {
  const Array<T>* values = nullptr;
  ChannelMap<T> map;
};

/// d loss / d output as a layer reads it. The map (of the output, by which the gradient is given)
/// is empty unless the layer reads gradient maps.
template <class T>
struct OutputGradient {
  const Array<T>* values = nullptr;
  GradientMap<T> map;
};

/// Where d loss / d input goes; of the mapped value where the input has a map.
template <class T>
struct InputGradient {
  Array<T>* values = nullptr;  ///< Sized. Null: nobody needs it.
  bool adds = false;           ///< Others contributed before: add. Otherwise write every element.
  RowObserver<T>* observer = nullptr;  ///< May be null. Given only to layers that observe.
};

/// What a layer can do beyond the plain contract.
struct LayerAbilities {
  bool reads_maps = false;
  bool reads_gradient_maps = false;
  bool observes = false;  ///< Calls the observers of its output and of its input gradient.
};

/// One layer of a network in training. The gradient contract, for every layer:
/// - forward(inputs, output) sizes and writes every element of output; it may keep what backward
/// will need (indices, means), not copies of its inputs;
/// - backward gets the very same inputs and output, and the loss's gradient with respect to output.
/// It ADDS to the gradient of every trained parameter, and writes or adds to every input gradient
/// as InputGradient says;
/// - whoever starts a step zeroes the parameters' gradients.
template <class T>
class TrainableLayer {
 public:
  virtual ~TrainableLayer() = default;
  /// `observer` may be null; it is given only to layers that observe.
  virtual void forward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
                       Array<T>& output, RowObserver<T>* observer) = 0;
  virtual void backward(const LayerContext<T>& context, const std::vector<LayerInput<T>>& inputs,
                        const Array<T>& output, const OutputGradient<T>& output_gradient,
                        const std::vector<InputGradient<T>>& input_gradients) = 0;
  /// In the order of parameter_specs.
  [[nodiscard]] virtual std::vector<TrainableParameter<T>*> parameters() { return {}; }
  /// `has_input_gradient`: whether backward will be asked for one.
  [[nodiscard]] virtual LayerAbilities abilities(bool has_input_gradient) const {
    (void)has_input_gradient;
    return {};
  }
};

}  // namespace visavis
