#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/rates/calibration.h"

namespace visavis {

/// {"points": [{"distance", "fmr": {"value", "low", "high"}, "fnmr": {..}}, ..], "genuine_pairs",
/// "impostor_pairs", "threshold", "source"}, and of alike strangers "alike_fmr" in each point and
/// "alike": {"grouped_by", "worst_group", "groups", "people", "pairs"}: what `visavis calibrate` writes and `visavis import`
/// puts into a model.
nlohmann::ordered_json to_json(const CalibrationTable& table);

/// Throws kInvalidArgument, naming the field, for one that is missing, of the wrong type or out of
/// range, or points that do not rise.
CalibrationTable calibration_from_json(const nlohmann::ordered_json& json);

/// The same from a file; throws kIo too, and names the file.
CalibrationTable read_calibration(const std::filesystem::path& file);

}  // namespace visavis
