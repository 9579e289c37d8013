#pragma once

#include <memory>
#include <string>

#include "core/network/network_spec.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// Depthwise convolution by direct kernels over blocks of channels. `input` is [h, w, c].
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name,
                                                  const DepthwiseConvolution& spec,
                                                  const Shape& input);

}  // namespace visavis
