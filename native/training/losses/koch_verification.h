#pragma once

#include <memory>

#include "native/training/losses/loss.h"
#include "native/training/losses/miners.h"

namespace visavis {

struct KochOptions {
  std::size_t dimensions = 0;  ///< Length of an embedding.
  PairMining mining = PairMining::kRandom;
  std::uint64_t seed = 0;  ///< Of random mining.
};

/// The verification head of Koch, Zemel, Salakhutdinov 2015, "Siamese neural networks for one-shot
/// image recognition", section 3: P(same) = sigmoid(bias + sum_j alpha_j |a_j - b_j|), trained by
/// the cross-entropy of section 3.2 (its weight decay is the optimiser's). The two kinds of pair
/// weigh the same. alpha starts at -1 / sqrt(dimensions), the
/// bias at 1, so that what differs is told apart from the first step on. Raw embeddings, after a
/// sigmoid in the paper.
/// They ship as the model's few-shot head (core/fewshot/weighted_l1.h).
/// Parameters: "koch.alpha" [dimensions], "koch.bias" [1]. Figures: "pair accuracy" (share of the
/// pairs decided rightly at P = 0.5, both kinds weighing the same), "positive distance", "negative
/// distance" (Euclidean).
template <class T>
std::unique_ptr<Loss<T>> make_koch_loss(const KochOptions& options, ThreadPool& threads);

}  // namespace visavis
