#include "core/rates/check_calibration.h"

#include <string>

#include "core/base/error.h"

namespace visavis {
namespace {

void require_rate(const std::string& name, const Rate& rate) {
  for (const double share : {rate.value, rate.low, rate.high}) require_number(name, share, {0, 1});
}

}  // namespace

void check_calibration(const CalibrationTable& table) {
  const std::string name = "the calibration table's ";
  require_number(name + "threshold", table.threshold, kMeasuredDistances);
  if (table.decision) check_decision(*table.decision);
  double before = -1;
  for (const CalibrationPoint& point : table.points) {
    require_number(name + "distance", point.distance, kMeasuredDistances);
    require_rate(name + "FMR", point.fmr);
    require_rate(name + "FNMR", point.fnmr);
    if (point.alike_fmr.has_value() != table.alike.has_value()) {
      throw Error(ErrorCode::kInvalidArgument,
                  name + "points must all have an FMR of alike strangers, or none");
    }
    if (point.alike_fmr) require_rate(name + "FMR of alike strangers", *point.alike_fmr);
    if (point.distance <= before) {
      throw Error(ErrorCode::kInvalidArgument, name + "points must have rising distances");
    }
    before = point.distance;
  }
}

}  // namespace visavis
