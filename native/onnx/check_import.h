#pragma once

#include <optional>

#include "native/onnx/graph.h"
#include "native/onnx/imported_network.h"

namespace visavis::onnx_graph {

/// Runs the imported network, batch normalisations folded, through the runtime, and the graph
/// operator by operator (evaluate.h), on one random input. Gives the largest difference over the
/// largest output, and nothing where the graph takes more than 2^34 multiply-adds. `is_needed` says
/// which nodes the outputs depend on.
std::optional<double> difference_to_graph(const Graph& graph, const std::vector<bool>& is_needed,
                                          const Dims& input, const ImportedNetwork& imported,
                                          const std::string& source);

}  // namespace visavis::onnx_graph
