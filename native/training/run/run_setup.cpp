#include "native/training/run/run_setup.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include "core/base/error.h"
#include "native/models/model_files.h"
#include "native/system/atomic_file.h"
#include "native/training/losses/make_loss.h"

namespace visavis {

std::filesystem::path checkpoint_of(const std::filesystem::path& run) { return run / "checkpoint"; }

void check_run_folder(const TrainOptions& options) {
  const bool holds_run = std::filesystem::exists(checkpoint_of(options.run));
  if (holds_run && !options.resumes && !options.overwrites) {
    throw Error(ErrorCode::kInvalidArgument,
                options.run.string() +
                    " holds another run; go on with it (--resume), start afresh "
                    "(--overwrite) or name another folder (--run)");
  }
  if (!holds_run && options.resumes) {
    throw Error(ErrorCode::kInvalidArgument,
                options.run.string() + " holds no checkpoint; leave --resume out to start");
  }
}

void make_run_folder(const TrainOptions& options) {
  std::error_code failed;
  std::filesystem::create_directories(options.run, failed);
  if (failed) throw Error(ErrorCode::kIo, options.run.string() + ": " + failed.message());
}

std::unique_ptr<BatchSampler> make_sampler(const TrainOptions& options, const TrainingData& data,
                                           const IdentitySplit& split) {
  const LossNeeds needs = loss_needs(options.loss);
  if (needs.episodes) return make_episode_sampler(data, split, options.episode, options.seed);
  if (needs.people_photos) {
    return make_people_sampler(data, split, options.people, options.photos, options.seed);
  }
  return make_shuffled_sampler(data, split, options.batch, options.seed);
}

LearningRateSchedule make_schedule(const TrainOptions& options, std::size_t steps_per_epoch) {
  LearningRateSchedule schedule;
  const double otherwise = options.optimizer.kind == OptimizerKind::kSgd ? 0.1 : 0.002;
  schedule.peak = options.learning_rate > 0 ? options.learning_rate : otherwise;
  const auto in_steps = [&](double epochs) {
    return static_cast<std::uint64_t>(std::llround(epochs * static_cast<double>(steps_per_epoch)));
  };
  schedule.total_steps =
      options.steps > 0 ? options.steps : std::max<std::uint64_t>(1, in_steps(options.epochs));
  schedule.warmup_steps = std::min(in_steps(options.warmup_epochs), schedule.total_steps / 2);
  return schedule;
}

std::optional<Model> read_teacher(const TrainOptions& options) {
  if (options.teacher.empty()) return std::nullopt;
  return read_model(options.teacher);
}

std::size_t teacher_dimensions(const std::optional<Model>& teacher) {
  if (!teacher) return 0;
  const std::vector<Shape> shapes = infer_shapes(teacher->network);
  return element_count(shapes[static_cast<std::size_t>(teacher->network.outputs.front())]);
}

std::vector<std::uint8_t> read_on_all_ranks(const std::filesystem::path& file,
                                            Communicator& ranks) {
  std::vector<std::uint8_t> bytes;
  if (ranks.rank() == 0) bytes = read_file(file, kMaxCheckpointBytes);
  ranks.broadcast(bytes);
  return bytes;
}

bool has_same_people(const Checkpoint& checkpoint,
                     const std::vector<std::pair<std::string, std::string>>& settings) {
  const auto differ = [&](const std::pair<std::string, std::string>& setting) {
    const std::string& name = setting.first;
    if (name != "data fingerprint" && name != "seed" && name != "held out") return false;
    return std::find(checkpoint.settings.begin(), checkpoint.settings.end(), setting) ==
           checkpoint.settings.end();
  };
  return std::none_of(settings.begin(), settings.end(), differ);
}

}  // namespace visavis
