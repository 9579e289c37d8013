#pragma once

#include <cstdint>
#include <random>

namespace visavis {

/// Uniform in [0, 1). The standard's distributions differ between libraries; this does not.
inline double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11U) * 0x1p-53;
}
inline double uniform(std::mt19937_64& random, double low, double high) {
  return low + (high - low) * uniform(random);
}
/// 0 to count - 1.
inline int choice(std::mt19937_64& random, int count) {
  return static_cast<int>(uniform(random) * count);
}

/// A 32-bit mix of a counter, cheap enough for every pixel and free of multiplications wider than a
/// vector's lane. Constants: C. Wellons, "Prospecting for hash functions" (lowbias32).
inline std::uint32_t hash32(std::uint32_t x) {
  x = (x ^ (x >> 16U)) * 0x7feb352dU;
  x = (x ^ (x >> 15U)) * 0x846ca68bU;
  return x ^ (x >> 16U);
}

/// Steele et al. 2014 (SplitMix64): seeds for generators that must not resemble each other.
inline std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

}  // namespace visavis
