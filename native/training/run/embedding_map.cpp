#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "native/training/run/validation.h"

namespace visavis {
namespace {

/// One embedding per row.
using Rows = Eigen::MatrixXf;
/// x and y of every point, each contiguous.
using Plane = Eigen::ArrayX2f;

/// Positions of the people to show.
std::vector<std::size_t> choose_people(const std::vector<std::int32_t>& identity,
                                       std::size_t most) {
  std::map<std::int32_t, std::vector<std::size_t>> by_identity;
  for (std::size_t i = 0; i < identity.size(); ++i) by_identity[identity[i]].push_back(i);
  std::vector<std::vector<std::size_t>> people;
  people.reserve(by_identity.size());
  for (auto& [id, photos] : by_identity) people.push_back(std::move(photos));
  std::stable_sort(people.begin(), people.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<std::size_t> chosen;
  for (const auto& photos : people) {
    if (chosen.size() + photos.size() > most) continue;
    chosen.insert(chosen.end(), photos.begin(), photos.end());
  }
  if (chosen.empty() && !people.empty()) {  // Everybody has more photos than may be shown.
    const auto& photos = people.front();
    chosen.assign(photos.begin(),
                  photos.begin() + static_cast<std::ptrdiff_t>(std::min(most, photos.size())));
  }
  return chosen;
}

/// Scores on the first two principal components, each with the sign that makes its largest score
/// positive. Columns beyond what the data span are zero.
Plane principal_components(const Rows& rows) {
  const Eigen::MatrixXd centred = (rows.rowwise() - rows.colwise().mean()).cast<double>();
  Plane scores = Plane::Zero(rows.rows(), 2);
  if (rows.rows() < 2) return scores;
  // The smaller of the two matrices with the same eigenvalues.
  const bool by_rows = centred.rows() < centred.cols();
  const Eigen::MatrixXd scatter = by_rows ? Eigen::MatrixXd(centred * centred.transpose())
                                          : Eigen::MatrixXd(centred.transpose() * centred);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(scatter);  // Eigenvalues rise.
  for (Eigen::Index c = 0; c < std::min<Eigen::Index>(2, scatter.cols()); ++c) {
    const Eigen::Index column = scatter.cols() - 1 - c;
    const double eigenvalue = std::max(0.0, solver.eigenvalues()[column]);
    Eigen::VectorXd score =
        by_rows ? Eigen::VectorXd(solver.eigenvectors().col(column) * std::sqrt(eigenvalue))
                : Eigen::VectorXd(centred * solver.eigenvectors().col(column));
    Eigen::Index largest = 0;
    score.cwiseAbs().maxCoeff(&largest);
    if (score[largest] < 0) score = -score;
    scores.col(c) = score.cast<float>().array();
  }
  return scores;
}

}  // namespace

EmbeddingMap map_embeddings(const ValidationResult& result, std::size_t most) {
  const std::vector<std::size_t> chosen = choose_people(result.identity, most);
  EmbeddingMap map;
  if (chosen.empty()) return map;
  const std::size_t length = result.embeddings.front().size();
  Rows rows(static_cast<Eigen::Index>(chosen.size()), static_cast<Eigen::Index>(length));
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const Embedding& embedding = result.embeddings[chosen[i]];
    rows.row(static_cast<Eigen::Index>(i)) =
        Eigen::Map<const Eigen::RowVectorXf>(embedding.data(), static_cast<Eigen::Index>(length));
  }
  const Plane plane = principal_components(rows);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    map.points.push_back({plane(row, 0), plane(row, 1)});
    map.identity.push_back(result.identity[chosen[i]]);
  }
  return map;
}

}  // namespace visavis
