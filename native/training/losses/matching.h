#pragma once

#include <memory>

#include "core/model/similarity.h"
#include "native/training/losses/loss.h"

namespace visavis {

struct MatchingOptions {
  Similarity similarity = Similarity::kCosine;
  double scale = 1;  ///< Factor of the similarities before the softmax, above 0.
  /// Above 0: embeddings in full context, with so many reads of the support by the queries.
  int context_steps = 0;
  std::size_t dimensions = 0;  ///< Length of an embedding; full context only.
  std::uint64_t seed = 0;      ///< Of the LSTMs' weights.
};

/// Cross-entropy of episodes where a query's class is told by attention over every support photo:
/// Vinyals et al. 2016, "Matching networks for one shot learning", section 2.1 (the softmax over
/// cosines). With full context embeddings (core/fewshot/full_context.h) the loss has the parameters
/// of their LSTMs, which ship as the model's few-shot head. Cosines differ by 2 at most, so that
/// with scale 1, as in the paper, the loss cannot come near 0: a scale of 10 or so trains faster.
/// Raw or unit embeddings. Throws kInvalidArgument for a batch that is no episode. Figures:
/// "episode accuracy".
template <class T>
std::unique_ptr<Loss<T>> make_matching_loss(const MatchingOptions& options);

}  // namespace visavis
