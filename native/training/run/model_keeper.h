#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "core/model/model.h"
#include "native/system/progress_sink.h"
#include "native/training/log/log_row.h"
#include "native/training/metric/kissme.h"
#include "native/training/run/checkpoint.h"
#include "native/training/run/prepared_data.h"
#include "native/training/run/train_options.h"
#include "native/training/run/validation.h"

namespace visavis {

/// Throws kInvalidArgument where a metric is asked for (a length above 0) that cannot be learned:
/// behind a loss with a head of its own, or from people none of whom has two photos.
void check_metric(std::size_t metric_length, const std::string& loss, const FewShotHead& head,
                  const IdentitySplit& split);

/// Throws kInvalidArgument where episodes cannot be drawn among the people held out.
void check_validation_episodes(const LossPlan& loss, const TrainingData& data,
                               const IdentitySplit& split);

/// Validates on people held out, through the shipped path, and keeps the best parameters: lowest
/// EER, or highest episodic accuracy where the loss learns from episodes (within folders of classes
/// where training episodes are, and in full context where the loss has that). Without anybody held
/// out the newest parameters count as best.
class ModelKeeper {
 public:
  /// `head`: the loss's, without parameters; see Loss::head.
  ModelKeeper(const NetworkPlan& network, const LossPlan& loss, const RunPlan& run,
              const PreparedData& data, FewShotHead head, int threads);

  /// Exports, validates, adds the figures to `row`, and keeps the parameters if they are the best.
  void see(const NetworkSpec& spec, const Parameters& parameters, LogRow& row);

  /// Of the last see().
  [[nodiscard]] double spread() const { return spread_; }

  /// Makes the model that ships: the best parameters folded, in a metric learned on the people
  /// trained on where options ask for one, validated again (for the calibration, and the report's
  /// curves), calibrated on the people held out, with its training record. Nothing where a stop was
  /// requested first.
  [[nodiscard]] std::optional<Model> finish(const NetworkSpec& spec, Record record,
                                            ValidationResult& result, ProgressSink& progress,
                                            const std::stop_token& stop) const;

  void save_to(Checkpoint& checkpoint) const;
  void restore_from(const Checkpoint& checkpoint);

 private:
  [[nodiscard]] Model export_parameters(const NetworkSpec& spec, const Parameters& parameters,
                                        Record record) const;
  [[nodiscard]] FineImage crop_of(std::uint32_t photo) const;
  [[nodiscard]] ValidationResult validate(const Model& model) const;
  /// The training photos of somebody, embedded; fewer where a stop was requested first.
  [[nodiscard]] LabelledEmbeddings embed_training_photos(const Model& model, ProgressSink& progress,
                                                         const std::stop_token& stop) const;
  [[nodiscard]] bool has_validation() const { return !photos_.photo.empty(); }

  const ArchitectureOptions& input_;
  const LossPlan& loss_;
  const RunPlan& run_;
  const PreparedData& data_;
  FewShotHead head_;
  int threads_;
  bool is_episodic_;
  ValidationPhotos photos_;
  Parameters best_;
  double best_cost_ = 0;
  double spread_ = 1;
  std::string best_in_words_;
};

}  // namespace visavis
