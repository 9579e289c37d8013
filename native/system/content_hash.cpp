#include "native/system/content_hash.h"

#include <fmt/format.h>
#include <zlib.h>

#include <bit>

namespace visavis {

std::uint64_t fnv1a(std::span<const std::uint8_t> bytes, std::uint64_t hash) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3U;
  return hash;
}

std::uint64_t fnv1a(std::string_view text) {
  return fnv1a({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

ContentHash content_hash(std::span<const std::uint8_t> bytes) {
  const std::uint64_t crc = ::crc32_z(0, bytes.data(), bytes.size());
  return {fnv1a(bytes), crc << 32U | (bytes.size() & 0xFFFFFFFFU)};
}

std::string to_string(const ContentHash& hash) {
  return fmt::format("{:016x}{:016x}", hash.fnv, hash.crc_and_length);
}

void FieldHasher::add(std::string_view text) {
  add(static_cast<std::uint64_t>(text.size()));
  add_bytes(text.data(), text.size());
}

void FieldHasher::add(std::uint64_t value) { add_bytes(&value, sizeof value); }

void FieldHasher::add(double value) { add(std::bit_cast<std::uint64_t>(value)); }

void FieldHasher::add(std::span<const float> values) {
  add(static_cast<std::uint64_t>(values.size()));
  add_bytes(values.data(), values.size_bytes());
}

void FieldHasher::add_bytes(const void* data, std::size_t size) {
  hash_ = fnv1a({static_cast<const std::uint8_t*>(data), size}, hash_);
}

}  // namespace visavis
