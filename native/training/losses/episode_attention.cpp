#include "native/training/losses/episode_attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace visavis {

template <class T>
void EpisodeAttention<T>::forward(const RowMajor<T>& queries, const RowMajor<T>& keys,
                                  RowMajor<T>& similarities) {
  if (kind_ == Similarity::kCosine) {
    unit_queries_.assign(queries);
    unit_keys_.assign(keys);
    similarities.noalias() = scale_ * unit_queries_.rows * unit_keys_.rows.transpose();
    return;
  }
  similarities.resize(queries.rows(), keys.rows());
  for (Eigen::Index q = 0; q < queries.rows(); ++q) {
    for (Eigen::Index k = 0; k < keys.rows(); ++k) {
      similarities(q, k) = -scale_ * (queries.row(q) - keys.row(k)).squaredNorm();
    }
  }
}

template <class T>
void EpisodeAttention<T>::backward(const RowMajor<T>& queries, const RowMajor<T>& keys,
                                   const RowMajor<T>& slopes, RowMajor<T>& query_gradient,
                                   RowMajor<T>& key_gradient) const {
  if (kind_ == Similarity::kCosine) {
    query_gradient.noalias() = scale_ * slopes * unit_keys_.rows;
    key_gradient.noalias() = scale_ * slopes.transpose() * unit_queries_.rows;
    unit_queries_.backward(query_gradient);
    unit_keys_.backward(key_gradient);
    return;
  }
  // d -|q - k|^2 = -2 (q - k) (dq - dk), summed over the other side.
  const T factor = T(-2) * scale_;
  query_gradient = slopes.rowwise().sum().asDiagonal() * queries;
  query_gradient.noalias() -= slopes * keys;
  query_gradient *= factor;
  key_gradient = slopes.colwise().sum().asDiagonal() * keys;
  key_gradient.noalias() -= slopes.transpose() * queries;
  key_gradient *= factor;
}

namespace {

/// One query: replaces its similarities by their slopes times `share`, gives -log P(own class) and
/// sets `class_sums` proportional to every class's probability.
template <class Row>
double query_cross_entropy(Row row, const std::vector<std::size_t>& key_class, std::size_t own,
                           double share, std::vector<double>& class_sums) {
  const std::vector<double> values(row.data(), row.data() + row.size());
  // Two maxima: the own class may be so improbable that its terms vanish beside the others'.
  double maximum = values[0];
  double own_maximum = -std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < values.size(); ++k) {
    maximum = std::max(maximum, values[k]);
    if (key_class[k] == own) own_maximum = std::max(own_maximum, values[k]);
  }
  std::fill(class_sums.begin(), class_sums.end(), 0);
  double sum = 0;
  double own_sum = 0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double term = std::exp(values[k] - maximum);
    sum += term;
    class_sums[key_class[k]] += term;
    if (key_class[k] == own) own_sum += std::exp(values[k] - own_maximum);
  }
  for (std::size_t k = 0; k < values.size(); ++k) {
    double slope = std::exp(values[k] - maximum) / sum;
    if (key_class[k] == own) slope -= std::exp(values[k] - own_maximum) / own_sum;
    row[index(k)] = static_cast<typename Row::Scalar>(share * slope);
  }
  return maximum + std::log(sum) - own_maximum - std::log(own_sum);
}

}  // namespace

template <class T>
EpisodeResult episode_cross_entropy(RowMajor<T>& similarities,
                                    const std::vector<std::size_t>& key_class,
                                    const std::vector<std::size_t>& query_class, std::size_t way) {
  const double share = 1 / static_cast<double>(query_class.size());
  EpisodeResult result;
  std::vector<double> class_sums(way);
  for (std::size_t q = 0; q < query_class.size(); ++q) {
    const RowView<T> row(similarities.data() + q * key_class.size(), index(key_class.size()));
    result.loss += share * query_cross_entropy(row, key_class, query_class[q], share, class_sums);
    const auto best = std::max_element(class_sums.begin(), class_sums.end()) - class_sums.begin();
    if (static_cast<std::size_t>(best) == query_class[q]) result.accuracy += share;
  }
  return result;
}

template <class T>
RowMajor<T> gather_rows(const Array<T>& embeddings, const std::vector<std::size_t>& rows) {
  const std::size_t d = embeddings.shape()[1];
  RowMajor<T> gathered(index(rows.size()), index(d));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    gathered.row(index(i)) = ConstRowView<T>(embeddings.data() + rows[i] * d, index(d));
  }
  return gathered;
}

template <class T>
void add_rows(const RowMajor<T>& values, const std::vector<std::size_t>& rows, Array<T>& to) {
  const std::size_t d = to.shape()[1];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowView<T>(to.data() + rows[i] * d, index(d)) += values.row(index(i));
  }
}

#define VISAVIS_INSTANTIATE(T)                                                                   \
  template class EpisodeAttention<T>;                                                            \
  template EpisodeResult episode_cross_entropy<T>(RowMajor<T>&, const std::vector<std::size_t>&, \
                                                  const std::vector<std::size_t>&, std::size_t); \
  template RowMajor<T> gather_rows<T>(const Array<T>&, const std::vector<std::size_t>&);         \
  template void add_rows<T>(const RowMajor<T>&, const std::vector<std::size_t>&, Array<T>&);
VISAVIS_INSTANTIATE(float)
VISAVIS_INSTANTIATE(double)
#undef VISAVIS_INSTANTIATE

}  // namespace visavis
