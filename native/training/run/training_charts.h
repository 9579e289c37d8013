#pragma once

#include <string>
#include <vector>

#include "native/training/log/training_log.h"

namespace visavis {

/// A figure's name for readers: "validation/eer" -> "EER".
std::string figure_label(const std::string& name);

/// The log's figures over epochs as cards of a report: training loss first, then validation, then
/// the rest; figures that are read together share a chart. `best_epoch` (below 0: none) is marked
/// in those of validation. HTML.
std::string training_charts(const std::vector<LogRow>& rows, double best_epoch);

}  // namespace visavis
