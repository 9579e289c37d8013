#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <string>
#include <vector>

namespace visavis {

using Values = std::vector<double>;
using NamedValues = std::map<std::string, Values>;  ///< By parameter.

inline double squared_norm(const Values& values) {
  return std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
}

inline double squared_difference(const Values& a, const Values& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0, std::plus<>(),
                            [](double x, double y) { return (x - y) * (x - y); });
}

inline double whole_norm(const NamedValues& tensors) {
  double squares = 0;
  for (const auto& [name, values] : tensors) squares += squared_norm(values);
  return std::sqrt(squares);
}

/// ||actual - expected|| / ||expected||, all tensors taken as one vector.
inline double whole_error(const NamedValues& actual, const NamedValues& expected) {
  double squares = 0;
  for (const auto& [name, values] : expected) {
    squares += squared_difference(actual.at(name), values);
  }
  return std::sqrt(squares) / whole_norm(expected);
}

struct TensorError {
  double error = 0;
  std::string name;
};

/// The worst of ||actual - expected|| / max(||expected||, 1e-3 * the whole's norm) over tensors.
/// The floor is for gradients that are zero in theory, so that either side has but its own rounding
/// there: a batch normalisation takes out what a shift before a 1x1 convolution adds, and what a
/// scale before PReLU and a convolution multiplies by.
inline TensorError worst_error(const NamedValues& actual, const NamedValues& expected) {
  const double floor = 1e-3 * whole_norm(expected);
  TensorError worst;
  for (const auto& [name, values] : expected) {
    const double error = std::sqrt(squared_difference(actual.at(name), values)) /
                         std::max(std::sqrt(squared_norm(values)), floor);
    if (!(error <= worst.error)) worst = {error, name};
  }
  return worst;
}

/// The worst of |actual - expected| / |expected| over steps.
inline double loss_error(const Values& actual, const Values& expected) {
  EXPECT_EQ(actual.size(), expected.size());
  double worst = 0;
  for (std::size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) {
    worst = std::max(worst, std::abs(actual[i] - expected[i]) / std::abs(expected[i]));
  }
  return worst;
}

}  // namespace visavis
