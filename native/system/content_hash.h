#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

namespace visavis {

/// A 128-bit hash of a content: FNV-1a (Fowler, Noll and Vo) beside CRC-32 and length. Safe against
/// chance (a collision in ten million files has a probability of 1e-15), not against forgery.
struct ContentHash {
  std::uint64_t fnv = 0;
  std::uint64_t crc_and_length = 0;

  friend bool operator<(const ContentHash& a, const ContentHash& b) {
    return std::tie(a.fnv, a.crc_and_length) < std::tie(b.fnv, b.crc_and_length);
  }
};

/// 64-bit FNV-1a of some bytes, or continued from the hash of those before them. The same on every
/// machine, unlike std::hash.
inline constexpr std::uint64_t kFnvBasis = 0xCBF29CE484222325U;
std::uint64_t fnv1a(std::span<const std::uint8_t> bytes, std::uint64_t hash = kFnvBasis);
std::uint64_t fnv1a(std::string_view text);

ContentHash content_hash(std::span<const std::uint8_t> bytes);
/// 32 hexadecimal digits.
std::string to_string(const ContentHash& hash);

/// FNV-1a of a sequence of fields, each with its length where it has one, so that "ab" + "c" and
/// "a" + "bc" differ.
class FieldHasher {
 public:
  void add(std::string_view text);
  void add(std::uint64_t value);
  void add(double value);
  void add(std::span<const float> values);
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  void add_bytes(const void* data, std::size_t size);

  std::uint64_t hash_ = kFnvBasis;
};

}  // namespace visavis
