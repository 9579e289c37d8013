#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/face/verifier.h"
#include "native/data/person_groups.h"
#include "native/data/protocol.h"
#include "native/effects/photo_alteration.h"
#include "native/embedding/photo_embedder.h"
#include "native/evaluation/evaluation.h"
#include "native/evaluation/paired_test.h"
#include "native/evaluation/robustness.h"
#include "native/evaluation/stranger_evaluation.h"
#include "native/report/report_table.h"
#include "native/system/bench_timer.h"
#include "native/system/progress_sink.h"

namespace visavis {

/// An embedder to evaluate.
struct EvaluatedModel {
  Model embedder;
  std::string file;         ///< Its file's name, without folders.
  std::string fingerprint;  ///< As embedder_fingerprint tells it.
  std::uintmax_t file_bytes = 0;
  std::size_t parameters = 0;
  std::uint64_t multiply_adds = 0;  ///< Of one embedding.
};

/// What an embedder costs.
struct ModelCost {
  std::size_t parameters = 0;
  std::uint64_t multiply_adds = 0;  ///< Of one embedding, without the mirror image's.
  std::uintmax_t file_bytes = 0;
  Timing embedding;  ///< Seconds of one embedding on one thread, the models by turns.
};

/// Strangers, as evaluate_strangers measures them.
struct StrangerPhotos {
  std::vector<PhotoRef> photos;
  const PersonTable* table = nullptr;
  std::string grouped_by;
  double same_person_below = 0.7;  ///< Nearer photos show one person, in the models' joint opinion.
};

/// What is measured of each model.
struct ComparisonPlan {
  const Protocol* protocol = nullptr;
  PhotoAlteration alteration;           ///< Of the protocol's photos that say so.
  const PersonTable* people = nullptr;  ///< Groups of the protocol's people; null: none.
  std::optional<StrangerPhotos> strangers;
  bool measures_robustness = false;
  bool measures_cost = false;
  int threads = 0;
  std::uint64_t seed = 1;
};

/// One model's figures.
struct ModelResult {
  std::string name;  ///< No two of a comparison have one name.
  std::string file;
  std::string fingerprint;
  CalibrationTable calibration;
  Evaluation evaluation;
  std::vector<LabelledPair> pairs;  ///< In the order of the protocol's.
  std::optional<StrangerEvaluation> strangers;
  std::vector<RobustnessRow> robustness;  ///< Empty, or "none" and then a row an alteration.
  std::optional<ModelCost> cost;
  /// Against the first model, at each model's own threshold and, where there are folds, at the
  /// thresholds of the other folds; nothing for the first.
  std::optional<PairedTest> paired;
  std::optional<PairedTest> paired_over_folds;
};

struct ModelComparison {
  std::vector<ModelResult> models;    ///< One or more.
  std::vector<EmbeddedPhoto> photos;  ///< The protocol's, by the first model.
};

/// Measures every model on the same photos, each of which is searched for faces once. `faces` says
/// how faces are found; its embedder is not used. Throws as embed_photos and evaluate_pairs do, and
/// kInvalidArgument where the strangers make no group.
ModelComparison compare_models(const FaceModels& faces, const std::vector<EvaluatedModel>& models,
                               const ComparisonPlan& plan, ProgressSink& progress);

/// Throws kModelMismatch, naming the file, for a model that is no embedder or whose template is not
/// of the points that faces are aligned by.
void check_evaluated_model(const FaceModels& faces, const EvaluatedModel& model);

/// The figures side by side: a column a model. Where nothing else is said, rates are those of the
/// protocol's pairs.
ReportTable comparison_table(const ModelComparison& comparison);
/// A row an alteration: the accuracy lost, and the FNMR at FMR 1e-3; without rows where robustness
/// was not measured.
ReportTable robustness_table(const ModelComparison& comparison);
/// What the models' calibrations state against what was observed; without rows where none has one.
ReportTable calibration_table(const ModelComparison& comparison);
/// False match rates of strangers by group, without rows where there are none.
ReportTable strangers_table(const ModelComparison& comparison);

/// "0.012", or "3.1e-05".
std::string p_text(double p_value);

/// For people: the tables, and what the tests say.
std::string to_text(const ModelComparison& comparison);

/// {"schema": "visavis/evaluation/1", "protocol", "models": [Evaluation's fields and more, ..]}
nlohmann::ordered_json to_json(const ModelComparison& comparison);

}  // namespace visavis
