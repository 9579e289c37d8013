#pragma once

#include <functional>
#include <vector>

#include "native/training/network/buffer_pool.h"
#include "native/training/network/network_graph.h"

namespace visavis {

/// Values and gradients of a NetworkGraph: runs the nodes forward and backward.
template <class T>
class NetworkPass {
 public:
  explicit NetworkPass(NetworkGraph<T>& graph)
      : graph_(graph), values_(graph.values.size()), gradients_(graph.values.size()) {}

  const Array<T>& forward(const LayerContext<T>& context, const Array<T>& input, ValueId output);
  /// `node_done` is called after each node, the last first.
  void backward(const LayerContext<T>& context, ValueId output, const Array<T>& output_gradient,
                const std::function<void(const GraphNode<T>&)>& node_done);

 private:
  /// A value is `map` of what is `stored`, in its own array or in that of the value it was made
  /// from.
  struct Value {
    Array<T> own;
    const Array<T>* stored = nullptr;
    ChannelMap<T> map;
    BatchNormalizationLayer<T>* observed_by = nullptr;  ///< Has seen all rows.
  };
  /// d loss / d value is `map` of (values, the value): a plain array, unless its producer applies
  /// the map. Values whose gradients are equal share an array, until one of them changes it.
  struct Gradient {
    typename BufferPool<T>::Buffer values;
    GradientMap<T> map;
    bool is_observed = false;  ///< The normalisation that made the value has seen all rows.
  };

  Value& value(ValueId id) { return values_[static_cast<std::size_t>(id)]; }
  Gradient& gradient(ValueId id) { return gradients_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] std::vector<LayerInput<T>> inputs_of(const GraphNode<T>& node) const;

  void normalize(const LayerContext<T>& context, GraphNode<T>& node);
  void normalize_backward(const LayerContext<T>& context, GraphNode<T>& node);
  void add_backward(const LayerContext<T>& context, GraphNode<T>& node);
  void layer_backward(const LayerContext<T>& context, GraphNode<T>& node);
  InputGradient<T> gradient_target(const LayerContext<T>& context, const GraphNode<T>& node,
                                   ValueId id);
  /// Makes the value's gradient an array that nobody else holds.
  void own_gradient(const LayerContext<T>& context, ValueId id);

  NetworkGraph<T>& graph_;
  BufferPool<T> pool_;
  std::vector<Value> values_;
  std::vector<Gradient> gradients_;
};

extern template class NetworkPass<float>;
extern template class NetworkPass<double>;

}  // namespace visavis
