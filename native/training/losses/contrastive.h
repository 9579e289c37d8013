#pragma once

#include <memory>

#include "native/training/losses/loss.h"
#include "native/training/losses/miners.h"

namespace visavis {

struct ContrastiveOptions {
  double margin = 1;  ///< Distance that pairs of different people need not exceed; above 0.
  PairMining mining = PairMining::kAll;
  std::uint64_t seed = 0;  ///< Of random mining.
};

/// Contrastive loss on pairs: Hadsell, Chopra, LeCun 2006, "Dimensionality reduction by learning an
/// invariant mapping", equation 4: d^2 / 2 for a pair of one person, max(0, margin - d)^2 / 2 for
/// another, d the Euclidean distance. The two kinds of pair weigh the same, however many of each a
/// batch has. Raw or unit embeddings (where a margin of 2 or more is never reached).
/// Figures: "active pairs" (share of the pairs of different people within the margin), "positive
/// distance", "negative distance".
template <class T>
std::unique_ptr<Loss<T>> make_contrastive_loss(const ContrastiveOptions& options,
                                               ThreadPool& threads);

}  // namespace visavis
