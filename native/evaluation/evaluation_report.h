#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "native/data/protocol.h"
#include "native/evaluation/model_comparison.h"

namespace visavis {

/// What a report tells of one model or several.
struct EvaluationReport {
  const ModelComparison* comparison = nullptr;
  const Protocol* protocol = nullptr;
  std::string date;  ///< For people.
  /// How the figures came about: command, version, data, machine.
  std::vector<std::pair<std::string, std::string>> settings;
  /// As worst_faces gives them; empty for a report without photos.
  std::map<std::uint32_t, std::string> faces;
};

/// Writes one self-contained page, light or dark as the reader's system is, that prints on A4: what
/// was found in words, the figures side by side, DET curves, histograms, rates against the
/// threshold, groups, robustness, the worst pairs, photos without a face, and the settings. Each
/// figure and table can be saved from it. Atomic; throws kIo.
void write_evaluation_report(const std::filesystem::path& path, const EvaluationReport& report);

/// The same figures and tables as files of their own, into a folder (write_figures).
void write_evaluation_figures(const std::filesystem::path& folder,
                              const ModelComparison& comparison);

}  // namespace visavis
