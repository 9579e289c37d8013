#include "core/fewshot/weighted_l1.h"

#include <cmath>
#include <string>
#include <utility>

#include "core/base/error.h"

namespace visavis {

WeightedL1::WeightedL1(FewShotHead head) : head_(std::move(head)) {
  const auto alpha = head_.parameters.find("koch.alpha");
  if (head_.kind != FewShotHeadKind::kWeightedL1 || alpha == head_.parameters.end()) {
    throw Error(ErrorCode::kInvalidArgument, "weighted L1: the model's few-shot head is '" +
                                                 to_string(head_.kind) +
                                                 "'; train one with --loss koch");
  }
  length_ = alpha->second.size();
  check_head(head_, length_);
}

double WeightedL1::logit(std::span<const float> a, std::span<const float> b) const {
  if (a.size() != length_ || b.size() != length_) {
    throw Error(ErrorCode::kInvalidArgument,
                "weighted L1: embeddings of length " + std::to_string(a.size()) + " and " +
                    std::to_string(b.size()) + ", the head's is " + std::to_string(length_));
  }
  const Tensor& alpha = head_.parameters.at("koch.alpha");
  double sum = head_.parameters.at("koch.bias")[0];
  for (std::size_t i = 0; i < length_; ++i) {
    sum += static_cast<double>(alpha[i]) * std::abs(static_cast<double>(a[i]) - b[i]);
  }
  return sum;
}

}  // namespace visavis
