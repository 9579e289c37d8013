#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "native/training/run/train_options.h"

namespace visavis {

/// Bytes of memory that a step of training takes at its peak, on one rank: `fixed` whatever the
/// batch, `per_row` for each of its rows on this rank, `per_pair` for each pair of rows of the
/// global batch. An estimate from the network's topology, within a fifth of what is measured.
struct MemoryNeed {
  double fixed = 0;
  double per_row = 0;
  double per_pair = 0;

  [[nodiscard]] double of(std::size_t global_rows, std::size_t ranks) const;
  /// The largest global batch that takes no more than `bytes`; 0 where none does.
  [[nodiscard]] std::size_t most_rows(double bytes, std::size_t ranks) const;
};

/// Of network, loss and loader. `classes`: people in training.
MemoryNeed memory_need(const NetworkSpec& spec, const LossPlan& loss, std::size_t classes);

/// Bytes that this process may still take: what the system has to spare (Linux: MemAvailable)
/// within the limit of its control group. Nothing where the system does not tell.
std::optional<std::uint64_t> free_memory();

/// Throws kInvalidArgument, naming the largest batch that fits, where the batch takes more
/// memory than is free.
void check_memory(const NetworkSpec& network, const LossPlan& loss, std::size_t classes,
                  std::size_t ranks);

}  // namespace visavis
