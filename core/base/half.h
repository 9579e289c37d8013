#pragma once

#include <cstdint>
#include <cstring>

namespace visavis {

/// std::bit_cast, which Emscripten 3.1.6's library lacks.
template <class To, class From>
To bits_as(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

/// IEEE 754 binary16, as bits. Range +-65504 with 11 significant bits; below 2^-14 the spacing is
/// 2^-24.

/// Rounds to nearest, ties to even; beyond the range gives infinity, and NaN stays NaN.
inline std::uint16_t half_from_float(float value) {
  const auto bits = bits_as<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16U) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) return static_cast<std::uint16_t>(sign | 0x7E00U);   // NaN
  if (magnitude >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);  // >= 65520
  std::uint32_t half = 0;
  if (magnitude < 0x38800000U) {
    // Subnormal: adding 0.5 makes the FPU round to a multiple of 2^-24, in the low bits.
    const float rounded = bits_as<float>(magnitude) + 0.5F;
    half = bits_as<std::uint32_t>(rounded) - 0x3F000000U;
  } else {
    const std::uint32_t odd = (magnitude >> 13U) & 1U;
    half = (magnitude - 0x38000000U + 0xFFFU + odd) >> 13U;  // Rebias; a carry moves the exponent.
  }
  return static_cast<std::uint16_t>(sign | half);
}

/// Exact.
inline float float_from_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16U;
  const std::uint32_t magnitude = half & 0x7FFFU;
  std::uint32_t bits = 0;
  if (magnitude >= 0x7C00U) {
    bits = 0x7F800000U | (magnitude << 13U);
  } else if (magnitude >= 0x0400U) {
    bits = (magnitude << 13U) + 0x38000000U;
  } else {
    bits = bits_as<std::uint32_t>(static_cast<float>(magnitude) * 0x1p-24F);
  }
  return bits_as<float>(sign | bits);
}

}  // namespace visavis
