#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "native/training/run/training_log.h"
#include "native/training/run/validation.h"

namespace visavis {

/// One self-contained page, light or dark as the reader's system is: what was trained on what,
/// curves of loss, learning rate and validation figures, DET curve, distance histograms and the map
/// of validation people. Holds no photos. Atomic; throws kIo.
void write_training_report(const std::filesystem::path& file,
                           const std::vector<std::pair<std::string, std::string>>& settings,
                           const std::vector<LogRow>& rows, const ValidationResult& best);

}  // namespace visavis
