#pragma once

#include <algorithm>
#include <cmath>

namespace visavis {

/// log(1 + exp(x)) without overflow.
inline double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

/// The derivative of softplus, 1 / (1 + exp(-x)).
inline double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace visavis
