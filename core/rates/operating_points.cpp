#include "core/rates/operating_points.h"

#include "core/rates/allowed_false_matches.h"

namespace visavis {
namespace {

std::optional<CalibrationPoint> measured_at(const CalibrationTable& table, double fmr) {
  if (table.points.empty() ||
      allowed_false_matches(fmr, table.impostor_pairs) < kFewestFalseMatches) {
    return std::nullopt;
  }
  // A table may begin at a distance where the FMR is higher already.
  if (table.points.front().fmr.value > fmr) return std::nullopt;
  return rates_at(table, threshold_at_fmr(table, fmr));
}

}  // namespace

std::array<NamedOperatingPoint, kNamedFmrs.size()> named_operating_points(
    const CalibrationTable& table) {
  std::array<NamedOperatingPoint, kNamedFmrs.size()> points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = {kNamedFmrs[i], measured_at(table, kNamedFmrs[i].fmr)};
  }
  return points;
}

}  // namespace visavis
