#pragma once

#include <vector>

#include "core/model/similarity.h"
#include "native/training/layers/array.h"
#include "native/training/losses/unit_rows.h"

namespace visavis {

/// Similarities [q, k] of queries [q, d] and keys [k, d], times a constant, with their backward
/// pass.
template <class T>
class EpisodeAttention {
 public:
  EpisodeAttention(Similarity kind, double scale) : kind_(kind), scale_(static_cast<T>(scale)) {}
  void forward(const RowMajor<T>& queries, const RowMajor<T>& keys, RowMajor<T>& similarities);
  /// `slopes` is d loss / d similarities of the last forward, which had the same queries and keys.
  void backward(const RowMajor<T>& queries, const RowMajor<T>& keys, const RowMajor<T>& slopes,
                RowMajor<T>& query_gradient, RowMajor<T>& key_gradient) const;

 private:
  Similarity kind_;
  T scale_;
  UnitRows<T> unit_queries_;
  UnitRows<T> unit_keys_;
};

struct EpisodeResult {
  double loss = 0;
  double accuracy = 0;  ///< Share of queries whose most probable class is theirs.
};

/// Mean over the queries of -log P(class of query), where the probability of a class is the sum of
/// softmax(similarities) over its keys: Vinyals et al. 2016, equation 1; with one key per class,
/// Snell et al. 2017, equation 2. Replaces similarities by the loss's slopes.
template <class T>
EpisodeResult episode_cross_entropy(RowMajor<T>& similarities,
                                    const std::vector<std::size_t>& key_class,
                                    const std::vector<std::size_t>& query_class, std::size_t way);

/// Copies rows of an array of embeddings [n, d] into a matrix; add_rows adds a matrix to such rows.
template <class T>
RowMajor<T> gather_rows(const Array<T>& embeddings, const std::vector<std::size_t>& rows);
template <class T>
void add_rows(const RowMajor<T>& values, const std::vector<std::size_t>& rows, Array<T>& to);

}  // namespace visavis
