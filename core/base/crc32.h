#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace visavis {

/// A 32-bit CRC of reflected bits, all ones at first and inverted at last.
template <std::uint32_t kPolynomial>
std::uint32_t reflected_crc32(std::span<const std::uint8_t> bytes) {
  static constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) {
        value = (value >> 1U) ^ ((value & 1U) != 0 ? kPolynomial : 0U);
      }
      table[i] = value;
    }
    return table;
  }();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::uint8_t byte : bytes) crc = (crc >> 8U) ^ kTable[(crc ^ byte) & 0xFFU];
  return ~crc;
}

/// CRC-32 of ISO 3309 (PNG, zip). Our own, so that the core needs no zlib in the browser.
inline std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
  return reflected_crc32<0xEDB88320U>(bytes);
}

/// CRC-32C (Castagnoli; iSCSI, TensorFlow's records).
inline std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
  return reflected_crc32<0x82F63B78U>(bytes);
}

}  // namespace visavis
