#pragma once

#include <cstdint>

namespace visavis {

/// How many of `pairs` impostor pairs may match at a false match rate of `fmr`; round it down. A
/// relative 1e-12 is added, so that 1e-3 of 3000 pairs gives three though the product is 2.9999999.
inline double allowed_false_matches(double fmr, std::uint64_t pairs) {
  return fmr * static_cast<double>(pairs) * (1 + 1e-12);
}

}  // namespace visavis
