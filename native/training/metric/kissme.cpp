#include "native/training/metric/kissme.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "native/training/metric/linear_map.h"

namespace visavis {
namespace {

/// Added to both covariances, in mean variances within people. On LFW's View 1 anything from 1 to
/// 20 does nearly as well.
constexpr double kRidge = 3;
/// The constant coordinate, in the metric's scale. Below 2, the sphere bends distances enough to
/// cost accuracy on LFW's View 1; beyond, they only become smaller.
constexpr double kAnchor = 3;
/// Mean square distance of embeddings to their person's mean. Below, a float's 24 bits are all that
/// photos differ in.
constexpr double kMinScatter = 1e-12;

constexpr const char* kMetric = "metric";  ///< A layer's name.

/// Embeddings in rows.
using Rows = Eigen::MatrixXd;

Rows in_rows(const LabelledEmbeddings& labelled) {
  const std::size_t count = labelled.embeddings.size();
  if (count == 0 || labelled.identity.size() != count || labelled.source.size() != count) {
    throw Error(ErrorCode::kInvalidArgument, "metric: " + std::to_string(count) + " embeddings, " +
                                                 std::to_string(labelled.identity.size()) +
                                                 " identities and " +
                                                 std::to_string(labelled.source.size()) +
                                                 " sources; each embedding needs one of both");
  }
  const std::size_t length = labelled.embeddings.front().size();
  Rows rows(static_cast<Eigen::Index>(count), static_cast<Eigen::Index>(length));
  for (std::size_t i = 0; i < count; ++i) {
    const Embedding& embedding = labelled.embeddings[i];
    if (embedding.size() != length) {
      throw Error(ErrorCode::kInvalidArgument, "metric: embeddings of length " +
                                                   std::to_string(length) + " and " +
                                                   std::to_string(embedding.size()));
    }
    rows.row(static_cast<Eigen::Index>(i)) =
        Eigen::Map<const Eigen::RowVectorXf>(embedding.data(), static_cast<Eigen::Index>(length))
            .cast<double>();
  }
  return rows;
}

/// What groups share of X'X: a row of `means` per group, the mean of its rows times the root of
/// their number. X'X less means'means is what is left where every row loses its group's mean.
template <class Group>
Rows group_means(const Rows& rows, const std::vector<Group>& group) {
  std::map<Group, std::vector<Eigen::Index>> members;
  for (std::size_t i = 0; i < group.size(); ++i) {
    members[group[i]].push_back(static_cast<Eigen::Index>(i));
  }
  Rows means(static_cast<Eigen::Index>(members.size()), rows.cols());
  Eigen::Index next = 0;
  for (const auto& [name, indices] : members) {
    means.row(next++) =
        rows(indices, Eigen::all).colwise().sum() / std::sqrt(static_cast<double>(indices.size()));
  }
  return means;
}

Eigen::MatrixXd inverse(const Eigen::MatrixXd& positive_definite) {
  return positive_definite.llt().solve(
      Eigen::MatrixXd::Identity(positive_definite.rows(), positive_definite.cols()));
}

/// Rows whose squared products with a vector sum up to the positive part of its quadratic form.
Eigen::MatrixXd square_root(const Eigen::MatrixXd& form, std::size_t rows) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(form);  // Eigenvalues rise.
  Eigen::MatrixXd root = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(rows), form.cols());
  for (Eigen::Index r = 0; r < std::min(root.rows(), form.cols()); ++r) {
    const Eigen::Index from = form.cols() - 1 - r;
    const double eigenvalue = solver.eigenvalues()[from];
    if (!(eigenvalue > 0)) break;
    root.row(r) = std::sqrt(eigenvalue) * solver.eigenvectors().col(from).transpose();
  }
  return root;
}

}  // namespace

LinearMetric learn_kissme(const LabelledEmbeddings& labelled, std::size_t dimensions) {
  const Rows rows = in_rows(labelled);
  const Rows people = group_means(rows, labelled.identity);
  const Rows sources = group_means(rows, labelled.source);
  if (people.rows() == rows.rows()) {
    throw Error(ErrorCode::kInvalidArgument,
                "metric: nobody has two photos; it is learned from how those of one person differ");
  }
  const auto photos = static_cast<double>(rows.rows());
  const Eigen::MatrixXd moments = rows.transpose() * rows;
  Eigen::MatrixXd same =
      (moments - people.transpose() * people) / static_cast<double>(rows.rows() - people.rows());
  Eigen::MatrixXd different = (moments - sources.transpose() * sources) / photos;
  LinearMetric metric;
  if (same.trace() > kMinScatter) {
    const double ridge = kRidge * same.trace() / static_cast<double>(same.rows());
    same.diagonal().array() += ridge;
    different.diagonal().array() += ridge;
    const Eigen::MatrixXd map = square_root(inverse(same) - inverse(different), dimensions);
    metric.scale = std::sqrt((map * moments).cwiseProduct(map).sum() / photos);
    metric.map = map.cast<float>();
  }
  if (!(metric.scale > 0)) {
    throw Error(ErrorCode::kInternal,
                "metric: the embeddings of different people differ no more than those of one; the "
                "network has learned nothing a metric could build on");
  }
  return metric;
}

void append_metric(Model& model, const LinearMetric& metric) {
  const Eigen::Index kept = metric.map.rows();
  Eigen::MatrixXf map = Eigen::MatrixXf::Zero(kept + 1, metric.map.cols());
  map.topRows(kept) = metric.map;
  Eigen::VectorXf offset = Eigen::VectorXf::Zero(kept + 1);
  offset[kept] = static_cast<float>(kAnchor * metric.scale);
  append_linear_map(model, kMetric, map, offset);
}

bool remove_metric(Model& model) { return remove_linear_map(model, kMetric); }

}  // namespace visavis
