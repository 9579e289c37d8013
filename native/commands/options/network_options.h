#pragma once

#include "core/base/number_range.h"

namespace visavis {

/// Ranges of the options of make_architecture.
inline constexpr NumberRange kSideRange{16, 4096};  ///< Pixels; each architecture has its least.
inline constexpr NumberRange kChannelsRange{1, 3};  ///< 2 is refused by make_architecture.
inline constexpr NumberRange kEmbeddingLengthRange{2, 4096};
inline constexpr NumberRange kWidthFactorRange{0.125, 4};
inline constexpr NumberRange kDropoutRange{0, 1, false, true};

}  // namespace visavis
