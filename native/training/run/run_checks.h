#pragma once

#include "native/data/training_data.h"
#include "native/training/distributed/communicator.h"
#include "native/training/run/prepared_data.h"
#include "native/training/run/train_options.h"

namespace visavis {

/// Everything that is wrong with a run and can be told before its photos are read: preparing them
/// may take hours. Where all photos turn out to be usable, nothing is refused later on. Throws
/// kInvalidArgument, kModelMismatch and kIo, in a line that says what to do.
void check_run(const TrainOptions& options, const TrainingData& data, Communicator& ranks);

/// The options with batches that fit the data as they turned out. Rank 0 says on stderr what few
/// people mean, and keeps the list of the photos in the run's folder. Throws kModelMismatch, naming
/// them, where the photos are not those that a run to be resumed was started on.
TrainOptions fit_to_data(const PreparedData& data, const TrainOptions& options,
                         Communicator& ranks);

}  // namespace visavis
