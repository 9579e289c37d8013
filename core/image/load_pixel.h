#pragma once

#include <cstdint>
#include <cstring>

namespace visavis {

using Bytes4 = std::uint8_t __attribute__((vector_size(4)));
using Floats4 = float __attribute__((vector_size(16)));

/// A pixel of three bytes and one byte more, which must be readable.
inline Floats4 load_pixel(const std::uint8_t* pixel) {
  Bytes4 bytes;
  std::memcpy(&bytes, pixel, sizeof(bytes));
  return __builtin_convertvector(bytes, Floats4);
}

}  // namespace visavis
