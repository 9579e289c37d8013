#pragma once

namespace visavis {

/// Exit codes of the command line.
inline constexpr int kExitDone = 0;      ///< compare: a match
inline constexpr int kExitMismatch = 1;  ///< compare: a mismatch
inline constexpr int kExitBadInput = 2;
inline constexpr int kExitNoFace = 3;
inline constexpr int kExitReview = 4;  ///< compare: not clear

}  // namespace visavis
