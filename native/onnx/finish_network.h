#pragma once

#include "core/model/model.h"

namespace visavis::onnx_graph {

/// Activations that are written out in single operators, as older exporters do, become one layer:
/// x * clip(x + 3, 0, 6) / 6 a HardSwish, the gate alone a HardSigmoid, relu(x) - relu(x - c) a
/// Clip. That is faster, and they can be trained.
void join_activations(NetworkSpec& network, Parameters& parameters);

/// Layers that lead to no output go, with their parameters.
void drop_unused_layers(NetworkSpec& network, Parameters& parameters);

}  // namespace visavis::onnx_graph
