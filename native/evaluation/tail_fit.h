#pragma once

#include <cstddef>
#include <vector>

namespace visavis {

/// The lower tail of distances between strangers, as a generalised Pareto distribution of how far
/// they lie below `bound`: it tells false match rates that are too low to be counted (Pickands 1975,
/// "Statistical inference using extreme order statistics").
struct TailFit {
  double bound = 0;  ///< 0..2; the tail is what lies below.
  double share = 0;  ///< 0..1, of all pairs that lie there.
  double scale = 0;
  double shape = 0;

  /// The share of pairs below `distance`, which must be at most `bound`.
  [[nodiscard]] double false_match_rate(double distance) const;
  /// The distance below which a share of `fmr` lies, for fmr at most `share`.
  [[nodiscard]] double threshold(double fmr) const;
};

/// A pair's distance, and how often it counts.
struct WeightedDistance {
  double distance = 0;
  double weight = 1;
};

/// The tail is the nearest pairs, with `share` (0..1) of all weight. Fitted by probability-weighted
/// moments (Hosking and Wallis 1987, "Parameter and quantile estimation for the generalized Pareto
/// distribution"), in closed form. `distances` in rising order. Throws kInvalidArgument for fewer
/// than kFewestTailPairs of some weight in the tail, and where they are all equal.
TailFit fit_lower_tail(const std::vector<WeightedDistance>& distances, double share);

/// With fewer pairs in the tail, a fit says nothing.
inline constexpr std::size_t kFewestTailPairs = 50;

}  // namespace visavis
