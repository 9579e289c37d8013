#pragma once

#include <memory>
#include <string>

#include "core/network/network_spec.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// y = W x + b over all features of a sample. `input` is the sample's shape.
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name,
                                                  const FullyConnected& spec, const Shape& input);

}  // namespace visavis
