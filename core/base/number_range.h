#pragma once

#include <limits>
#include <string>

namespace visavis {

/// Which numbers an option, a field of a file or an argument may be.
struct NumberRange {
  double least = 0;
  double most = std::numeric_limits<double>::infinity();
  bool is_above_least = false;  ///< `least` itself is outside.
  bool is_below_most = false;   ///< `most` itself is outside.

  /// False for NaN and the infinities.
  [[nodiscard]] bool holds(double value) const;
  /// "from 0 to 2", "above 0", "from 1 up", "from 0 to below 1".
  [[nodiscard]] std::string in_words() const;
};

inline constexpr NumberRange kPositiveRange{.least = 0, .is_above_least = true};
/// Distances between unit embeddings, and thresholds of them.
inline constexpr NumberRange kDistanceRange{0, 2};
/// A share that is neither nothing nor all.
inline constexpr NumberRange kOpenShareRange{0, 1, true, true};
/// A false match rate that can be asked for.
inline constexpr NumberRange kFmrRange{0, 1, true};

/// "must be a number above 0, not -1": how every message refuses a number out of range. `given` is
/// that number, or the text in its place.
std::string out_of_range_text(const NumberRange& range, const std::string& given,
                              bool is_whole = false);

/// Throws kInvalidArgument: "NAME must be a number from 0 to 2, not nan".
void require_number(const std::string& name, double value, const NumberRange& range);

}  // namespace visavis
