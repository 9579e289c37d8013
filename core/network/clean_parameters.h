#pragma once

#include <cstddef>

#include "core/network/parameters.h"

namespace visavis {

/// Weights smaller than this are zero: what they add is lost in float beside any other, and
/// products of denormal numbers cost a processor that does not flush them (WebAssembly) a hundred
/// cycles each.
constexpr float kSmallestWeight = 1e-15F;

/// Sets every |weight| < kSmallestWeight to zero. Gives how many it were.
std::size_t zero_tiny_weights(Parameters& parameters);

}  // namespace visavis
