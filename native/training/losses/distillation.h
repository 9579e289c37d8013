#pragma once

#include <memory>

#include "native/training/losses/loss.h"

namespace visavis {

struct DistillationOptions {
  std::size_t dimensions = 0;          ///< Length of an embedding.
  std::size_t teacher_dimensions = 0;  ///< Length of a teacher's embedding.
  std::uint64_t seed = 0;              ///< Of the map.
};

/// Distillation from a teacher's embeddings t: the mean of 1 - cos(M e, t), the feature form of
/// Hinton, Vinyals, Dean 2015 with hints through a learned map as in Romero et al. 2015, "FitNets",
/// section 2.1. M is linear and learned where the lengths differ, absent where they agree: the
/// student then lives in the teacher's own space. Labels are not used: unlabelled photos teach as
/// well. Raw or unit embeddings; the teacher's of any length.
/// Parameters: "distill.map" [teacher's length, dimensions] where lengths differ. Figures: "teacher
/// cosine". Throws kInvalidArgument for a batch without teacher's embeddings of that length.
template <class T>
std::unique_ptr<Loss<T>> make_distillation_loss(const DistillationOptions& options);

}  // namespace visavis
