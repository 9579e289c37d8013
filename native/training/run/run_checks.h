#pragma once

#include "native/data/training_data.h"
#include "native/system/progress_sink.h"
#include "native/training/distributed/communicator.h"
#include "native/training/run/prepared_data.h"
#include "native/training/run/train_options.h"

namespace visavis {

/// Checks all of a run that can be checked before its photos are read, since preparing them may
/// take hours. Where all photos turn out to be usable, nothing is refused later. Throws
/// kInvalidArgument, kModelMismatch and kIo, in a line that says what to do.
void check_run(const TrainOptions& options, const TrainingData& data, Communicator& ranks);

/// The options with batches that fit the prepared data. Rank 0 tells `progress` what few people
/// mean for the run, and keeps the list of the photos in the run's folder. Throws kModelMismatch
/// where a run is resumed with other photos, naming them.
TrainOptions fit_to_data(const PreparedData& data, const TrainOptions& options, Communicator& ranks,
                         ProgressSink& progress);

}  // namespace visavis
