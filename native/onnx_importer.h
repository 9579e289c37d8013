#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/model.h"

namespace visavis {

/// The network of an ONNX file in this project's layers and layout.
struct ImportedNetwork {
  NetworkSpec network;
  Parameters parameters;
  std::string producer;  ///< Program and version that wrote the file.
};

/// Takes any ONNX network with one image as input, static shapes (the batch may be open) and
/// operators that core/network_spec.h has layers for. ONNX is channels-first, we are channels-last:
/// each value is tracked with its layout, so that filters are turned round once, here, and no
/// transposition is left in the network. Nodes that no output needs are left out; constants and
/// shapes are computed. Batch normalisations are not folded (core/model.h does).
///
/// `source` names the file in messages. Throws kInvalidArgument for a file that is not ONNX, broken
/// or truncated, kUnsupported for an operator or attribute without a layer, naming operator and
/// node.
ImportedNetwork import_onnx(std::span<const std::uint8_t> bytes, const std::string& source);

}  // namespace visavis
