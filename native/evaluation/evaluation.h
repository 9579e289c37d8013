#pragma once

#include <array>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/rates/calibration.h"
#include "core/rates/metrics.h"
#include "native/data/protocol.h"
#include "native/embedding/photo_embedder.h"
#include "native/evaluation/decision_counts.h"
#include "native/evaluation/group_evaluation.h"

namespace visavis {

/// The false match rates at which every evaluation tells the FNMR.
struct ReportedFmr {
  const char* label;
  double fmr;
};
inline constexpr std::array<ReportedFmr, 3> kReportedFmrs{
    {{"1e-2", 1e-2}, {"1e-3", 1e-3}, {"1e-4", 1e-4}}};

/// What a model does on a protocol.
struct Evaluation {
  std::string model;
  std::string protocol;
  std::size_t genuine_pairs = 0;
  std::size_t impostor_pairs = 0;
  std::size_t images = 0;
  std::size_t images_without_face = 0;  ///< Unreadable ones included.
  std::size_t images_unreadable = 0;
  bool has_folds = false;
  std::size_t folds = 0;  ///< 0 where the protocol has none.
  double accuracy = 0;    ///< Over folds where the protocol has some, else at `threshold`.
  double accuracy_stderr = 0;
  double eer = 0;
  std::array<OperatingPoint, kReportedFmrs.size()> at_fmr;
  bool threshold_is_shipped = false;  ///< Else the most accurate one on these very pairs.
  OperatingPoint at_threshold;
  /// By the balanced policy of the bounds that the model ships; nothing where it ships none.
  std::optional<DecisionCounts> decided;
  GroupEvaluation groups;  ///< Empty unless a table of people was given.
  std::optional<double> seconds;
};

/// The accuracy's 95% interval: Student's t over the folds, else Clopper-Pearson.
Rate accuracy_with_interval(const Evaluation& evaluation);

/// Whether there are impostor pairs enough for an FMR: 1 / fmr. With fewer, one false match is more
/// than that already.
inline bool tells_fmr(const Evaluation& evaluation, double fmr) {
  return fmr * static_cast<double>(evaluation.impostor_pairs) >= 1;
}

/// The pairs' distances; `embedded` stands in the order of protocol.photos.
std::vector<LabelledPair> measure_pairs(const Protocol& protocol,
                                        const std::vector<EmbeddedPhoto>& embedded);

/// Throws kInvalidArgument without genuine or impostor pairs. `groups` and `seconds` are left to
/// the caller.
Evaluation evaluate_pairs(const std::string& model, const CalibrationTable& calibration,
                          const Protocol& protocol, const std::vector<EmbeddedPhoto>& embedded,
                          const std::vector<LabelledPair>& pairs);

/// `visavis evaluate --json`: DESIGN.md's fields first.
nlohmann::ordered_json to_json(const Evaluation& evaluation);

/// For people, several lines.
std::string to_text(const Evaluation& evaluation);

}  // namespace visavis
