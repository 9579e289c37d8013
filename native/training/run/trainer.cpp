#include "native/training/run/trainer.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <utility>

#include "core/base/error.h"
#include "native/models/model_files.h"
#include "native/preparation/augmentation.h"
#include "native/system/counted.h"
#include "native/system/version.h"
#include "native/training/data/batch_loader.h"
#include "native/training/log/training_csv.h"
#include "native/training/log/training_log.h"
#include "native/training/optimization/schedule.h"
#include "native/training/run/checkpoint.h"
#include "native/training/run/collapse_detector.h"
#include "native/training/run/export_model.h"
#include "native/training/run/learner.h"
#include "native/training/run/learner_start.h"
#include "native/training/run/model_keeper.h"
#include "native/training/run/prepared_data.h"
#include "native/training/run/run_checks.h"
#include "native/training/run/run_notes.h"
#include "native/training/run/run_setup.h"
#include "native/training/run/running_mean.h"
#include "native/training/run/training_report.h"
#include "native/training/run/training_step.h"

namespace visavis {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kStepsPerLogRow = 20;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One training run, from wherever its checkpoint left off to the model file.
class Run {
 public:
  Run(const TrainOptions& options, Communicator& ranks, PreparedData& data, ProgressSink& progress,
      std::stop_token stop);
  TrainingEnd go();

 private:
  [[nodiscard]] bool leads() const { return ranks_.rank() == 0; }
  [[nodiscard]] std::filesystem::path checkpoint_file() const {
    return checkpoint_of(options_.run.folder);
  }
  [[nodiscard]] double epoch() const {
    return static_cast<double>(step_) / static_cast<double>(sampler_->steps_per_epoch());
  }

  void restore();
  void restore_own(const Checkpoint& checkpoint);
  void start_loader();
  void take_step();
  void log_step(const StepResult& result, double learning_rate);
  [[nodiscard]] bool validation_is_due() const;
  void validate();
  void save();
  void save_or_warn();
  /// Writes model and report. False where a stop was requested first.
  [[nodiscard]] bool finish();

  const TrainOptions& options_;
  Communicator& ranks_;
  PreparedData& data_;
  ProgressSink& progress_;
  const std::stop_token stop_;
  ThreadPool threads_;
  std::vector<Model> teachers_;
  std::unique_ptr<BatchSampler> sampler_;
  LearningRateSchedule schedule_;
  std::vector<std::pair<std::string, std::string>> settings_;
  Learner learner_;
  TrainingStep training_step_;
  ModelKeeper keeper_;
  CollapseDetector collapse_;
  RunningMean mean_;
  std::unique_ptr<TrainingLog> log_;
  std::unique_ptr<BatchLoader> loader_;
  std::unique_ptr<ProgressTask> task_;  ///< Of rank 0.
  std::uint64_t step_ = 0;              ///< Steps done.
  double seconds_before_ = 0;           ///< Of the runs before this one.
  Clock::time_point start_ = Clock::now();
  Clock::time_point saved_ = Clock::now();
};

Run::Run(const TrainOptions& options, Communicator& ranks, PreparedData& data,
         ProgressSink& progress, std::stop_token stop)
    : options_(options),
      ranks_(ranks),
      data_(data),
      progress_(progress),
      stop_(std::move(stop)),
      threads_(options.run.threads),
      teachers_(read_teachers(options.loss.teachers)),
      sampler_(make_sampler(options.loss, options.run.seed, data.data, data.split)),
      schedule_(make_schedule(options.optimization, sampler_->steps_per_epoch())),
      settings_(settings_of(options, ranks.ranks(), threads_.threads(), data.cache.fingerprint())),
      learner_(data.network.spec, options.loss.name, options.optimization, options.run.seed,
               data.split.training_identities, teacher_dimensions(teachers_), threads_),
      training_step_(learner_.network(), learner_.loss(), learner_.optimizer(), ranks, threads_,
                     options.optimization.gradient_clip),
      keeper_(options.network, options.loss, options.run, data, learner_.loss().head(),
              threads_.threads()) {}

void Run::restore() {
  std::string history;
  if (options_.run.resumes) {
    const Checkpoint checkpoint =
        read_checkpoint(read_on_all_ranks(checkpoint_file(), ranks_), checkpoint_file().string());
    check_same_settings(checkpoint, settings_, checkpoint_file().string());
    learner_.restore_from(checkpoint);
    restore_own(checkpoint);
    history = checkpoint.history;
  } else if (!options_.network.init.empty()) {
    // Said before: measuring and pruning a model's channels takes a minute.
    if (leads()) task_->say("starting from " + options_.network.init.string());
    const std::string said =
        start_learner(learner_, options_.network, options_.run.threads, data_, settings_, ranks_);
    if (leads() && !said.empty()) task_->say(said);
  }
  if (leads()) log_ = std::make_unique<TrainingLog>(options_.run.folder, history);
}

void Run::restore_own(const Checkpoint& checkpoint) {
  step_ = checkpoint.step;
  keeper_.restore_from(checkpoint);
  mean_.restore_from(checkpoint);
  const std::vector<LogRow> rows = parse_training_csv(checkpoint.history);
  if (!rows.empty()) seconds_before_ = rows.back().seconds;
}

void Run::start_loader() {
  LoaderOptions loader;
  loader.height = options_.network.architecture_options.height;
  loader.width = options_.network.architecture_options.width;
  loader.preprocessing = data_.network.preprocessing;
  loader.augmentation = parse_augmentation(options_.data.augmentation);
  loader.seed = options_.run.seed;
  loader.threads = options_.run.loader_threads;
  if (data_.teacher_labels) {
    loader.teacher_labels = &*data_.teacher_labels;
  } else {
    loader.teacher = teachers_.empty() ? nullptr : &teachers_.front();
  }
  loader.rank = ranks_.rank();
  loader.ranks = ranks_.ranks();
  loader_ = std::make_unique<BatchLoader>(data_.cache, *sampler_, loader, step_);
}

TrainingEnd Run::go() {
  if (leads()) {
    task_ =
        progress_.begin("training", schedule_.total_steps * batch_rows(options_.loss), "photos");
  }
  restore();
  if (leads()) task_->start_at(step_ * batch_rows(options_.loss));
  start_loader();
  while (step_ < schedule_.total_steps) {
    if (ranks_.any(stop_.stop_requested())) {
      if (leads()) save();
      return TrainingEnd::kInterrupted;
    }
    take_step();
    if (!leads()) continue;
    if (validation_is_due()) validate();
    if (seconds_since(saved_) > 60 * options_.run.checkpoint_minutes) save_or_warn();
  }
  loader_.reset();
  const bool is_stopped = leads() && !finish();
  return ranks_.any(is_stopped) ? TrainingEnd::kInterrupted : TrainingEnd::kDone;
}

void Run::take_step() {
  const double learning_rate = learning_rate_at(schedule_, step_);
  const TrainingBatch& batch = loader_->next();
  const StepResult result = training_step_.run(batch.images, batch.labels, learning_rate);
  if (!std::isfinite(result.loss) || !std::isfinite(result.gradient_norm)) {
    throw Error(ErrorCode::kInternal,
                fmt::format("step {}: the {} is not finite any more; lower --lr or --clip, then go "
                            "on from the last good checkpoint ({}) with --init",
                            step_ + 1, std::isfinite(result.loss) ? "gradient" : "loss",
                            std::filesystem::exists(checkpoint_file()) ? checkpoint_file().string()
                                                                       : "none was written yet"));
  }
  learner_.update_average();
  ++step_;
  if (leads()) log_step(result, learning_rate);
}

void Run::log_step(const StepResult& result, double learning_rate) {
  mean_.add("loss", result.loss);
  mean_.add("gradient norm", result.gradient_norm);
  for (const auto& [name, value] : result.figures) mean_.add(name, value);
  const double seconds = seconds_since(start_);
  const double waited = seconds > 0 ? loader_->seconds_waited() / seconds : 0;
  task_->advance(batch_rows(options_.loss),
                 fmt::format("loss {:.4f}, epoch {:.2f}, waiting for data {:.1f}%", result.loss,
                             epoch(), 100 * waited));
  const std::string warning = collapse_.see_step(result.figures);
  if (!warning.empty()) task_->say("warning: " + warning);
  if (step_ % kStepsPerLogRow != 0 && step_ != schedule_.total_steps) return;
  LogRow row{step_, epoch(), seconds_before_ + seconds, mean_.take()};
  row.figures["learning rate"] = learning_rate;
  row.figures["waiting for data"] = waited;
  log_->add(std::move(row));
}

bool Run::validation_is_due() const {
  if (step_ == schedule_.total_steps) return true;
  const double every =
      options_.run.validate_epochs * static_cast<double>(sampler_->steps_per_epoch());
  const auto index = [&](std::uint64_t step) {
    return std::floor(static_cast<double>(step) / std::max(1.0, every));
  };
  return index(step_) > index(step_ - 1);
}

void Run::validate() {
  LogRow row{step_, epoch(), seconds_before_ + seconds_since(start_), {}};
  keeper_.see(learner_.network().spec(), learner_.averaged_parameters(), row);
  const auto eer = row.figures.find("validation/eer");
  if (eer != row.figures.end()) {
    const auto accuracy = row.figures.find("validation/episode accuracy");
    task_->say(fmt::format(
        "epoch {:.4g}: people held out: EER {:.4f}, FNMR {:.4f} at FMR 1e-2, {:.4f} at 1e-3{}",
        row.epoch, eer->second, row.figures["validation/fnmr at fmr 1e-2"],
        row.figures["validation/fnmr at fmr 1e-3"],
        accuracy == row.figures.end()
            ? ""
            : fmt::format(", episode accuracy {:.4f} +- {:.4f}", accuracy->second,
                          row.figures["validation/episode ci95"])));
  }
  const std::string warning = collapse_.see_validation(keeper_.spread());
  if (!warning.empty()) task_->say("warning: " + warning);
  log_->add(std::move(row));
}

void Run::save() {
  Checkpoint checkpoint;
  checkpoint.settings = settings_;
  checkpoint.step = step_;
  checkpoint.history = log_->csv();
  learner_.save_to(checkpoint);
  keeper_.save_to(checkpoint);
  mean_.save_to(checkpoint);
  save_checkpoint(checkpoint, checkpoint_file());
  saved_ = Clock::now();
}

/// A disk that is full now may have room in ten minutes: training goes on, the old file stays.
void Run::save_or_warn() {
  try {
    save();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kIo) throw;
    task_->say(
        fmt::format("warning: no checkpoint was written ({}); the last one stays, and "
                    "the next try is in {:.3g} minutes",
                    error.what(), options_.run.checkpoint_minutes));
    saved_ = Clock::now();
  }
}

bool Run::finish() {
  save_or_warn();
  task_.reset();
  Record record{{"command", options_.run.command}};
  record.insert(record.end(), settings_.begin(), settings_.end());
  record.emplace_back("training photos", std::to_string(data_.split.training.size()));
  record.emplace_back("training people", std::to_string(data_.split.training_identities));
  record.emplace_back("version", version());
  ValidationResult result;
  const auto model =
      keeper_.finish(learner_.network().spec(), std::move(record), result, progress_, stop_);
  if (!model) return false;
  write_model(*model, options_.run.out, options_.run.storage);
  TrainingReport report{model->name, model->record, log_->rows(), std::move(result),
                        data_.data.identities};
  write_training_report(options_.run.folder / "report.html", report);
  return true;
}

/// The photos to learn from, once everything is checked that can be before one of them is read.
TrainingData list_and_check(const TrainOptions& options, Communicator& ranks,
                            ProgressSink& progress) {
  check_train_options(options, ranks.ranks());
  if (ranks.rank() == 0) check_run_folder(options.run);
  TrainingData listed = list_data(options.data);
  check_run(options, listed, ranks);
  if (ranks.rank() == 0) {
    say_notes(progress, notes_on_folders(listed));
    say_notes(progress, notes_on_batch(options.loss));
  }
  return listed;
}

}  // namespace

std::string rehearse_training(const TrainOptions& options, Communicator& ranks,
                              ProgressSink& progress) {
  const TrainingData listed = list_and_check(options, ranks, progress);
  if (options.data.aligns_faces) load_face_models({options.data.models, ""});
  const ArchitectureOptions& size = options.network.architecture_options;
  const std::size_t classes = listed.identities.size();
  return fmt::format(
      "{} {}, {}x{}x{}, with loss {} on {} of {}", options.run.resumes ? "go on training" : "train",
      options.network.architecture, size.height, size.width, size.channels, options.loss.name,
      counted_photos(listed.photos.size()),
      options.data.aligns_faces ? counted_people(classes) : counted(classes, "class", "classes"));
}

TrainingEnd train(const TrainOptions& options, Communicator& ranks, ProgressSink& progress,
                  const std::stop_token& stop) {
  TrainingData listed = list_and_check(options, ranks, progress);
  if (ranks.rank() == 0) make_run_folder(options.run.folder);
  PreparedData data = prepare_data(std::move(listed), options, ranks, progress, stop);
  if (ranks.any(stop.stop_requested())) return TrainingEnd::kInterrupted;
  const TrainOptions fitted = fit_to_data(data, options, ranks, progress);
  return Run(fitted, ranks, data, progress, stop).go();
}

}  // namespace visavis
