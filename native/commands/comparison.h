#pragma once

#include <filesystem>
#include <string>

#include "core/face/verifier.h"
#include "native/commands/compared.h"

namespace visavis {

/// Two faces and what `visavis compare` found.
struct Comparison {
  Compared reference;
  Compared probe;
  Verdict verdict;
  Decision decision;
  DecisionBounds bounds;  ///< By which it was decided.
};

/// Of a pair by a threshold of the caller's: a match or a mismatch, whatever the photos are like.
Decision decide_at_threshold(const Verdict& verdict);

/// One JSON object on stdout. `calibration` is the embedder's, which may be empty.
void print_comparison_json(const Comparison& comparison, const CalibrationTable& calibration);

/// The verdict in words on stdout, with what makes each photo less reliable, a line each.
void print_comparison(const Comparison& comparison, const CalibrationTable& calibration);

/// What the network saw of each photo, as reference.png and probe.png in `folder`, which is made
/// where it is missing; of a template nothing is written. Throws kIo.
void save_crops(const Comparison& comparison, const std::filesystem::path& folder);

/// Throws as check_output_folder and check_output_file do where save_crops would fail or overwrite
/// one of the photos. Does nothing for an empty `folder`.
void check_crops(const std::filesystem::path& folder, const std::string& reference,
                 const std::string& probe);

}  // namespace visavis
