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

void check_run_folder(const RunPlan& run) {
  const bool holds_run = std::filesystem::exists(checkpoint_of(run.folder));
  if (holds_run && !run.resumes && !run.overwrites) {
    throw Error(ErrorCode::kInvalidArgument,
                run.folder.string() +
                    " holds another run; go on with it (--resume), start afresh "
                    "(--overwrite) or name another folder (--run)");
  }
  if (!holds_run && run.resumes) {
    throw Error(ErrorCode::kInvalidArgument,
                run.folder.string() + " holds no checkpoint; leave --resume out to start");
  }
}

void make_run_folder(const std::filesystem::path& run) {
  std::error_code failed;
  std::filesystem::create_directories(run, failed);
  if (failed) throw Error(ErrorCode::kIo, run.string() + ": " + failed.message());
}

std::unique_ptr<BatchSampler> make_sampler(const LossPlan& loss, std::uint64_t seed,
                                           const TrainingData& data, const IdentitySplit& split) {
  const LossNeeds needs = loss_needs(loss.name);
  if (needs.episodes) return make_episode_sampler(data, split, loss.episode, seed);
  if (needs.people_photos) {
    return make_people_sampler(data, split, loss.people, loss.photos, seed);
  }
  return make_shuffled_sampler(data, split, loss.batch, seed);
}

LearningRateSchedule make_schedule(const OptimizationPlan& plan, std::size_t steps_per_epoch) {
  LearningRateSchedule schedule;
  const double otherwise = plan.optimizer.kind == OptimizerKind::kSgd ? 0.1 : 0.002;
  schedule.peak = plan.learning_rate > 0 ? plan.learning_rate : otherwise;
  const auto in_steps = [&](double epochs) {
    return static_cast<std::uint64_t>(std::llround(epochs * static_cast<double>(steps_per_epoch)));
  };
  schedule.total_steps =
      plan.steps > 0 ? plan.steps : std::max<std::uint64_t>(1, in_steps(plan.epochs));
  schedule.warmup_steps = std::min(in_steps(plan.warmup_epochs), schedule.total_steps / 2);
  return schedule;
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
