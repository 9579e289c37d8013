#pragma once

#include <cstddef>
#include <string>

#include "native/data/training_data.h"
#include "native/training/data/identity_split.h"
#include "native/training/run/train_options.h"

namespace visavis {

/// Makes batches as small as the data ask for, in those of their sizes that adapt
/// (LossPlan::adapts): no more people, photos of each, classes or queries than there are, as
/// many as the sampler takes and as part evenly among `ranks`. Returns in words what was changed;
/// empty where nothing was. Where no size will do, the sampler says why.
std::string fit_batch(LossPlan& loss, const TrainingData& data, const IdentitySplit& split,
                      std::size_t ranks);

}  // namespace visavis
