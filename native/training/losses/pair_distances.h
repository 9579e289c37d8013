#pragma once

#include <vector>

#include "native/training/losses/loss.h"

namespace visavis {

/// Euclidean distances [n, n] between the rows of embeddings [n, d]. Computed from differences: a
/// matrix product would lose digits where two embeddings nearly coincide, and training brings them
/// together.
template <class T>
void pair_distances(const Array<T>& embeddings, ThreadPool& threads, Array<T>& distances);

/// Writes d loss / d embeddings, given `slopes` [n, n]: d loss / d distance, at (i, j) or (j, i) or
/// shared among both. Rows at distance 0 have no direction from one another and get nothing.
template <class T>
void pair_gradients(const Array<T>& embeddings, const Array<T>& distances, const Array<T>& slopes,
                    ThreadPool& threads, Array<T>& gradient);

/// Sets "positive distance" and "negative distance": means over all pairs of labelled rows of one
/// and of different persons, absent where there is no such pair.
template <class T>
void set_distance_figures(const Array<T>& distances, const std::vector<int>& labels,
                          LossFigures& figures);

}  // namespace visavis
