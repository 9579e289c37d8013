#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/model/embedder.h"

namespace visavis {

/// What is kept of a face to compare it later. It is biometric data: store it as such.
struct StoredTemplate {
  std::string model;    ///< model_fingerprint of the embedder that made it.
  Embedding embedding;  ///< Unit length.
};

/// Whether these bytes begin as a template file.
bool is_template(std::span<const std::uint8_t> bytes);

/// The bytes of a template file. An envelope (core/base/envelope.h) with the magic "VISAVIST" holds
/// the model (text, see core/base/record.h) and, up to its end, the embedding as float32. Throws
/// kInvalidArgument unless the embedding is of unit length, and for a model's name that a record
/// cannot hold.
std::string template_bytes(const StoredTemplate& face_template);

/// `source` names the file in messages. Also reads the format of version 0.1.0 of the package:
/// "VVTPL", 1, 0, 0, then the same content without length and checksum. Throws kInvalidArgument for
/// anything else and for damaged bytes.
StoredTemplate load_template(std::span<const std::uint8_t> bytes, const std::string& source);

}  // namespace visavis
