#pragma once

#include <memory>

#include "core/network/network_spec.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// `input` is the sample's shape [h, w, c]. The global kinds give [c].
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const MaxPool& spec, const Shape& input);
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const AveragePool& spec, const Shape& input);
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const GlobalMaxPool&, const Shape& input);
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const GlobalAveragePool&, const Shape& input);

}  // namespace visavis
