#include "native/training/metric/group_projection.h"

#include <Eigen/QR>
#include <map>
#include <string>

#include "core/base/error.h"
#include "core/model/unit_embedding.h"
#include "native/training/metric/linear_map.h"

namespace visavis {
namespace {

constexpr const char* kProjection = "group_projection";  ///< A layer's name.
/// Against the largest difference of means: below that, rounding.
constexpr double kSmallestDifference = 1e-6;

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
                                       const std::vector<std::size_t>& group, double kept) {
  if (!(kept >= 0 && kept <= 1)) refuse("projection: keeps a share of 0 to 1");
  const Eigen::MatrixXd means = group_means(embeddings, group);
  const Eigen::VectorXd centre = means.rowwise().mean();
  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> factors(means.colwise() - centre);
  factors.setThreshold(kSmallestDifference);
  const Eigen::Index rank = factors.rank();
  const Eigen::Index length = means.rows();
  if (rank >= length) {
    refuse("projection: " + std::to_string(means.cols()) + " groups differ in all " +
           std::to_string(length) + " directions of an embedding; take fewer groups");
  }
  const Eigen::MatrixXd directions =
      factors.householderQ() * Eigen::MatrixXd::Identity(length, rank);
  const Eigen::MatrixXd map =
      Eigen::MatrixXd::Identity(length, length) - (1 - kept) * directions * directions.transpose();
  GroupProjection projection;
  projection.map = map.cast<float>();
  projection.offset = (-map * centre).cast<float>();
  projection.directions = static_cast<std::size_t>(rank);
  return projection;
}

void append_group_projection(Model& model, const GroupProjection& projection) {
  append_linear_map(model, kProjection, projection.map, projection.offset);
}

bool remove_group_projection(Model& model) { return remove_linear_map(model, kProjection); }

}  // namespace visavis
