#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/fewshot/few_shot.h"

namespace visavis {

/// A support set and the model_fingerprint of the embedder that made its embeddings.
struct StoredSupport {
  std::string model;
  SupportSet set;
};

/// Whether these bytes begin as a support set file.
bool is_support(std::span<const std::uint8_t> bytes);

/// The bytes of a support set file. An envelope (core/base/envelope.h) with the magic "VISAVISF"
/// holds the model (text, see core/base/record.h), the u32 length of an embedding, the u32 number
/// of classes and, for each class, its name (text), the u32 number of its examples and their
/// embeddings as float32. Throws kInvalidArgument for an embedding that is not of unit length or a
/// name that a record cannot hold.
std::string support_bytes(const std::string& model, const SupportSet& set);

/// `source` names the file in messages. Also reads the format of version 0.1.0 of the package:
/// "VVSUP", 1, 0, 0, then the same content without length and checksum. Throws kInvalidArgument for
/// anything else and for damaged bytes.
StoredSupport load_support(std::span<const std::uint8_t> bytes, const std::string& source);

}  // namespace visavis
