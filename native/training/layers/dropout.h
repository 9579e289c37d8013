#pragma once

#include <memory>

#include "core/network/network_spec.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// Srivastava et al. 2014, "Dropout", in the inverted form: in training every element is kept with
/// probability 1 - rate and divided by it, so that inference does nothing. The mask is a function
/// of one draw from LayerContext::random per batch and of the element's number: the same whatever
/// the threads.
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const Dropout& spec);

}  // namespace visavis
