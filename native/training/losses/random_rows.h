#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include "native/training/layers/array.h"

namespace visavis {

/// Fills a loss's own weights [rows, columns] with normal values of variance 1 / columns: rows of
/// about unit length, in directions that are all but orthogonal.
template <class T>
void fill_random_rows(Array<T>& weights, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0,
                                          1 / std::sqrt(static_cast<double>(weights.shape()[1])));
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<T>(normal(random));
}

}  // namespace visavis
