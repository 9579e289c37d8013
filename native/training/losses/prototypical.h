#pragma once

#include <memory>

#include "core/model/similarity.h"
#include "native/training/losses/loss.h"

namespace visavis {

struct PrototypicalOptions {
  Similarity similarity = Similarity::kEuclidean;
  double scale = 1;  ///< Factor of the similarities before the softmax, above 0.
};

/// Cross-entropy of episodes over the distances of queries to prototypes, the means of each class's
/// support embeddings: Snell, Swersky, Zemel 2017, "Prototypical networks for few-shot learning",
/// section 2.3 and algorithm 1 (squared Euclidean distance, raw embeddings, scale 1). Between unit
/// embeddings similarities differ by 4 at most (cosine: 2): use a scale of 10 or so. Throws
/// kInvalidArgument for a batch that is no episode. Figures: "episode accuracy".
template <class T>
std::unique_ptr<Loss<T>> make_prototypical_loss(const PrototypicalOptions& options);

}  // namespace visavis
