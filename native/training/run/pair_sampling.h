#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/model/embedder.h"
#include "native/system/thread_pool.h"

namespace visavis {

/// Distances (0..2) of all pairs of one person, and of pairs of different people. In a fixed order:
/// by identity, then by position.
struct PairDistances {
  std::vector<float> genuine;
  std::vector<float> impostor;
};

/// As compare_embeddings (validation.h) says. Distances are exact to about 2e-6. Throws
/// kInvalidArgument.
PairDistances measure_all_pairs(const std::vector<Embedding>& embeddings,
                                const std::vector<std::int32_t>& identity, std::size_t most_pairs,
                                std::uint64_t seed, ThreadPool& pool);

}  // namespace visavis
