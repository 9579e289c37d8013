#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "core/model/model.h"
#include "native/onnx/imported_network.h"

namespace visavis {

/// What makes a model of an ONNX file.
struct OnnxModelSource {
  std::filesystem::path onnx;
  std::filesystem::path settings;  ///< As apply_settings reads them; empty: an embedder.
  std::string name;                ///< Empty: that of the settings, else of the file.
  OnnxImportOptions size;
  bool keeps_dead_channels = false;
};

struct ImportedModel {
  ImportedNetwork network;
  Model model;                       ///< Batch normalisation folded, tiny weights zero.
  std::string preprocessing_reason;  ///< Where its preprocessing comes from.
  std::size_t removed_channels = 0;
};

/// Reads the network and makes a model of it. Throws kIo, and as import_onnx and apply_settings do.
ImportedModel import_onnx_model(const OnnxModelSource& source);

}  // namespace visavis
