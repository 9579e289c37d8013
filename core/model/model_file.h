#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "core/model/model.h"

namespace visavis {

/// Version of the file format this build writes; it reads this and all older ones. 2: a few-shot
/// head after the network's parameters. 3: rates of alike strangers after that. 4: activation
/// scales at the end.
inline constexpr std::uint32_t kModelFormatVersion = 5;

/// How parameters are stored; vectors (bias, slope, ..) always as fp32. It does not say how the
/// network computes: that is in fp32, but for layers that have activation scales.
enum class WeightStorage {
  kFloat32 = 0,
  kFloat16 = 1,  ///< Filters as IEEE halves: relative error at most 2^-11 from 2^-14 to 65504.
  kInt8 = 2,     ///< Filters per output channel, symmetric.
};

/// "fp32", "fp16", "int8"
std::string to_string(WeightStorage storage);

/// Envelope: 8 bytes magic "VISAVIS\0", u32 format version, u64 payload length, u32 CRC-32 of the
/// payload (all little-endian), then the payload: a cereal portable binary archive. Throws as
/// check_model does, before a byte is written; kIo when the stream fails.
void save_model(const Model& model, std::ostream& out,
                WeightStorage storage = WeightStorage::kFloat32);

/// `source` names the file in messages. Checks magic, version, length and checksum before the
/// archive is touched, and every size in it before memory is allocated. Throws kModelForeign,
/// kModelTruncated, kModelCorrupt or kModelVersion. `storage` is told how the file holds its
/// weights.
Model load_model(std::span<const std::uint8_t> bytes, const std::string& source,
                 WeightStorage* storage = nullptr);

}  // namespace visavis
