#include "native/training/distributed/make_communicator.h"

#include <algorithm>
#include <cstdlib>

#include "core/base/parse_number.h"
#include "native/training/distributed/mpi_communicator.h"

namespace visavis {
namespace {

class SingleRank final : public Communicator {
 public:
  [[nodiscard]] std::size_t rank() const override { return 0; }
  void start_sum(float*, std::size_t) override {}
  void wait_for_sums() override {}
  void gather(const float* mine, std::size_t count, float* all) override {
    std::copy_n(mine, count, all);
  }
  void broadcast(std::vector<std::uint8_t>&) override {}
  bool any(bool value) override { return value; }
  void barrier() override {}
};

/// How many ranks the launcher started, as it tells its processes: Open MPI's mpirun, PMI (MPICH,
/// Intel MPI, srun --mpi=pmi2), a step of Slurm. SLURM_NTASKS will not do: it is set for the batch
/// script itself too, which is one process.
std::size_t started_ranks() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}) {
    const char* value = std::getenv(name);
    if (value == nullptr) continue;
    const auto ranks = parse_whole_number<std::size_t>(value);
    if (ranks && *ranks > 0) return *ranks;
  }
  return 1;
}

}  // namespace

std::unique_ptr<Communicator> make_communicator() {
  const std::size_t ranks = started_ranks();
  if (ranks == 1) return std::make_unique<SingleRank>();
  return make_mpi_communicator(ranks);
}

}  // namespace visavis
