#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <ranges>
#include <utility>

namespace visavis {

/// The product of sizes that come from a file or a caller, and so may be anything. 1 without sizes.
/// Returns nothing when a size is negative or the product exceeds `limit`. A product with a zero is
/// zero, whatever the other sizes are.
template <std::ranges::forward_range Sizes>
requires std::integral<std::ranges::range_value_t<Sizes>> std::optional<std::uint64_t>
checked_product(const Sizes& sizes, std::uint64_t limit) {
  bool has_zero = false;
  for (const auto size : sizes) {
    if (std::cmp_less(size, 0)) return std::nullopt;
    has_zero = has_zero || size == 0;
  }
  if (has_zero) return 0;
  std::uint64_t product = 1;
  for (const auto size : sizes) {
    const auto factor = static_cast<std::uint64_t>(size);
    if (product > limit / factor) return std::nullopt;
    product *= factor;
  }
  return product <= limit ? std::optional(product) : std::nullopt;
}

}  // namespace visavis
