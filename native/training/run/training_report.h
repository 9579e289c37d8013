#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "native/training/log/training_log.h"
#include "native/training/run/validation.h"

namespace visavis {

/// What a report tells of a run.
struct TrainingReport {
  std::string title;  ///< The model's name.
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<LogRow> rows;
  /// Of the epoch that was kept; empty where nobody was held out.
  ValidationResult best;
  /// Names by `best.identity`, as TrainingData::identities; identities without a name are numbered.
  std::vector<std::string> identity_names;
};

/// One self-contained page, light or dark as the reader's system is: what was trained on what,
/// curves of loss, learning rate and validation figures, DET curve, distance histograms and the map
/// of validation people. Holds no photos. Atomic; throws kIo.
void write_training_report(const std::filesystem::path& file, const TrainingReport& report);

}  // namespace visavis
