#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "core/model/embedder.h"
#include "core/model/model.h"

namespace visavis {

/// A linear map of embeddings after which groups of people are harder to tell apart.
struct GroupProjection {
  Eigen::MatrixXf map;        ///< [length, length], symmetric.
  Eigen::VectorXf offset;     ///< The map of an embedding is map * embedding + offset.
  std::size_t removed = 0;    ///< How many of the embedding's directions it takes out ..
  std::size_t different = 0;  ///< .. of how many in which the means of groups differ.
};

/// Nuisance attribute projection (Solomonoff et al. 2005, "Advances in channel compensation for SVM
/// speaker recognition"; of words "hard debiasing", Bolukbasi et al. 2016): embeddings less the
/// mean of all groups, without the `directions` in which the means of groups differ most. Strangers
/// of one group share these directions, and so look more alike than any two strangers, while of
/// photos of one person they tell little.
///
/// `group` is each embedding's, from 0; every group counts as one, however many are in it, unless
/// nobody is. Embeddings must be of unit length and of one length. Throws kInvalidArgument for
/// lists that differ in length, fewer than two groups, and where all directions that there are
/// would go.
GroupProjection learn_group_projection(const std::vector<Embedding>& embeddings,
                                       const std::vector<std::size_t>& group,
                                       std::size_t directions);

/// Appends the projection to an embedder, behind what it has.
void append_group_projection(Model& model, const GroupProjection& projection);

/// Removes what append_group_projection appended last. Returns false where there is none.
bool remove_group_projection(Model& model);

}  // namespace visavis
