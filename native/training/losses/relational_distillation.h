#pragma once

#include <memory>

#include "native/training/losses/loss.h"

namespace visavis {

struct RelationalOptions {
  double distance = 1;  ///< Weight of the distance-wise loss, at least 0.
  double angle = 2;     ///< Weight of the angle-wise loss, at least 0. Not both 0.
};

/// Relational distillation: Park, Kim, Lu, Cho 2019, "Relational knowledge distillation", section
/// 3.2: Huber losses between what teacher and student say of distances of pairs (in units of their
/// mean over the batch, equations 5 to 7) and of the angles of trios (their cosines, equations 8
/// and 9). Lengths may differ; labels are not used. Raw or unit embeddings. Means are over pairs
/// and trios of different rows. Angles cost O(batch^3): rows are dealt into groups of at most 128,
/// and trios stay within a group. Figures: "relational distance", "relational angle" (the two
/// losses).
template <class T>
std::unique_ptr<Loss<T>> make_relational_loss(const RelationalOptions& options,
                                              ThreadPool& threads);

}  // namespace visavis
