#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

#include "native/system/random_source.h"

namespace visavis {

/// Randomness of the training data that is the same with every standard library: the distributions
/// and std::shuffle of C++ are not.

/// A hash of both, well mixed.
constexpr std::uint64_t mixed_hash(std::uint64_t a, std::uint64_t b) { return mix64(a, b); }

/// A hash of a seed and a text.
constexpr std::uint64_t mixed_hash(std::uint64_t seed, std::string_view text) {
  std::uint64_t hash = mixed_hash(seed, text.size());
  for (const char c : text) hash = mixed_hash(hash, static_cast<unsigned char>(c));
  return hash;
}

/// Uniform in 0..count - 1, count above 0; without the modulo's bias.
inline std::uint64_t uniform_below(std::uint64_t count, std::mt19937_64& random) {
  const std::uint64_t rest = (UINT64_MAX % count + 1) % count;  // 2^64 mod count
  while (true) {
    const std::uint64_t value = random();
    if (value <= UINT64_MAX - rest) return value % count;
  }
}

/// Fisher and Yates.
template <class T>
void shuffle(std::vector<T>& items, std::mt19937_64& random) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[static_cast<std::size_t>(uniform_below(i, random))]);
  }
}

/// Endless random order of 0..count - 1: epoch by epoch a new shuffle, so that after any number of
/// positions all have come up equally often, give or take one; and any `window` positions in a row
/// are different numbers, also where they reach into the next epoch. A function of seed and
/// position alone; quickest when positions rise.
class ShuffledCycle {
 public:
  /// `window` is at most `count`, which is above 0.
  ShuffledCycle(std::size_t count, std::size_t window, std::uint64_t seed);

  [[nodiscard]] std::size_t at(std::uint64_t position);
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  using Order = std::vector<std::uint32_t>;

  [[nodiscard]] Order shuffled(std::uint64_t epoch) const;
  [[nodiscard]] Order following(const Order& previous, std::uint64_t epoch) const;
  const Order& order(std::uint64_t epoch);

  std::size_t count_;
  std::size_t window_;
  std::uint64_t seed_;
  std::uint64_t epoch_ = UINT64_MAX;  ///< Of order_.
  Order order_;
};

/// Which of a person's `count` photos to take at the `turn`-th time that the person comes up,
/// `take` at a time. Over the turns all photos come up equally often, give or take one. Within a
/// turn they differ where there are enough, and else repeat as evenly as possible.
std::vector<std::uint32_t> take_turn(std::size_t count, std::size_t take, std::uint64_t turn,
                                     std::uint64_t seed);

}  // namespace visavis
