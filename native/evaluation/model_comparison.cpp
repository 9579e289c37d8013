#include "native/evaluation/model_comparison.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/base/with_subject.h"
#include "core/face/face_aligner.h"
#include "core/model/embedder.h"
#include "native/evaluation/joined_embeddings.h"

namespace visavis {
namespace {

constexpr int kTimedRounds = 50;
constexpr float kGrey = 100;  ///< The crop that is timed: any will do but black.

using ByEach = std::vector<std::vector<EmbeddedPhoto>>;  ///< [embedder][photo]

std::vector<const Model*> embedders_of(const std::vector<EvaluatedModel>& models) {
  std::vector<const Model*> embedders;
  embedders.reserve(models.size());
  for (const EvaluatedModel& model : models) embedders.push_back(&model.embedder);
  return embedders;
}

/// The models' names; those that several have are told apart by file and, if need be, by number.
std::vector<std::string> distinct_names(const std::vector<EvaluatedModel>& models) {
  std::vector<std::string> names;
  const auto has_a_twin = [&](const std::string& name, std::size_t own) {
    for (std::size_t i = 0; i < models.size(); ++i) {
      if (i != own && models[i].embedder.name == name) return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string& name = models[i].embedder.name;
    std::string distinct = has_a_twin(name, i) ? name + " (" + models[i].file + ")" : name;
    if (std::find(names.begin(), names.end(), distinct) != names.end()) {
      distinct += " #" + std::to_string(i + 1);
    }
    names.push_back(distinct);
  }
  return names;
}

/// Seconds of one embedding of each model: by turns, so that the machine's other work slows all
/// alike.
std::vector<Timing> time_embeddings(const std::vector<EvaluatedModel>& models) {
  std::vector<Embedder> embedders;
  std::vector<FineImage> crops;
  for (const EvaluatedModel& model : models) {
    embedders.emplace_back(model.embedder, 1);
    FineImage& crop =
        crops.emplace_back(embedders.back().input_width(), embedders.back().input_height());
    std::fill(crop.pixels.begin(), crop.pixels.end(), kGrey);
    embedders.back().embed(crops.back());  // Warm up.
  }
  std::vector<std::vector<double>> seconds(models.size());
  for (int round = 0; round < kTimedRounds; ++round) {
    for (std::size_t i = 0; i < models.size(); ++i) {
      seconds[i].push_back(time_once([&] { embedders[i].embed(crops[i]); }));
    }
  }
  std::vector<Timing> timings;
  timings.reserve(seconds.size());
  for (std::vector<double>& of_model : seconds) timings.push_back(timing_of(std::move(of_model)));
  return timings;
}

void measure_costs(ModelComparison& comparison, const std::vector<EvaluatedModel>& models) {
  const std::vector<Timing> timings = time_embeddings(models);
  for (std::size_t i = 0; i < models.size(); ++i) {
    comparison.models[i].cost =
        ModelCost{models[i].parameters, models[i].multiply_adds, models[i].file_bytes, timings[i]};
  }
}

void measure_strangers(ModelComparison& comparison, const ComparisonPlan& plan,
                       const ByEach& embedded) {
  const StrangerPhotos& strangers = *plan.strangers;
  const auto judges = joined_embeddings(embedded);
  for (std::size_t i = 0; i < comparison.models.size(); ++i) {
    ModelResult& result = comparison.models[i];
    const AlikeStrangers alike = compare_alike_strangers(
        *strangers.table, strangers.photos, embedded[i], judges, strangers.same_person_below);
    result.strangers =
        evaluate_strangers(alike, embedded[i], {strangers.table->source, strangers.grouped_by},
                           result.evaluation.at_threshold.threshold, result.pairs, plan.seed);
  }
}

void test_against_first(ModelComparison& comparison) {
  const auto at_own_threshold = [](const ModelResult& result) {
    return right_decisions(result.pairs, result.evaluation.at_threshold.threshold);
  };
  const ModelResult& first = comparison.models.front();
  const std::vector<bool> decisions = at_own_threshold(first);
  const bool has_folds = first.evaluation.has_folds;
  const std::vector<bool> over_folds =
      has_folds ? right_decisions_over_folds(first.pairs) : std::vector<bool>{};
  for (std::size_t i = 1; i < comparison.models.size(); ++i) {
    ModelResult& other = comparison.models[i];
    other.paired = compare_decisions(decisions, at_own_threshold(other));
    if (!has_folds) continue;
    other.paired_over_folds =
        compare_decisions(over_folds, right_decisions_over_folds(other.pairs));
  }
}

void measure_robustness_of_each(ModelComparison& comparison, const FaceModels& faces,
                                const std::vector<const Model*>& embedders,
                                const ComparisonPlan& plan, const ByEach& embedded,
                                ProgressSink& progress) {
  for (ModelResult& result : comparison.models) {
    result.robustness.push_back({"none", result.evaluation});
  }
  measure_altered(faces, embedders, *plan.protocol, embedded, plan.seed, plan.threads, progress,
                  [&](const std::vector<RobustnessRow>& rows) {
                    for (std::size_t i = 0; i < rows.size(); ++i) {
                      comparison.models[i].robustness.push_back(rows[i]);
                    }
                  });
}

ModelResult measure_protocol(const EvaluatedModel& model, const ComparisonPlan& plan,
                             const std::vector<EmbeddedPhoto>& embedded) {
  ModelResult result;
  result.file = model.file;
  result.fingerprint = model.fingerprint;
  result.calibration = model.embedder.calibration;
  result.pairs = measure_pairs(*plan.protocol, embedded);
  result.evaluation = evaluate_pairs(model.embedder.name, model.embedder.calibration,
                                     *plan.protocol, embedded, result.pairs);
  if (plan.people != nullptr) {
    result.evaluation.groups =
        evaluate_groups(*plan.people, *plan.protocol, result.pairs, result.evaluation.at_threshold,
                        model.embedder.calibration);
  }
  return result;
}

}  // namespace

ModelComparison compare_models(const FaceModels& faces, const std::vector<EvaluatedModel>& models,
                               const ComparisonPlan& plan, ProgressSink& progress) {
  const std::vector<const Model*> embedders = embedders_of(models);
  const std::vector<std::string> names = distinct_names(models);
  ByEach embedded = embed_photos_by_each(faces, embedders, plan.protocol->photos, plan.threads,
                                         progress, &plan.alteration);
  ModelComparison comparison;
  for (std::size_t i = 0; i < models.size(); ++i) {
    comparison.models.push_back(measure_protocol(models[i], plan, embedded[i]));
    comparison.models.back().name = names[i];
  }
  test_against_first(comparison);
  if (plan.measures_robustness) {
    measure_robustness_of_each(comparison, faces, embedders, plan, embedded, progress);
  }
  comparison.photos = std::move(embedded.front());
  if (plan.strangers) {
    measure_strangers(
        comparison, plan,
        embed_photos_by_each(faces, embedders, plan.strangers->photos, plan.threads, progress));
  }
  if (plan.measures_cost) measure_costs(comparison, models);
  return comparison;
}

void check_evaluated_model(const FaceModels& faces, const EvaluatedModel& model) {
  with_subject(model.file, [&] {
    const FaceAligner aligner(faces.landmarks, model.embedder);
    const Embedder embedder(model.embedder);
  });
}

}  // namespace visavis
