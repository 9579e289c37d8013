#pragma once

#include <optional>
#include <stop_token>

#include "core/model/model.h"
#include "native/data/training_data.h"
#include "native/preparation/image_cache.h"
#include "native/system/progress_sink.h"
#include "native/training/data/identity_split.h"
#include "native/training/data/teacher_labels.h"
#include "native/training/distributed/communicator.h"
#include "native/training/run/train_options.h"
#include "native/training/run/trained_network.h"

namespace visavis {

/// The photos of a run, prepared and parted.
struct PreparedData {
  TrainingData data;
  ImageCache cache;
  IdentitySplit split;
  std::optional<TeacherLabels> teacher_labels;  ///< Where the teacher is shown whole photos.
  TrainedNetwork network;  ///< As the run starts; its template is empty for whole images.
};

/// The photos of the sources, those left out not among them.
TrainingData list_data(const DataPlan& data);

/// prepare (rank 0 first, so that ranks which share a disk find everything done) -> split. What was
/// left out of the listed data or could not be prepared goes to `problems.txt` in the run's folder,
/// who is held out to `held-out.txt`, and a summary to `progress`. Where a stop was requested the
/// split is empty.
PreparedData prepare_data(TrainingData listed, const TrainOptions& options, Communicator& ranks,
                          ProgressSink& progress, const std::stop_token& stop);

}  // namespace visavis
