#pragma once

#include "core/rates/calibration.h"

namespace visavis {

/// For a table that was read from a file: throws kInvalidArgument for a distance or threshold
/// outside 0..2, a rate outside 0..1, points that do not all have alike_fmr or all lack it as the
/// table lacks `alike`, or points whose distances do not rise, NaN among them,
/// and as check_decision does. A table without points is sound.
void check_calibration(const CalibrationTable& table);

}  // namespace visavis
