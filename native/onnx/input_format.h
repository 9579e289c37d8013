#pragma once

#include <optional>
#include <string>

#include "native/onnx/graph.h"
#include "native/onnx/imported_network.h"
#include "native/onnx/operation.h"

namespace visavis::onnx_graph {

/// The one image that the network takes.
struct InputFormat {
  Dims dims;  ///< All known, the batch 1.
  bool is_channels_last = false;
  bool is_bytes = false;
};

/// Throws, saying what to do, where it is no single image of a known size.
InputFormat input_format(const Graph& graph, const std::string& source,
                         const OnnxImportOptions& options);

/// What the layers do that read the input, where they are normalisations and nothing else reads it.
std::optional<InputNormalisation> normalisation_of(const Construction& construction);

}  // namespace visavis::onnx_graph
