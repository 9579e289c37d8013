#pragma once

#include <memory>
#include <string>

#include "native/training/trainable_layer.h"

namespace visavis {

/// Batch normalisation (Ioffe & Szegedy 2015) over batch, height and width, with running
/// statistics; in a distributed run over the batch of all ranks. `input` is the sample's shape; the
/// last dimension counts the channels.
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable(const std::string& name,
                                                  const BatchNormalization& spec,
                                                  const Shape& input);

}  // namespace visavis
