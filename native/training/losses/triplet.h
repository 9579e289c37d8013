#pragma once

#include <memory>
#include <optional>

#include "native/training/losses/loss.h"
#include "native/training/losses/miners.h"

namespace visavis {

struct TripletOptions {
  std::optional<double> margin = 0.3;  ///< Above 0; none: the soft margin.
  TrioMining mining = TrioMining::kBatchHard;
  bool has_squared_distance = false;
  std::uint64_t seed = 0;  ///< Of random mining.
};

/// Triplet loss, the mean over the mined trios of max(0, d(a, p) - d(a, n) + margin): Schroff,
/// Kalenichenko, Philbin 2015, "FaceNet", section 3.1 (d there is the squared Euclidean distance);
/// or of log(1 + exp(d(a, p) - d(a, n))), the soft margin of Hermans, Beyer, Leibe 2017, "In
/// defense of the triplet loss", section 2 (d there is the Euclidean distance, the default here:
/// the squared one pulls ever less as embeddings collapse).
/// Raw or unit embeddings; the soft margin is meant for raw ones. Figures: "active triplets" (share
/// with a loss above 0; with the soft margin, whose negative is closer), "positive distance",
/// "negative distance" (Euclidean).
template <class T>
std::unique_ptr<Loss<T>> make_triplet_loss(const TripletOptions& options, ThreadPool& threads);

}  // namespace visavis
