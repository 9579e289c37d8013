#pragma once

#include <string>
#include <vector>

#include "native/onnx/node_reader.h"

namespace visavis::onnx_graph {

/// ONNX operators as their definitions read (github.com/onnx/onnx, docs/Operators.md), on dense
/// tensors in ONNX's own order. The importer uses them twice: to compute parts of the graph that
/// depend on constants only, and to compare the imported network with the original graph.
bool can_evaluate(const std::string& op);

/// The outputs of a node whose inputs are all constants. Sums are float, as in onnxruntime; shape
/// arithmetic is exact. Throws as NodeReader.
std::vector<Constant> evaluate(const NodeReader& node);

}  // namespace visavis::onnx_graph
