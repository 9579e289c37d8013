#pragma once

#include <cstddef>

#include "core/network/parameters.h"

namespace visavis {

/// Smaller weights are set to zero. What they add is lost in float rounding, and products of
/// denormal numbers cost a hundred cycles each where the processor does not flush them
/// (WebAssembly).
constexpr float kSmallestWeight = 1e-15F;

/// Sets every |weight| < kSmallestWeight to zero. Returns how many it set.
std::size_t zero_tiny_weights(Parameters& parameters);

}  // namespace visavis
