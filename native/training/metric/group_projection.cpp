#include "native/training/metric/group_projection.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <map>
#include <string>

#include "core/base/error.h"
#include "core/model/unit_embedding.h"
#include "native/training/metric/linear_map.h"

namespace visavis {
namespace {

constexpr const char* kProjection = "group_projection";  ///< A layer's name.
/// Of means along a direction, against the largest: below that, rounding.
constexpr double kSmallestVariance = 1e-12;

/// A column per group.
Eigen::MatrixXd group_means(const std::vector<Embedding>& embeddings,
                            const std::vector<std::size_t>& group) {
  if (embeddings.empty() || embeddings.size() != group.size()) {
    refuse("projection: " + std::to_string(embeddings.size()) + " embeddings and " +
           std::to_string(group.size()) + " groups; each embedding needs one");
  }
  const std::size_t length = embeddings.front().size();
  std::map<std::size_t, Eigen::Index> column_of;
  for (const std::size_t name : group) column_of.emplace(name, column_of.size());
  if (column_of.size() < 2) {
    refuse("projection: all are of one group; directions are where groups differ");
  }
  Eigen::MatrixXd means = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(length),
                                                static_cast<Eigen::Index>(column_of.size()));
  Eigen::VectorXd counts = Eigen::VectorXd::Zero(means.cols());
  for (std::size_t i = 0; i < embeddings.size(); ++i) {
    require_unit_embedding(embeddings[i], length, "projection: embedding " + std::to_string(i));
    const Eigen::Index column = column_of.at(group[i]);
    means.col(column) +=
        Eigen::Map<const Eigen::VectorXf>(embeddings[i].data(), means.rows()).cast<double>();
    ++counts[column];
  }
  for (Eigen::Index i = 0; i < means.cols(); ++i) means.col(i) /= counts[i];
  return means;
}

}  // namespace

GroupProjection learn_group_projection(const std::vector<Embedding>& embeddings,
                                       const std::vector<std::size_t>& group,
                                       std::size_t directions) {
  const Eigen::MatrixXd means = group_means(embeddings, group);
  const Eigen::VectorXd centre = means.rowwise().mean();
  const Eigen::MatrixXd differences = means.colwise() - centre;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      differences * differences.transpose());  // Eigenvalues rise.
  const Eigen::VectorXd& variances = solver.eigenvalues();
  const Eigen::Index length = means.rows();
  const Eigen::Index different =
      (variances.array() > kSmallestVariance * variances[length - 1]).count();
  const Eigen::Index removed = std::min(different, static_cast<Eigen::Index>(directions));
  if (removed >= length) {
    refuse("projection: " + std::to_string(means.cols()) + " groups differ in all " +
           std::to_string(length) + " directions of an embedding; remove fewer");
  }
  const Eigen::MatrixXd span = solver.eigenvectors().rightCols(removed);
  const Eigen::MatrixXd map = Eigen::MatrixXd::Identity(length, length) - span * span.transpose();
  GroupProjection projection;
  projection.map = map.cast<float>();
  projection.offset = (-map * centre).cast<float>();
  projection.removed = static_cast<std::size_t>(removed);
  projection.different = static_cast<std::size_t>(different);
  return projection;
}

void append_group_projection(Model& model, const GroupProjection& projection) {
  append_linear_map(model, kProjection, projection.map, projection.offset);
}

bool remove_group_projection(Model& model) { return remove_linear_map(model, kProjection); }

}  // namespace visavis
