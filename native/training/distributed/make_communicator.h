#pragma once

#include <memory>

#include "native/training/distributed/communicator.h"

namespace visavis {

/// MPI under mpirun or srun; a single rank, without starting MPI, otherwise. Call it at most once
/// in a process. Throws kUnsupported where several ranks were started but this build has no MPI, or
/// where MPI does not see them.
std::unique_ptr<Communicator> make_communicator();

}  // namespace visavis
