#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/model/model.h"

namespace visavis {

/// A normalisation that is the network's first step: (x - mean) / divisor.
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
  /// Largest difference to the file's own graph on one random input, over the largest output.
  /// Nothing where computing it would take too long.
  std::optional<double> difference;
};

/// What the file leaves open.
struct OnnxImportOptions {
  int height = 0;  ///< Of the input where the file leaves it open; 0 where it must not.
  int width = 0;
};

}  // namespace visavis
