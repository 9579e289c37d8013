#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "native/training/layers/array.h"

namespace visavis {

/// Uniform in [-1, 1).
inline void fill_uniform(Array<double>& array, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform(-1, 1);
  for (std::size_t i = 0; i < array.size(); ++i) array[i] = uniform(random);
}

/// Compares analytic gradients with central differences (f(x + h) - f(x - h)) / 2h at up to
/// `probes` random elements. With h = 1e-5 in double the difference's own error is about 1e-10
/// (truncation h^2, rounding 1e-16 / h), so 1e-6 relative leaves room for curvature and none for a
/// wrong term.
inline void expect_gradient_matches(const std::string& what, Array<double>& variable,
                                    const Array<double>& analytic,
                                    const std::function<double()>& objective,
                                    std::mt19937_64& random, std::size_t probes = 24) {
  constexpr double kStep = 1e-5;
  ASSERT_EQ(variable.size(), analytic.size()) << what;
  std::uniform_int_distribution<std::size_t> pick(0, variable.size() - 1);
  for (std::size_t probe = 0; probe < std::min(probes, variable.size()); ++probe) {
    const std::size_t i = variable.size() <= probes ? probe : pick(random);
    const double kept = variable[i];
    variable[i] = kept + kStep;
    const double above = objective();
    variable[i] = kept - kStep;
    const double below = objective();
    variable[i] = kept;
    const double numeric = (above - below) / (2 * kStep);
    const double scale = std::max({1.0, std::abs(numeric), std::abs(analytic[i])});
    EXPECT_NEAR(analytic[i], numeric, 1e-6 * scale) << what << ", element " << i;
  }
}

}  // namespace visavis
