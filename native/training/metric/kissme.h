#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/model/embedder.h"
#include "core/model/model.h"

namespace visavis {

/// Embeddings to learn a metric from.
struct LabelledEmbeddings {
  std::vector<Embedding> embeddings;   ///< Of unit length, all of one.
  std::vector<std::int32_t> identity;  ///< Of each embedding.
  /// The source of each, 0... Photos of different people are compared within a source only, since
  /// differences between cameras say nothing about people.
  std::vector<std::uint32_t> source;
};

/// A Mahalanobis metric as a linear map of embeddings: its distance is the Euclidean distance of
/// the mapped embeddings.
struct LinearMetric {
  Eigen::MatrixXf map;  ///< [dimensions kept, embedding length], the most informative first.
  /// Root mean square length of what `map` makes of the embeddings it was learned from; above 0.
  double scale = 0;
};

/// KISSME (Koestinger et al. 2012, "Large scale metric learning from equivalence constraints"): how
/// much likelier a difference of embeddings is between photos of one person than between people, if
/// both are Gaussian. The metric is the difference of the two inverse covariances, of which the
/// positive part is kept, no more than `dimensions` of it (rows beyond are zero). Before they are
/// inverted, both covariances get three times the mean variance within people in every direction:
/// the embeddings of people a network was trained on scatter less than those of others. Throws
/// kInvalidArgument for lists that differ in length, embeddings that do, or no person with two
/// photos; kInternal where embeddings do not tell people apart at all.
LinearMetric learn_kissme(const LabelledEmbeddings& labelled, std::size_t dimensions);

/// Appends the metric to an embedder: its embeddings are then the map's output and one constant,
/// brought to unit length. The constant is three times the metric's scale, so that all embeddings
/// lie near one point of the sphere, where distances along it are nearly those of the metric.
void append_metric(Model& model, const LinearMetric& metric);

/// Removes what append_metric appended. Returns false where there is no metric.
bool remove_metric(Model& model);

}  // namespace visavis
