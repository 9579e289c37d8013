#pragma once

#include <memory>
#include <string>

#include "core/network/network_spec.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// Activations that learn nothing, of mobile networks. `input` is the sample's shape. Where a
/// function has a corner, its gradient there is that of the right-hand side, but for Clip, whose
/// limits let nothing through.
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const Clip& spec,
                                                  const Shape& input);
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const LeakyRelu& spec,
                                                  const Shape& input);
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const HardSwish&,
                                                  const Shape& input);
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const HardSigmoid& spec,
                                                  const Shape& input);

}  // namespace visavis
