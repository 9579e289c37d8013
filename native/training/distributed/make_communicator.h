#pragma once

#include <memory>

#include "native/training/distributed/communicator.h"

namespace visavis {

/// MPI under mpirun or srun, a single rank otherwise: then MPI is not even started. At most one in
/// the life of a process. Throws kUnsupported where several ranks were started but this build has
/// no MPI, or where MPI does not see them.
std::unique_ptr<Communicator> make_communicator();

}  // namespace visavis
