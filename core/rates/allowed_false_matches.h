#pragma once

#include <cstdint>

namespace visavis {

/// How many of `pairs` impostor pairs may match at a false match rate of `fmr`, not yet a whole
/// number. A hair is added: it keeps 1e-3 of 3000 at three where the product comes out
/// as 2.9999999.
inline double allowed_false_matches(double fmr, std::uint64_t pairs) {
  return fmr * static_cast<double>(pairs) * (1 + 1e-12);
}

}  // namespace visavis
