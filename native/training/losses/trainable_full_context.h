#pragma once

#include <cstdint>
#include <vector>

#include "native/training/losses/lstm.h"

namespace visavis {

/// Trains the embeddings in context of core/fewshot/full_context.h, which has the equations:
/// forward and backward pass of an episode's support and queries. Parameters: head_parameter_specs.
template <class T>
class TrainableFullContext {
 public:
  TrainableFullContext(std::size_t length, int steps, std::uint64_t seed);

  /// `support` [m, length] in the episode's order, `queries` [n, length]: the network's embeddings.
  void forward(const RowMajor<T>& support, const RowMajor<T>& queries);
  [[nodiscard]] const RowMajor<T>& support() const { return support_; }
  [[nodiscard]] const RowMajor<T>& queries() const { return queries_; }

  /// Of the last forward. Replaces d loss / d support() and d loss / d queries() by the gradients
  /// with respect to the network's embeddings; adds to the parameters' gradients.
  void backward(RowMajor<T>& support_gradient, RowMajor<T>& query_gradient);

  std::vector<TrainableParameter<T>*> parameters();

 private:
  /// One read of the support by the queries.
  struct Read {
    RowMajor<T> attention;  // [n, m]
    LstmTrace<T> lstm;      // .recurrent holds the hidden state before, and what was read.
  };

  void walk(const TrainableLstm<T>& lstm, const RowMajor<T>& support, bool is_backward,
            std::vector<LstmTrace<T>>& traces);
  void walk_back(TrainableLstm<T>& lstm, bool is_backward, const std::vector<LstmTrace<T>>& traces,
                 const RowMajor<T>& hidden_gradients, RowMajor<T>& gradient);
  void read(Read& read, const RowMajor<T>& queries);
  void read_back(const Read& read, RowMajor<T>& hidden_gradient, RowMajor<T>& cell_gradient,
                 RowMajor<T>& support_gradient, RowMajor<T>& query_gradient);

  std::size_t length_;
  TrainableLstm<T> forward_;
  TrainableLstm<T> backward_;
  TrainableLstm<T> attention_;
  std::vector<LstmTrace<T>> forward_traces_;   // One per row of the support.
  std::vector<LstmTrace<T>> backward_traces_;  // The same.
  std::vector<Read> reads_;                    // One per step.
  RowMajor<T> support_;
  RowMajor<T> queries_;
};

}  // namespace visavis
