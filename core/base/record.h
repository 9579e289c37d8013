#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/envelope.h"

namespace visavis {

/// Records are what users keep: face templates and support sets. They are small, so they are
/// written by hand. All numbers are little-endian; a text is a u16 length and that many bytes of
/// UTF-8.

/// Appends to the payload of a record.
class RecordWriter {
 public:
  void number(std::uint32_t value);
  /// Throws kInvalidArgument for a text of more than 65,535 bytes, or with a NUL in it.
  void text(std::string_view value);
  void floats(std::span<const float> values);

  [[nodiscard]] const std::string& payload() const { return payload_; }

 private:
  std::string payload_;
};

/// Reads the payload of a record. Every length is compared with what is left before anything is
/// read or room is made for it. All throw kInvalidArgument where the bytes end too early.
class RecordReader {
 public:
  /// `what` begins each message: "a.template is damaged".
  RecordReader(std::span<const std::uint8_t> bytes, std::string what)
      : bytes_(bytes), what_(std::move(what)) {}

  std::uint32_t number();
  /// Also throws kInvalidArgument for a text with a NUL, where the C API would cut it off.
  std::string text();
  std::vector<float> floats(std::uint64_t count);

  [[nodiscard]] std::uint64_t left() const { return bytes_.size(); }
  /// Throws kInvalidArgument: "WHAT: PROBLEM" on one line.
  [[noreturn]] void refuse(const std::string& problem) const;

 private:
  std::span<const std::uint8_t> take(std::uint64_t size);

  std::span<const std::uint8_t> bytes_;
  std::string what_;
};

/// A record's format.
struct RecordFormat {
  EnvelopeFormat envelope;
  /// The first bytes of records from before the envelope. The payload follows them, without length
  /// or checksum.
  std::array<std::uint8_t, 8> old_magic;
};

/// Whether these bytes begin as such a record, with or without an envelope.
bool begins_as(const RecordFormat& format, std::span<const std::uint8_t> bytes);

/// The payload in an envelope.
std::string sealed_record(const RecordFormat& format, const RecordWriter& record);

/// A reader of the payload; `source` names the record in messages. Throws kInvalidArgument, with
/// the message of open_envelope, for another file or a damaged record.
RecordReader open_record(const RecordFormat& format, std::span<const std::uint8_t> bytes,
                         const std::string& source);

}  // namespace visavis
