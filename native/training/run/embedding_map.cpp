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

/// van der Maaten and Hinton 2008, section 3.4, but for the exaggeration (12) and the learning rate
/// (points / 12 / 4, 50 at the least), which are those of Belkina et al. 2019.
constexpr int kSteps = 750;
constexpr int kExaggeratedSteps = 250;
constexpr float kExaggeration = 12;
constexpr float kEarlyMomentum = 0.5F;
constexpr float kLateMomentum = 0.8F;
constexpr float kStartSpread = 1e-4F;
constexpr double kMostPerplexity = 30;
/// Fewer points have no neighbourhoods to speak of.
constexpr std::size_t kFewestToEmbed = 4;

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

/// Square distances of all points to all.
Eigen::MatrixXf square_distances(const Rows& rows) {
  const Eigen::VectorXf squares = rows.rowwise().squaredNorm();
  Eigen::MatrixXf distances = -2 * (rows * rows.transpose());
  distances.colwise() += squares;
  distances.rowwise() += squares.transpose();
  return distances.cwiseMax(0);
}

/// p(j | i) over all j for a Gaussian whose width gives the wanted perplexity (section 2), found by
/// bisection of its precision.
Eigen::ArrayXd neighbour_probabilities(const Eigen::ArrayXd& squares, Eigen::Index self,
                                       double perplexity) {
  double low = 0;
  double high = 0;  // 0: not known yet
  double precision = 1;
  Eigen::ArrayXd p;
  for (int step = 0; step < 64; ++step) {
    // Relative to the nearest, so that the sum cannot vanish.
    p = (-(squares * precision)).exp();
    p[self] = 0;
    const double sum = p.sum();
    p /= sum;
    const double entropy = std::log(sum) + precision * (p * squares).sum();
    const double excess = entropy - std::log(perplexity);
    if (std::abs(excess) < 1e-5) break;
    if (excess > 0) {
      low = precision;
      precision = high > 0 ? 0.5 * (low + high) : 2 * precision;
    } else {
      high = precision;
      precision = 0.5 * (low + high);
    }
  }
  return p;
}

/// The symmetric P of the paper (section 3.1): p_ij = (p(j | i) + p(i | j)) / 2n.
Eigen::MatrixXf joint_probabilities(const Rows& rows) {
  const Eigen::Index count = rows.rows();
  const double perplexity = std::min(kMostPerplexity, static_cast<double>(count - 1) / 3);
  const Eigen::MatrixXf squares = square_distances(rows);
  Eigen::MatrixXf p(count, count);
  for (Eigen::Index i = 0; i < count; ++i) {
    Eigen::ArrayXd from = squares.col(i).cast<double>().array();
    from[i] = from.maxCoeff();
    from -= from.minCoeff();
    p.col(i) = neighbour_probabilities(from, i, perplexity).cast<float>().matrix();
  }
  const Eigen::MatrixXf transposed = p.transpose();
  return (p + transposed) / static_cast<float>(2 * count);
}

/// Equation 5 of the paper, attraction multiplied by `exaggeration`. One pass: the repulsive part
/// is divided by the sum over all pairs at the end.
Plane gradient(const Eigen::MatrixXf& p, const Plane& y, float exaggeration) {
  const Eigen::Index count = y.rows();
  Plane attraction(count, 2);
  Plane repulsion(count, 2);
  Eigen::ArrayXf dx(count);
  Eigen::ArrayXf dy(count);
  Eigen::ArrayXf q(count);
  Eigen::ArrayXf pull(count);
  double sum = 0;
  for (Eigen::Index i = 0; i < count; ++i) {
    dx = y(i, 0) - y.col(0);
    dy = y(i, 1) - y.col(1);
    q = (1 + dx.square() + dy.square()).inverse();
    sum += q.sum() - 1;  // without itself
    pull = p.col(i).array() * q;
    attraction(i, 0) = (pull * dx).sum();
    attraction(i, 1) = (pull * dy).sum();
    q = q.square();
    repulsion(i, 0) = (q * dx).sum();
    repulsion(i, 1) = (q * dy).sum();
  }
  return 4 * (exaggeration * attraction - repulsion / static_cast<float>(std::max(sum, 1e-12)));
}

/// Gradient descent with momentum and Jacobs's (1988) gain for each coordinate.
Plane embed_in_plane(const Rows& rows) {
  const Eigen::MatrixXf p = joint_probabilities(rows);
  const auto count = static_cast<float>(rows.rows());
  const float rate = std::max(50.0F, count / kExaggeration / 4);
  Plane y = principal_components(rows);
  const float spread = std::sqrt(y.col(0).square().mean());
  if (spread > 0) y *= kStartSpread / spread;
  Plane velocity = Plane::Zero(y.rows(), 2);
  Plane gains = Plane::Ones(y.rows(), 2);
  for (int step = 0; step < kSteps; ++step) {
    const bool is_early = step < kExaggeratedSteps;
    const Plane slope = gradient(p, y, is_early ? kExaggeration : 1);
    gains = (slope * velocity < 0).select(gains + 0.2F, (gains * 0.8F).max(0.01F));
    velocity = (is_early ? kEarlyMomentum : kLateMomentum) * velocity - rate * gains * slope;
    y += velocity;
    y.rowwise() -= y.colwise().mean().eval();
  }
  return y;
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
  const Plane plane =
      chosen.size() < kFewestToEmbed ? principal_components(rows) : embed_in_plane(rows);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    map.points.push_back({plane(row, 0), plane(row, 1)});
    map.identity.push_back(result.identity[chosen[i]]);
  }
  return map;
}

}  // namespace visavis
