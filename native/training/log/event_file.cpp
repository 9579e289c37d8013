#include "native/training/log/event_file.h"

#include <unistd.h>

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <vector>

#include "core/base/crc32.h"
#include "native/system/atomic_file.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "events.out.tfevents.";
constexpr std::string_view kSuffix = ".visavis";

template <class T>
std::string little_endian(T value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes += static_cast<char>((value >> (8 * i)) & 0xFFU);
  }
  return bytes;
}

/// A CRC of data that holds CRCs is weak, so TFRecord turns it and adds a constant.
std::string masked_crc(std::string_view bytes) {
  const std::uint32_t crc =
      crc32c({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  return little_endian(std::rotr(crc, 15) + 0xA282EAD8U);
}

// Protobuf's wire format: a tag (field number and wire type), then a varint, 4 or 8 bytes, or a
// length and as many bytes. Written by hand: generated classes would want copies of TensorFlow's
// schemas and protoc at build time, for five kinds of fields that have not changed since 2015.

std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80U; value >>= 7U) bytes += static_cast<char>((value & 0x7FU) | 0x80U);
  return bytes + static_cast<char>(value);
}

std::string tag(std::uint32_t field, std::uint32_t wire_type) {
  return varint((field << 3U) | wire_type);
}

std::string varint_field(std::uint32_t field, std::uint64_t value) {
  return tag(field, 0) + varint(value);
}
std::string double_field(std::uint32_t field, double value) {
  return tag(field, 1) + little_endian(std::bit_cast<std::uint64_t>(value));
}
std::string bytes_field(std::uint32_t field, std::string_view bytes) {
  return tag(field, 2) + varint(bytes.size()) + std::string(bytes);
}
std::string float_field(std::uint32_t field, float value) {
  return tag(field, 5) + little_endian(std::bit_cast<std::uint32_t>(value));
}

/// Summary.Value: tag = 1, simple_value = 2.
std::string scalar(std::string_view name, double value) {
  return bytes_field(1, bytes_field(1, name) + float_field(2, static_cast<float>(value)));
}

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

fs::path new_name(const fs::path& folder, double time) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0 || host[0] == '\0') host = {"localhost"};
  return folder / (std::string(kPrefix) + std::to_string(static_cast<std::int64_t>(time)) + "." +
                   host.data() + std::string(kSuffix));
}

void remove_others(const fs::path& keep) {
  std::vector<fs::path> old;  // Removing while iterating may skip entries.
  for (const fs::directory_entry& entry : fs::directory_iterator(keep.parent_path())) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && name.ends_with(kSuffix) && entry.path() != keep) {
      old.push_back(entry.path());
    }
  }
  std::error_code ignored;  // A file too many shows points twice; no reason to end a run.
  for (const fs::path& path : old) fs::remove(path, ignored);
}

}  // namespace

std::string event_record(std::string_view payload) {
  const std::string length = little_endian(static_cast<std::uint64_t>(payload.size()));
  return length + masked_crc(length) + std::string(payload) + masked_crc(payload);
}

/// Event: wall_time = 1, step = 2, summary = 5 (whose value = 1 is repeated).
std::string encode_event(const LogRow& row, double wall_time) {
  std::string summary = scalar("epoch", row.epoch);
  for (const auto& [name, value] : row.figures) summary += scalar(name, value);
  return double_field(1, wall_time) + varint_field(2, row.step) + bytes_field(5, summary);
}

EventFile::EventFile(const fs::path& folder, std::span<const LogRow> rows) {
  const double time = now();
  start_ = time - (rows.empty() ? 0.0 : rows.back().seconds);
  const fs::path path = new_name(folder, time);
  write_file_atomically(path, [&](std::ostream& out) {
    // The first event says which version of the format follows: file_version = 3.
    out << event_record(double_field(1, start_) + bytes_field(3, "brain.Event:2"));
    for (const LogRow& row : rows) out << event_record(encode_event(row, start_ + row.seconds));
  });
  remove_others(path);
  file_ = AppendFile(path);
}

void EventFile::add(const LogRow& row) {
  file_.append(event_record(encode_event(row, start_ + row.seconds)));
}

}  // namespace visavis
