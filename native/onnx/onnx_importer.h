#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "native/onnx/imported_network.h"

namespace visavis {

/// Takes any ONNX network with one image as input, static shapes (the batch may be open) and
/// operators that core/network/network_spec.h has layers for, or that can be put together from
/// them. ONNX is channels-first, we are channels-last: each value is tracked with its layout, so
/// that filters are turned round once, here, and elements are moved only where the graph itself
/// mixes its axes. Nodes that no output needs are left out; what depends on constants alone is
/// computed. Batch normalisations are not folded (core/model/model.h does). Outputs are images in
/// our order, or have the file's order of elements. Weights below 1e-15 become zero.
///
/// Then runs the network on a random input and compares it with the file's own graph, evaluated
/// operator by operator.
///
/// `source` names the file in messages. Throws kInvalidArgument for a file that is not ONNX, broken
/// or truncated, kUnsupported for an operator or attribute without a layer, naming operator and
/// node, kInternal where both differ.
ImportedNetwork import_onnx(std::span<const std::uint8_t> bytes, const std::string& source,
                            const OnnxImportOptions& options = {});

/// "Add, AveragePool, ..": the operators that may take what the network computes. Any of those on
/// constants alone, and some more, are computed while importing.
std::string importable_operators();

}  // namespace visavis
