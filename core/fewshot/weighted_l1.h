#pragma once

#include <cstddef>
#include <span>

#include "core/model/few_shot_head.h"

namespace visavis {

/// The learned comparison of Koch et al. 2015, "Siamese neural networks for one-shot image
/// recognition", section 3.1: P(same class) = sigmoid(bias + sum_j alpha_j |a_j - b_j|).
class WeightedL1 {
 public:
  /// Throws kInvalidArgument for a head of another kind and as check_head does.
  explicit WeightedL1(FewShotHead head);

  [[nodiscard]] std::size_t length() const { return length_; }
  /// The logit of P(same class): higher is more alike, 0 stands for even odds. Throws
  /// kInvalidArgument unless both embeddings are of the head's length.
  [[nodiscard]] double logit(std::span<const float> a, std::span<const float> b) const;

 private:
  FewShotHead head_;
  std::size_t length_ = 0;
};

}  // namespace visavis
