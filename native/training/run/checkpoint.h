#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "native/training/optimization/optimizer.h"

namespace visavis {

/// Version of the checkpoints this build writes; it reads these and all older ones.
inline constexpr std::uint32_t kCheckpointFormatVersion = 1;

/// Larger files are refused unread.
inline constexpr std::size_t kMaxCheckpointBytes = std::size_t{16} << 30U;

/// Everything a run needs to go on as if it had never stopped.
struct Checkpoint {
  /// What must not change between the runs (architecture, loss, batch, seed, data fingerprint..),
  /// as name and value in words.
  std::vector<std::pair<std::string, std::string>> settings;
  std::uint64_t step = 0;  ///< Steps done.
  TrainingState arrays;    ///< "network/..", "loss/..", "optimizer/..", "average/..", "best/..".
  std::string random;      ///< States of generators, as the standard streams them.
  std::string history;     ///< CSV of the logged figures so far, and of the validations.
  std::vector<std::pair<std::string, std::string>> progress;  ///< Best figure, its epoch, ..
};

/// Envelope (magic "VISAVISC", version, length, CRC-32) round a cereal portable archive; written
/// beside the target, fsynced, renamed: a full disk or a kill leaves the last good one. Throws kIo
/// with the system's reason.
void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& file);

/// Throws kIo, kModelForeign, kModelTruncated, kModelCorrupt, kModelVersion; sizes are checked
/// before memory is allocated.
Checkpoint load_checkpoint(const std::filesystem::path& file);

/// The same from a file's bytes; `source` names it in messages.
Checkpoint read_checkpoint(std::span<const std::uint8_t> bytes, const std::string& source);

/// Whether a file's bytes begin as a checkpoint's do.
bool is_checkpoint(std::span<const std::uint8_t> bytes);

/// Throws kModelMismatch, naming the first setting that differs with both values and what to do.
/// Settings of the names in `ignored` may differ.
void check_same_settings(const Checkpoint& checkpoint,
                         const std::vector<std::pair<std::string, std::string>>& settings,
                         const std::string& source, const std::set<std::string>& ignored = {});

}  // namespace visavis
