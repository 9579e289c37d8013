#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "native/training/data/batch_sampler.h"
#include "native/training/distributed/communicator.h"
#include "native/training/optimization/schedule.h"
#include "native/training/run/checkpoint.h"
#include "native/training/run/prepared_data.h"
#include "native/training/run/train_options.h"

namespace visavis {

/// The checkpoint of a run's folder.
std::filesystem::path checkpoint_of(const std::filesystem::path& run);

/// Throws kInvalidArgument where the run's folder holds another run and neither --resume nor
/// --overwrite was asked for (hours of training must not be lost to a forgotten option), or
/// --resume finds no checkpoint.
void check_run_folder(const RunPlan& run);

/// Makes the run's folder. Throws kIo.
void make_run_folder(const std::filesystem::path& run);

/// The sampler that the loss asks for. Throws as the samplers do.
std::unique_ptr<BatchSampler> make_sampler(const LossPlan& loss, std::uint64_t seed,
                                           const TrainingData& data, const IdentitySplit& split);

LearningRateSchedule make_schedule(const OptimizationPlan& plan, std::size_t steps_per_epoch);

/// The bytes of rank 0's checkpoint or model file, on every rank: machines need not share a disk.
/// Throws kIo.
std::vector<std::uint8_t> read_on_all_ranks(const std::filesystem::path& file, Communicator& ranks);

/// Whether the other run's class weights stand for the same people: same photos, parted alike.
bool has_same_people(const Checkpoint& checkpoint,
                     const std::vector<std::pair<std::string, std::string>>& settings);

}  // namespace visavis
