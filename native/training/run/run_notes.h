#pragma once

#include <string>
#include <vector>

#include "native/data/training_data.h"
#include "native/system/progress_sink.h"
#include "native/training/data/identity_split.h"
#include "native/training/run/train_options.h"

namespace visavis {

/// How people are told apart in folders that may be meant otherwise, a line each.
std::vector<std::string> notes_on_folders(const TrainingData& data);

/// Which sizes that were asked for are of no use to the loss, a line each.
std::vector<std::string> notes_on_batch(const LossPlan& loss);

/// What few people or photos mean for what is measured, a line each. `starts_from_nothing`: the
/// network learns from these photos alone, not from another network too.
std::vector<std::string> notes_on_split(const DataPlan& plan, bool starts_from_nothing,
                                        const TrainingData& data, const IdentitySplit& split);

void say_notes(ProgressSink& progress, const std::vector<std::string>& notes);

}  // namespace visavis
