#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model.h"

namespace visavis::onnx_graph {

/// x * clip(x + 3, 0, 6) / 6, written out in single operators as older exporters do, becomes a
/// HardSwish, and the gate alone a HardSigmoid: faster, and layers that can be trained.
void join_hard_swishes(NetworkSpec& network, Parameters& parameters);

/// Layers that lead to no output go, with their parameters.
void drop_unused_layers(NetworkSpec& network, Parameters& parameters);

}  // namespace visavis::onnx_graph
