#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/model/few_shot_head.h"

namespace visavis {

/// Full context embeddings: Vinyals et al. 2016, "Matching networks for one shot learning",
/// sections 2.1.1 and 2.1.2 and appendix A. The embedding of an example depends on the whole
/// support; that of a query depends on the support's embeddings in context.
///
/// Support, x_i with network's embedding g'(x_i): g(x_i) = h_i + k_i + g'(x_i), h and k being the
/// hidden states of an LSTM that reads the support forwards and of another that reads it backwards,
/// both from zero states. The order of the rows matters: class by class, as a SupportSet keeps
/// them. Training draws a new order of classes for each episode, so that no order is special.
///
/// Query, with the network's embedding f': from h_0 = f' and a cell of zeros, `steps` times
/// a = softmax_i(h . g(x_i)),  r = sum_i a_i g(x_i),  h <- LSTM(f', [h, r]) + f' f is the last h.
/// The paper leaves the first state open. h_0 = f' is its equation with a hidden state of zeros;
/// the first read then attends to examples that resemble the query.
class FullContext {
 public:
  /// Throws kInvalidArgument for a head of another kind and as check_head does.
  explicit FullContext(FewShotHead head);

  [[nodiscard]] std::size_t length() const { return length_; }
  [[nodiscard]] const FewShotHead& head() const { return head_; }

  /// g of the support, row for row. Throws kInvalidArgument unless rows are of the head's length,
  /// one or more.
  [[nodiscard]] std::vector<float> support(std::span<const float> rows) const;
  /// f of queries, row for row, in view of what support() gave. Throws likewise.
  [[nodiscard]] std::vector<float> queries(std::span<const float> rows,
                                           std::span<const float> support_in_context) const;

 private:
  FewShotHead head_;
  std::size_t length_ = 0;
};

}  // namespace visavis
