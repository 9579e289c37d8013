#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace visavis {

/// The envelope of every file that visavis writes: 8 bytes magic, u32 format version, u64 payload
/// length, u32 CRC-32 of the payload (all little-endian), then the payload.
struct EnvelopeFormat {
  std::array<std::uint8_t, 8> magic;
  std::uint32_t version;   ///< The one written; it and all older ones are read.
  const char* kind;        ///< For messages: "visavis model".
  const char* what_to_do;  ///< About a damaged file, for messages: "; download it again".
};

/// What stands before the payload.
std::string envelope_header(const EnvelopeFormat& format, std::string_view payload);

/// Failure shows in the stream's state.
void write_envelope(const EnvelopeFormat& format, std::string_view payload, std::ostream& out);

/// Checks magic, version, length and checksum, and returns the payload. `source` names the file in
/// messages. Throws kModelForeign, kModelTruncated, kModelCorrupt or kModelVersion.
std::span<const std::uint8_t> open_envelope(const EnvelopeFormat& format,
                                            std::span<const std::uint8_t> bytes,
                                            const std::string& source);

/// The version an opened envelope was written in.
std::uint32_t envelope_version(std::span<const std::uint8_t> bytes);

/// The checksum that an envelope states.
std::uint32_t envelope_checksum(std::span<const std::uint8_t> bytes);

/// Replaces control characters by question marks, for messages that quote a name from a file.
std::string on_one_line(std::string text);

/// Rethrows what reading a payload threw, as kModelCorrupt on one line (the checksum was right, the
/// content is not), or as kOutOfMemory where memory ran out.
[[noreturn]] void throw_damaged(const EnvelopeFormat& format, const std::exception& problem,
                                const std::string& source);

}  // namespace visavis
