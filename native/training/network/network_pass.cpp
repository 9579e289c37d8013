#include "native/training/network/network_pass.h"

#include <algorithm>
#include <chrono>

#include "native/training/layers/channel_map.h"

namespace visavis {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

template <class T>
std::vector<LayerInput<T>> NetworkPass<T>::inputs_of(const GraphNode<T>& node) const {
  std::vector<LayerInput<T>> inputs;
  for (const ValueId id : node.inputs) {
    const Value& value = values_[static_cast<std::size_t>(id)];
    inputs.push_back({value.stored, value.map});
  }
  return inputs;
}

template <class T>
const Array<T>& NetworkPass<T>::forward(const LayerContext<T>& context, const Array<T>& input,
                                        ValueId output) {
  value(0).stored = &input;
  for (GraphNode<T>& node : graph_.nodes) {
    const Clock::time_point start = Clock::now();
    if (node.normalization != nullptr) {
      normalize(context, node);
    } else {
      Value& made = value(node.output);
      made.observed_by = node.abilities.observes ? graph_.normalization_of(node.output) : nullptr;
      RowObserver<T>* observer =
          made.observed_by == nullptr ? nullptr : made.observed_by->start_forward(context);
      node.layer->forward(context, inputs_of(node), made.own, observer);
      made.stored = &made.own;
    }
    node.time.forward += seconds_since(start);
  }
  return *value(output).stored;
}

/// The value is the map of what was stored before, unless somebody reads it who cannot map.
template <class T>
void NetworkPass<T>::normalize(const LayerContext<T>& context, GraphNode<T>& node) {
  BatchNormalizationLayer<T>& layer = *node.normalization;
  const Value& x = value(node.inputs[0]);
  Value& made = value(node.output);
  const bool was_observed = x.observed_by == &layer;
  if (!was_observed) layer.start_forward(context);
  made.map = layer.finish_forward(context, *x.stored, was_observed);
  made.stored = x.stored;
  if (graph_.values[static_cast<std::size_t>(node.output)].all_read_maps) return;
  apply_map(context, made.map, *x.stored, made.own);
  made.stored = &made.own;
  made.map = {};
}

template <class T>
void NetworkPass<T>::backward(const LayerContext<T>& context, ValueId output,
                              const Array<T>& output_gradient,
                              const std::function<void(const GraphNode<T>&)>& node_done) {
  std::fill(gradients_.begin(), gradients_.end(), Gradient{});
  gradient(output).values = pool_.take(output_gradient.shape());
  *gradient(output).values = output_gradient;
  for (auto node = graph_.nodes.rbegin(); node != graph_.nodes.rend(); ++node) {
    const Clock::time_point start = Clock::now();
    if (gradient(node->output).values) {
      if (node->normalization != nullptr) {
        normalize_backward(context, *node);
      } else if (node->passes_gradient) {
        add_backward(context, *node);
      } else {
        layer_backward(context, *node);
      }
    }
    gradient(node->output) = {};
    node->time.backward += seconds_since(start);
    node_done(*node);
  }
}

template <class T>
void NetworkPass<T>::own_gradient(const LayerContext<T>& context, ValueId id) {
  typename BufferPool<T>::Buffer& values = gradient(id).values;
  if (values.use_count() == 1) return;
  typename BufferPool<T>::Buffer copy = pool_.take(values->shape());
  context.threads.parallel_for(copy->size(), [&](int, std::size_t begin, std::size_t end) {
    std::copy(values->data() + begin, values->data() + end, copy->data() + begin);
  });
  values = std::move(copy);
}

template <class T>
void NetworkPass<T>::normalize_backward(const LayerContext<T>& context, GraphNode<T>& node) {
  BatchNormalizationLayer<T>& layer = *node.normalization;
  const ValueId id = node.inputs[0];
  const Array<T>& x = *value(id).stored;
  Gradient own = std::move(gradient(node.output));
  gradient(node.output) = {};
  if (!own.is_observed) layer.start_backward(context, x);
  const GradientMap<T> map = layer.finish_backward(context, x, *own.values, own.is_observed);
  if (id == 0) return;
  Gradient& target = gradient(id);
  if (graph_.passes_gradient_map(id)) {
    target = {std::move(own.values), map, false};
  } else if (target.values) {
    own_gradient(context, id);
    apply_gradient_map(context, map, x, *own.values, *target.values, true);
  } else {
    target.values = own.values.use_count() == 1 ? own.values : pool_.take(x.shape());
    apply_gradient_map(context, map, x, *own.values, *target.values, false);
  }
}

template <class T>
void NetworkPass<T>::add_backward(const LayerContext<T>& context, GraphNode<T>& node) {
  const typename BufferPool<T>::Buffer& own = gradient(node.output).values;
  for (const ValueId id : node.inputs) {
    if (id == 0) continue;
    Gradient& target = gradient(id);
    if (!target.values) {
      target.values = own;
      continue;
    }
    own_gradient(context, id);
    const T* from = own->data();
    T* to = target.values->data();
    context.threads.parallel_for(own->size(), [=](int, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) to[i] += from[i];
    });
  }
}

template <class T>
void NetworkPass<T>::layer_backward(const LayerContext<T>& context, GraphNode<T>& node) {
  std::vector<InputGradient<T>> targets;
  for (const ValueId id : node.inputs) targets.push_back(gradient_target(context, node, id));
  const Gradient& own = gradient(node.output);
  node.layer->backward(context, inputs_of(node), value(node.output).own,
                       {own.values.get(), own.map}, targets);
}

template <class T>
InputGradient<T> NetworkPass<T>::gradient_target(const LayerContext<T>& context,
                                                 const GraphNode<T>& node, ValueId id) {
  if (id == 0) return {};
  Gradient& target = gradient(id);
  InputGradient<T> result;
  result.adds = target.values != nullptr;
  if (result.adds) {
    own_gradient(context, id);
  } else {
    target.values = pool_.take(value(id).stored->shape());
  }
  result.values = target.values.get();
  const GraphValue& known = graph_.values[static_cast<std::size_t>(id)];
  const GraphNode<T>& producer = graph_.nodes[static_cast<std::size_t>(known.producer)];
  const bool is_last = &graph_.nodes[static_cast<std::size_t>(known.first_reader)] == &node;
  if (producer.normalization != nullptr && node.abilities.observes && is_last) {
    result.observer =
        producer.normalization->start_backward(context, *value(producer.inputs[0]).stored);
    target.is_observed = true;
  }
  return result;
}

template class NetworkPass<float>;
template class NetworkPass<double>;

}  // namespace visavis
