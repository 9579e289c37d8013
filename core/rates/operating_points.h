#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "core/rates/calibration.h"

namespace visavis {

/// A false match rate that people can ask for by name.
struct NamedFmr {
  const char* name;
  double fmr;
};

/// From lax to strict. `standard` is what automated border control takes (Frontex, Best Practice
/// Technical Guidelines for Automated Border Control Systems, 2015: an FMR of 0.1% at most).
inline constexpr std::array<NamedFmr, 3> kNamedFmrs{
    {{"lenient", 1e-2}, {"standard", 1e-3}, {"strict", 1e-4}}};

/// Place of `standard` in kNamedFmrs.
inline constexpr std::size_t kStandardFmr = 1;

/// A named FMR as a model's calibration tells it.
struct NamedOperatingPoint {
  NamedFmr wanted;
  /// The threshold (`distance`) and the rates measured there. Nothing where the table holds fewer
  /// than kFewestFalseMatches / FMR impostor pairs: rates are not extrapolated.
  std::optional<CalibrationPoint> measured;
};

/// All of kNamedFmrs, in their order.
std::array<NamedOperatingPoint, kNamedFmrs.size()> named_operating_points(
    const CalibrationTable& table);

}  // namespace visavis
