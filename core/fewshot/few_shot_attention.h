#pragma once

#include <Eigen/Core>
#include <span>
#include <string>
#include <vector>

#include "core/fewshot/few_shot_answer.h"

namespace visavis {

using ConstRows =
    Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

/// What queries are compared with: keys x length, row by row, and 1 / the length of each.
struct AttentionKeys {
  std::span<const float> rows;
  std::span<const float> inverse_norms;
};

/// 1 / norm; 0 for a vector shorter than 1e-12, which has no direction (as in training).
inline float inverse_norm(float norm) { return norm < 1e-12F ? 0 : 1 / norm; }
/// Of every row.
std::vector<float> inverse_norms(std::span<const float> rows, std::size_t length);

/// All throw kInvalidArgument; `what` names what is checked.
void require_embedding(std::span<const float> values, std::size_t length, const std::string& what);
void require_embeddings(std::span<const float> rows, std::size_t length, const std::string& what);
void require_options(const FewShotOptions& options);

/// One entry per class, in their order. `probability` still holds a weight, which make_answer turns
/// into a probability. Prototypes have one key per class, other methods one per example.
std::vector<RankedClass> weigh_classes(const std::vector<SupportClass>& classes,
                                       const AttentionKeys& keys, std::span<const float> query,
                                       const FewShotOptions& options);

/// Turns weights (0 or more; equal probabilities where all are 0) into probabilities. Sorts classes
/// by falling probability, then by rising distance, then by their order. Rejects the query where
/// the best class is not as near as the options ask.
FewShotAnswer make_answer(std::vector<RankedClass> weighed, const FewShotOptions& options);

}  // namespace visavis
