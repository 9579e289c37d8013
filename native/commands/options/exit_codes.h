#pragma once

namespace visavis {

/// Exit codes of the command line.
inline constexpr int kExitDone = 0;       ///< compare: the same person
inline constexpr int kExitDifferent = 1;  ///< compare: different people
inline constexpr int kExitBadInput = 2;
inline constexpr int kExitNoFace = 3;

}  // namespace visavis
