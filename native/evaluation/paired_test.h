#pragma once

#include <cstddef>
#include <vector>

#include "core/rates/metrics.h"

namespace visavis {

/// Two models' decisions on the same pairs. Only the pairs that one decides rightly and the other
/// wrongly say which is better.
struct PairedTest {
  std::size_t pairs = 0;
  std::size_t first_alone_right = 0;   ///< McNemar's b.
  std::size_t second_alone_right = 0;  ///< McNemar's c.
  /// Probability of counts at least this uneven, were both as often right: McNemar's exact test
  /// (McNemar 1947; two-sided, by the binomial distribution). It takes pairs for independent.
  double p_value = 1;
};

/// The exact two-sided p-value: twice the smaller tail of Binomial(b + c, 1/2), at most 1.
double mcnemar_p_value(std::size_t b, std::size_t c);

/// Whether each pair is decided rightly at a threshold. A pair without a face is not.
std::vector<bool> right_decisions(const std::vector<LabelledPair>& pairs, double threshold);

/// The same over folds, each decided by the threshold that is most accurate on the others. Throws as
/// fold_thresholds does.
std::vector<bool> right_decisions_over_folds(const std::vector<LabelledPair>& pairs);

/// `first` and `second` in one order; throws kInvalidArgument where their lengths differ.
PairedTest compare_decisions(const std::vector<bool>& first, const std::vector<bool>& second);

}  // namespace visavis
