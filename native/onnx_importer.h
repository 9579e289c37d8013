#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/model.h"

namespace visavis {

/// What the network itself does to its input before anything else: (x - mean) / divisor.
struct InputNormalisation {
  std::vector<std::string> nodes;  ///< "Sub 'minus'", "Mul 'factor'".
  std::vector<float> mean;         ///< One per channel.
  std::vector<float> divisor;
};

/// An output as the file and as the network have it.
struct ImportedOutput {
  std::string name;
  std::vector<std::int64_t> dims;  ///< In the file, with the batch.
  bool is_image = false;  ///< [1, c, h, w] there, [h, w, c] here; else in the file's order.
};

/// The network of an ONNX file in this project's layers and layout.
struct ImportedNetwork {
  NetworkSpec network;
  Parameters parameters;
  std::string producer;  ///< Program and version that wrote the file.
  std::vector<ImportedOutput> outputs;
  std::optional<InputNormalisation> normalisation;
  bool takes_channels_last = false;  ///< In the file; our own always do.
  bool takes_bytes = false;          ///< In the file: pixels 0..255 (uint8).
  /// Largest difference to the file's own graph on one random input, over the largest output;
  /// nothing where that was too much work to compute.
  std::optional<double> difference;
};

/// What the file leaves open.
struct OnnxImportOptions {
  int height = 0;  ///< Of the input where the file leaves it open; 0 where it must not.
  int width = 0;
};

/// Takes any ONNX network with one image as input, static shapes (the batch may be open) and
/// operators that core/network_spec.h has layers for, or that can be put together from them. ONNX
/// is channels-first, we are channels-last: each value is tracked with its layout, so that filters
/// are turned round once, here, and elements are moved only where the graph itself mixes its axes.
/// Nodes that no output needs are left out; what depends on constants alone is computed. Batch
/// normalisations are not folded (core/model.h does). Outputs are images in our order, or have the
/// file's order of elements. Weights below 1e-15 become zero.
///
/// The network is then run on a random input and held against the file's own graph, evaluated
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
