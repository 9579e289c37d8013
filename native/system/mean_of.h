#pragma once

#include <cmath>
#include <vector>

namespace visavis {

struct MeanWithError {
  double mean = 0;
  double standard_error = 0;  ///< Of the mean; 0 for a single value.
};

/// 0 without values.
inline MeanWithError mean_with_error(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  MeanWithError result;
  if (values.empty()) return result;
  for (const double value : values) result.mean += value;
  result.mean /= count;
  double squares = 0;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  if (count > 1) result.standard_error = std::sqrt(squares / (count - 1) / count);
  return result;
}

}  // namespace visavis
