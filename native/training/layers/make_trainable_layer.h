#pragma once

#include <memory>
#include <vector>

#include "core/network/network_spec.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// Exhaustive over LayerKind. `input_shapes` leave the batch out, as infer_shapes gives them.
/// Parameters are allocated and zero; initialise() fills them.
template <class T>
std::unique_ptr<TrainableLayer<T>> make_trainable_layer(const Layer& layer,
                                                        const std::vector<Shape>& input_shapes);

extern template std::unique_ptr<TrainableLayer<float>> make_trainable_layer<float>(
    const Layer&, const std::vector<Shape>&);
extern template std::unique_ptr<TrainableLayer<double>> make_trainable_layer<double>(
    const Layer&, const std::vector<Shape>&);

}  // namespace visavis
