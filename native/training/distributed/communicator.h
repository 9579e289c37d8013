#pragma once

#include <cstdint>
#include <vector>

#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// The ranks of a data-parallel run. On one machine without mpirun there is one rank, and every
/// call is trivial. Sums are in rank order: the same bits on every rank and in every run. Every
/// rank must make the same calls, with the same counts, in the same order. Throws kIo, naming the
/// call, when MPI fails.
///
/// When an exception destroys it, the other ranks wait until this process exits, which ends them
/// all. So main has time to print the error.
class Communicator : public BatchReducer<float> {
 public:
  [[nodiscard]] virtual std::size_t rank() const = 0;
  /// Starts summing `values` over all ranks and returns; they must not be touched before
  /// wait_for_sums, which writes the sums there. Sums run while the caller computes; other calls
  /// may be made meanwhile.
  virtual void start_sum(float* values, std::size_t count) = 0;
  virtual void wait_for_sums() = 0;
  /// Every rank's `count` values, in rank order: all holds ranks() * count.
  virtual void gather(const float* mine, std::size_t count, float* all) = 0;
  /// Rank 0's bytes on every rank; the sizes of the others' do not matter.
  virtual void broadcast(std::vector<std::uint8_t>& bytes) = 0;
  /// Whether the value is true on any rank. Lets all ranks stop together.
  virtual bool any(bool value) = 0;
  virtual void barrier() = 0;
};

}  // namespace visavis
