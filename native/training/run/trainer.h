#pragma once

#include <stop_token>
#include <string>

#include "native/system/progress_sink.h"
#include "native/training/distributed/communicator.h"
#include "native/training/run/train_options.h"

namespace visavis {

enum class TrainingEnd {
  kDone,         ///< The model file is written.
  kInterrupted,  ///< A checkpoint is written; --resume goes on.
};

/// Trains a network from folders of images to a model file. In the run's folder: checkpoint, log
/// (CSV and TensorBoard), report, and the photos that were left out. Rank 0 tells `progress`. A
/// requested stop ends it after the step under way. Throws kInvalidArgument for options or data
/// that do not fit, kModelMismatch for a checkpoint of another run, kIo, and kInternal when the
/// loss is no longer finite (naming the step; the last good checkpoint stays).
TrainingEnd train(const TrainOptions& options, Communicator& ranks, ProgressSink& progress,
                  const std::stop_token& stop = {});

/// What train does before it reads the first photo, and nothing else: checks options and the run's
/// folder, lists the data, reads the models and checks that all fit. Writes nothing. Returns in
/// words what would be trained. Throws as train does.
std::string rehearse_training(const TrainOptions& options, Communicator& ranks,
                              ProgressSink& progress);

}  // namespace visavis
