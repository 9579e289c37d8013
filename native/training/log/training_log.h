#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "native/training/log/log_row.h"

namespace visavis {

/// Figures of a run in three forms: kept in memory (for the report and checkpoints), a CSV file
/// `log.csv` (step, epoch, seconds and a column per figure; figures that first appear later add a
/// column: the file is then rewritten), and a TensorBoard event file (scalars), both in `folder`.
class TrainingLog {
 public:
  /// `history` is what csv() gave when a checkpoint was written, or empty for a new run: rows after
  /// it, of a run that was killed, are dropped from the files. Makes the folder. Throws kIo;
  /// kModelCorrupt as parse_training_csv.
  TrainingLog(const std::filesystem::path& folder, const std::string& history);
  ~TrainingLog();
  /// Appends and flushes. Figures that are not finite are written as such ("nan"). Names of figures
  /// have no commas, quotes or control characters and are not "step", "epoch" or "seconds": throws
  /// kInvalidArgument. Throws kIo.
  void add(LogRow row);
  [[nodiscard]] const std::vector<LogRow>& rows() const;
  [[nodiscard]] std::string csv() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace visavis
