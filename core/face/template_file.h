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

/// Whether these bytes begin as a template, rather than as a photo say.
bool is_template(std::span<const std::uint8_t> bytes);

/// The bytes of a template file. An envelope (core/base/envelope.h) with the magic "VISAVIST" holds
/// the model (text, see core/base/record.h) and, up to its end, the embedding as float32. Throws
/// kInvalidArgument unless the embedding has a number and is of unit length, or for a model's name
/// that cannot be kept.
std::string template_bytes(const StoredTemplate& face_template);

/// `source` names the file in messages. Reads also what version 0.1.0 of the package wrote:
/// "VVTPL", 1, 0, 0, then the same content without length and checksum. Throws kInvalidArgument
/// for anything else and for damaged bytes.
StoredTemplate load_template(std::span<const std::uint8_t> bytes, const std::string& source);

}  // namespace visavis
