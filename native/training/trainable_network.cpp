#include "native/training/trainable_network.h"

#include <cmath>

#include "core/error.h"

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
  std::vector<std::unique_ptr<TrainableLayer<T>>> layers;
  std::vector<std::size_t> first_parameter;  // Of each layer, in parameters.
  std::vector<TrainableParameter<T>*> parameters;
  std::vector<Array<T>> values;     // Value i + 1 is layer i's output; value 0 is not used.
  std::vector<Array<T>> gradients;  // Of values, while backward needs them.
  std::vector<int> users;           // How many layers read each value.
  const Array<T>* input = nullptr;
  bool was_training = false;

  Impl(NetworkSpec s, std::uint64_t seed, ThreadPool& pool)
      : spec(std::move(s)), threads(pool), random(seed) {
    const std::vector<Shape> shapes = infer_shapes(spec);
    if (spec.outputs.size() != 1) {
      throw Error(ErrorCode::kUnsupported,
                  "training needs a network with one output; this one has " +
                      std::to_string(spec.outputs.size()));
    }
    users.assign(shapes.size(), 0);
    for (const Layer& layer : spec.layers) {
      std::vector<Shape> inputs;
      for (const ValueId id : layer.inputs) {
        inputs.push_back(shapes[static_cast<std::size_t>(id)]);
        ++users[static_cast<std::size_t>(id)];
      }
      layers.push_back(make_trainable_layer<T>(layer, inputs));
      first_parameter.push_back(parameters.size());
      for (TrainableParameter<T>* p : layers.back()->parameters()) {
        initialise(*p, random);
        p->gradient.fill(T(0));
        parameters.push_back(p);
      }
    }
    values.resize(shapes.size());
    gradients.resize(shapes.size());
  }

  [[nodiscard]] const Array<T>& value(ValueId id) const {
    return id == 0 ? *input : values[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] std::vector<const Array<T>*> inputs_of(const Layer& layer) const {
    std::vector<const Array<T>*> inputs;
    for (const ValueId id : layer.inputs) inputs.push_back(&value(id));
    return inputs;
  }
  LayerContext<T> context(bool is_training) { return {threads, *reducer, is_training, &random}; }

  /// The gradient of a value, sized and zeroed at its first use in this backward pass.
  Array<T>* gradient_of(ValueId id, std::vector<bool>& is_started) {
    if (id == 0) return nullptr;
    const std::size_t i = static_cast<std::size_t>(id);
    if (!is_started[i]) {
      gradients[i].resize(values[i].shape());
      gradients[i].fill(T(0));
      is_started[i] = true;
    }
    return &gradients[i];
  }
};

template <class T>
TrainableNetwork<T>::TrainableNetwork(NetworkSpec spec, std::uint64_t seed, ThreadPool& threads)
    : impl_(std::make_unique<Impl>(std::move(spec), seed, threads)) {}
template <class T>
TrainableNetwork<T>::~TrainableNetwork() = default;

template <class T>
const Array<T>& TrainableNetwork<T>::forward(const Array<T>& input, bool is_training) {
  Impl& n = *impl_;
  n.input = &input;
  n.was_training = is_training;
  const LayerContext<T> context = n.context(is_training);
  for (std::size_t i = 0; i < n.layers.size(); ++i) {
    n.layers[i]->forward(context, n.inputs_of(n.spec.layers[i]), n.values[i + 1]);
  }
  return n.value(n.spec.outputs[0]);
}

template <class T>
void TrainableNetwork<T>::backward(const Array<T>& output_gradient,
                                   const std::function<void(std::size_t)>& on_gradient_ready) {
  Impl& n = *impl_;
  const LayerContext<T> context = n.context(n.was_training);
  std::vector<bool> is_started(n.values.size(), false);
  const std::size_t last = static_cast<std::size_t>(n.spec.outputs[0]);
  n.gradients[last] = output_gradient;
  is_started[last] = true;
  for (std::size_t i = n.layers.size(); i-- > 0;) {
    if (is_started[i + 1]) {
      std::vector<Array<T>*> input_gradients;
      for (const ValueId id : n.spec.layers[i].inputs) {
        input_gradients.push_back(n.gradient_of(id, is_started));
      }
      n.layers[i]->backward(context, n.inputs_of(n.spec.layers[i]), n.values[i + 1],
                            n.gradients[i + 1], input_gradients);
    }
    if (!on_gradient_ready) continue;
    const std::size_t end =
        i + 1 < n.layers.size() ? n.first_parameter[i + 1] : n.parameters.size();
    for (std::size_t p = n.first_parameter[i]; p < end; ++p) on_gradient_ready(p);
  }
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

template class TrainableNetwork<float>;
template class TrainableNetwork<double>;

}  // namespace visavis
