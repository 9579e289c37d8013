#pragma once

#include <cstddef>
#include <memory>

#include "native/training/distributed/communicator.h"

namespace visavis {

/// Whether this build can join the ranks of mpirun (CMake: VISAVIS_MPI).
bool has_mpi();

/// Starts MPI and joins the `ranks` that the launcher says it started. Throws kUnsupported where
/// this build has no MPI or MPI sees another number of ranks.
std::unique_ptr<Communicator> make_mpi_communicator(std::size_t ranks);

}  // namespace visavis
