#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace visavis {

/// Deals the places of batches out to sources by weight, as evenly as whole numbers allow: after
/// any number of places, each source has had its share of them give or take a few. Closed form, so
/// that any batch can be told without those before it.
class SourceShares {
 public:
  /// Places per batch, and a weight above 0 per source.
  SourceShares(std::size_t places, const std::vector<double>& weights);

  /// How many places each source has had in all batches before `step`.
  [[nodiscard]] std::vector<std::uint64_t> before(std::uint64_t step) const;
  /// No batch has more places for source `source` than this.
  [[nodiscard]] std::size_t most(std::size_t source) const { return most_[source]; }

 private:
  std::size_t places_;
  std::vector<double> share_of_rest_;  ///< Share among this source and those after it, 0..1.
  std::vector<std::size_t> most_;
};

}  // namespace visavis
