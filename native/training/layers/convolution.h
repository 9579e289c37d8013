#pragma once

#include <memory>
#include <string>

#include "core/network/network_spec.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// Convolution as im2col and a matrix product, in tiles of output pixels that stay in the cache
/// (Chellapilla et al. 2006, "High performance convolutional neural networks for document
/// processing"); a 1x1 convolution needs no im2col at all. `input` is [h, w, c].
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name, const Convolution& spec,
                                                  const Shape& input);

}  // namespace visavis
