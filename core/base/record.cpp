#include "core/base/record.h"

#include <algorithm>
#include <limits>

#include "core/base/error.h"
#include "core/base/half.h"

namespace visavis {
namespace {

bool begins_with(std::span<const std::uint8_t> bytes, std::span<const std::uint8_t> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

std::uint32_t little_endian(std::span<const std::uint8_t> bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    value |= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
  }
  return value;
}

}  // namespace

void RecordWriter::number(std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    payload_ += static_cast<char>((value >> shift) & 0xFFU);
  }
}

void RecordWriter::text(std::string_view value) {
  constexpr std::size_t kMax = std::numeric_limits<std::uint16_t>::max();
  if (value.size() > kMax) {
    refuse("a name of " + std::to_string(value.size()) + " bytes: at most " + std::to_string(kMax) +
           " can be kept");
  }
  if (value.find('\0') != std::string_view::npos) refuse("a name with a NUL cannot be kept");
  payload_ += static_cast<char>(value.size() & 0xFFU);
  payload_ += static_cast<char>(value.size() >> 8U);
  payload_ += value;
}

void RecordWriter::floats(std::span<const float> values) {
  for (const float value : values) number(bits_as<std::uint32_t>(value));
}

std::uint32_t RecordReader::number() { return little_endian(take(4)); }

std::string RecordReader::text() {
  const auto bytes = take(little_endian(take(2)));
  std::string value(bytes.begin(), bytes.end());
  if (value.find('\0') != std::string::npos) refuse("a name in it holds a NUL");
  return value;
}

std::vector<float> RecordReader::floats(std::uint64_t count) {
  // Not by count * 4, which may overflow.
  if (count > left() / 4) refuse("it is cut short");
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = bits_as<float>(number());
  return values;
}

void RecordReader::refuse(const std::string& problem) const {
  visavis::refuse(on_one_line(what_ + ": " + problem));
}

std::span<const std::uint8_t> RecordReader::take(std::uint64_t size) {
  if (size > left()) refuse("it is cut short");
  const auto taken = bytes_.first(static_cast<std::size_t>(size));
  bytes_ = bytes_.subspan(taken.size());
  return taken;
}

bool begins_as(const RecordFormat& format, std::span<const std::uint8_t> bytes) {
  return begins_with(bytes, format.envelope.magic) || begins_with(bytes, format.old_magic);
}

std::string sealed_record(const RecordFormat& format, const RecordWriter& record) {
  // Without a stream, whose library WebAssembly would carry for this alone.
  return envelope_header(format.envelope, record.payload()) + record.payload();
}

RecordReader open_record(const RecordFormat& format, std::span<const std::uint8_t> bytes,
                         const std::string& source) {
  const std::string damaged = source + " is damaged";
  if (begins_with(bytes, format.old_magic)) {
    return {bytes.subspan(format.old_magic.size()), damaged};
  }
  try {
    return {open_envelope(format.envelope, bytes, source), damaged};
  } catch (const Error& error) {
    // A record is no model, so the codes of model files would mislead.
    refuse(error.what());
  }
}

}  // namespace visavis
