#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace visavis {

/// Identifies the model that made an embedding by its name and the checksum of its file:
/// "face-0123abcd". `file` is the content of a model file that load_model has read.
std::string model_fingerprint(const std::string& name, std::span<const std::uint8_t> file);

/// Throws kModelMismatch unless embeddings of `source` were made by the model that is loaded. Both
/// models are fingerprints.
void require_same_model(const std::string& made_by, const std::string& loaded,
                        const std::string& source);

}  // namespace visavis
