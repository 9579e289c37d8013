#pragma once

#include <memory>
#include <string>

#include "core/network/network_spec.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// Layers that work value by value or only move values. `input` is the (first) sample's shape.
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const Relu&,
                                                  const Shape& input);
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const Prelu&,
                                                  const Shape& input);
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const Sigmoid&,
                                                  const Shape& input);
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const Add&,
                                                  const Shape& input);
/// `second` is the sample's shape of the second input: the first's, or [c] or [1, 1, c].
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const Multiply&,
                                                  const Shape& second);
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const L2Normalize& spec,
                                                  const Shape& input);
/// For Flatten and Reshape: `output` is the new sample shape.
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable_reshape(const Shape& output);

}  // namespace visavis
