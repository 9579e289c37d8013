#pragma once

#include <cstddef>

namespace visavis {

/// An error rate with its 95% confidence interval, all in 0..1.
struct Rate {
  double value = 0;
  double low = 0;
  double high = 0;
};

/// Clopper-Pearson (1934) interval for `events` among `trials` at 95%. {0, 0, 1} for no trials.
/// Throws kInvalidArgument for more events than trials.
Rate rate_with_interval(std::size_t events, std::size_t trials);

/// I_x(a, b), the cumulative distribution of Beta(a, b) at x in 0..1, for a, b > 0 (DLMF 8.17).
double regularized_incomplete_beta(double x, double a, double b);

}  // namespace visavis
