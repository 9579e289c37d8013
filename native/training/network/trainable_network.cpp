#include "native/training/network/trainable_network.h"

#include <cmath>

#include "core/base/error.h"
#include "native/training/network/network_pass.h"

namespace visavis {
namespace {

/// He et al. 2015, section 2.2: deviation sqrt(2 / fan in) keeps the signal's size through
/// rectifiers.
template <class T>
void initialise(TrainableParameter<T>& parameter, std::mt19937_64& random) {
  const std::string& name = parameter.name;
  const std::string role = name.substr(name.rfind('.') + 1);
  if (role == "filter") {
    const Shape& shape = parameter.value.shape();
    // Depthwise filters [kh, kw, channels] have one input channel each.
    const std::size_t fan_in =
        shape.size() == 3 ? shape[0] * shape[1] : parameter.value.size() / shape[0];
    std::normal_distribution<double> normal(0, std::sqrt(2.0 / static_cast<double>(fan_in)));
    for (std::size_t i = 0; i < parameter.value.size(); ++i) {
      parameter.value[i] = static_cast<T>(normal(random));
    }
  } else if (role == "scale" || role == "variance") {
    parameter.value.fill(T(1));
  } else {
    parameter.value.fill(role == "slope" ? T(0.25) : T(0));
  }
}

}  // namespace

template <class T>
struct TrainableNetwork<T>::Impl {
  NetworkSpec spec;
  ThreadPool& threads;
  std::mt19937_64 random;
  BatchReducer<T> local;
  BatchReducer<T>* reducer = &local;
  NetworkGraph<T> graph;
  NetworkPass<T> pass{graph};
  std::vector<TrainableParameter<T>*> parameters;
  bool was_training = false;

  Impl(NetworkSpec s, std::uint64_t seed, ThreadPool& pool)
      : spec(std::move(s)), threads(pool), random(seed), graph(spec) {
    if (spec.outputs.size() != 1 || spec.outputs[0] == 0) {
      throw Error(ErrorCode::kUnsupported,
                  "training needs a network with one output, made by a layer; this one has " +
                      std::to_string(spec.outputs.size()) + " outputs");
    }
    for (GraphNode<T>& node : graph.nodes) {
      node.first_parameter = parameters.size();
      for (TrainableParameter<T>* p : node.layer->parameters()) {
        initialise(*p, random);
        p->gradient.fill(T(0));
        parameters.push_back(p);
      }
      node.end_parameter = parameters.size();
    }
  }

  LayerContext<T> context(bool is_training) { return {threads, *reducer, is_training, &random}; }
};

template <class T>
TrainableNetwork<T>::TrainableNetwork(NetworkSpec spec, std::uint64_t seed, ThreadPool& threads)
    : impl_(std::make_unique<Impl>(std::move(spec), seed, threads)) {}
template <class T>
TrainableNetwork<T>::~TrainableNetwork() = default;

template <class T>
const Array<T>& TrainableNetwork<T>::forward(const Array<T>& input, bool is_training) {
  impl_->was_training = is_training;
  return impl_->pass.forward(impl_->context(is_training), input, impl_->spec.outputs[0]);
}

template <class T>
void TrainableNetwork<T>::backward(const Array<T>& output_gradient,
                                   const std::function<void(std::size_t)>& on_gradient_ready) {
  Impl& n = *impl_;
  n.pass.backward(n.context(n.was_training), n.spec.outputs[0], output_gradient,
                  [&](const GraphNode<T>& node) {
                    if (!on_gradient_ready) return;
                    for (std::size_t p = node.first_parameter; p < node.end_parameter; ++p) {
                      on_gradient_ready(p);
                    }
                  });
}

template <class T>
void TrainableNetwork<T>::set_parameters(const Parameters& parameters) {
  for (TrainableParameter<T>* p : impl_->parameters) {
    const auto found = parameters.find(p->name);
    if (found == parameters.end() || found->second.shape() != p->value.shape()) {
      throw Error(
          ErrorCode::kModelMismatch,
          "parameter '" + p->name + "' (" + to_string(p->value.shape()) + ") " +
              (found == parameters.end() ? std::string("is missing")
                                         : "has shape " + to_string(found->second.shape())) +
              "; the model was trained with another architecture");
    }
    for (std::size_t i = 0; i < p->value.size(); ++i) {
      p->value[i] = static_cast<T>(found->second[i]);
    }
  }
}

template <class T>
Parameters TrainableNetwork<T>::get_parameters() const {
  Parameters result;
  for (const TrainableParameter<T>* p : impl_->parameters) {
    Tensor tensor(p->value.shape());
    for (std::size_t i = 0; i < tensor.size(); ++i) tensor[i] = static_cast<float>(p->value[i]);
    result.emplace(p->name, std::move(tensor));
  }
  return result;
}

template <class T>
void TrainableNetwork<T>::zero_gradients() {
  for (TrainableParameter<T>* p : impl_->parameters) p->gradient.fill(T(0));
}
template <class T>
std::vector<TrainableParameter<T>*> TrainableNetwork<T>::parameters() {
  return impl_->parameters;
}
template <class T>
const NetworkSpec& TrainableNetwork<T>::spec() const {
  return impl_->spec;
}
template <class T>
void TrainableNetwork<T>::set_reducer(BatchReducer<T>* reducer) {
  impl_->reducer = reducer == nullptr ? &impl_->local : reducer;
}
template <class T>
std::mt19937_64& TrainableNetwork<T>::random() {
  return impl_->random;
}

template <class T>
std::vector<LayerTime> TrainableNetwork<T>::times() const {
  std::vector<LayerTime> result;
  for (const GraphNode<T>& node : impl_->graph.nodes) result.push_back(node.time);
  return result;
}
template <class T>
void TrainableNetwork<T>::reset_times() {
  for (GraphNode<T>& node : impl_->graph.nodes) node.time.forward = node.time.backward = 0;
}

template class TrainableNetwork<float>;
template class TrainableNetwork<double>;

}  // namespace visavis
