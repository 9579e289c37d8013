#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

namespace visavis {

/// 128 bits that tell contents apart: FNV-1a (Fowler, Noll and Vo) beside CRC-32 and length. Enough
/// against chance (a collision in ten million files: 1e-15), none against a forger.
struct ContentHash {
  std::uint64_t fnv = 0;
  std::uint64_t crc_and_length = 0;

  friend bool operator<(const ContentHash& a, const ContentHash& b) {
    return std::tie(a.fnv, a.crc_and_length) < std::tie(b.fnv, b.crc_and_length);
  }
};

/// FNV-1a, 64 bits, of some bytes, or going on from the hash of those before them: the same on
/// every machine, as std::hash need not be.
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
