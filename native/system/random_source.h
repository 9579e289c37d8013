#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

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

/// SplitMix64 (Steele, Lea and Flood 2014): well mixed bits of a number, and seeds for generators
/// that must not resemble each other.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}
/// The k-th number of SplitMix64 for a seed, computed without those before it.
constexpr std::uint64_t mix64(std::uint64_t seed, std::uint64_t k) {
  return mix64(seed + k * 0x9e3779b97f4a7c15U);
}

/// Moves `count` items (or all of fewer), drawn at random without replacement, to the front: the
/// first steps of the shuffle of Fisher and Yates. std::shuffle differs between libraries; the
/// remainder's bias is below 2^-32.
template <class T>
void draw_to_front(std::vector<T>& items, std::size_t count, std::mt19937_64& random) {
  for (std::size_t i = 0; i < std::min(count, items.size()); ++i) {
    std::swap(items[i], items[i + random() % (items.size() - i)]);
  }
}

}  // namespace visavis
