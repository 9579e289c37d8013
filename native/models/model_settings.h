#pragma once

#include <filesystem>

#include "core/model/model.h"

namespace visavis {

/// Completes a model whose network file lacks this, from a JSON file (models/imported/*.json):
///
///     "name"         of the model
///     "kind"         "embedder", "face detector", "face landmarks" or "classifier"
///     "mean", "divisor"  network input = (pixel - mean) / divisor; a number, or one per channel
///     "template"     [[x, y], ..] where an embedder expects the face's points, in pixels of the
///                    input (core/base/geometry.h: the centre of the first pixel is 0.5, 0.5)
///     "detector"     {"grids": [{"stride", "per_cell"}, ..], "keypoints", "score_threshold"}
///     "calibration"  JSON file of `visavis calibrate`, relative to the settings' folder
///     "record"       {"origin": .., "licence": ..}: texts, kept in this order
///
/// All but kind, mean and divisor may be left out. Throws kIo or kInvalidArgument, naming file and
/// field, also for a field that is unknown (a typing error would go unnoticed).
void apply_settings(const std::filesystem::path& file, Model& model);

}  // namespace visavis
