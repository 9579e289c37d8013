#pragma once

#include <string>
#include <utility>
#include <vector>

#include "native/training/distributed/communicator.h"
#include "native/training/run/learner.h"
#include "native/training/run/prepared_data.h"
#include "native/training/run/train_options.h"

namespace visavis {

/// Throws as start_learner does where the file of --init does not fit the network. Needs no photos;
/// the file is read again when the run starts.
void check_start(const NetworkPlan& plan, const NetworkSpec& network);

/// Gives a new run's learner what --init names: another run's checkpoint (Learner::start_from) or a
/// model file, measured and pruned on photos of the training data (start_from_model), the same on
/// every rank. `settings` are the run's. Returns in words what was pruned and what does not fit;
/// empty where everything was taken as it is. Throws kIo, kModelMismatch, and as reading the files
/// does.
std::string start_learner(Learner& learner, const NetworkPlan& plan, int threads,
                          const PreparedData& data,
                          const std::vector<std::pair<std::string, std::string>>& settings,
                          Communicator& ranks);

}  // namespace visavis
