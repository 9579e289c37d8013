#include "native/training/probe/logistic_regression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/base/error.h"
#include "core/base/number_range.h"

namespace visavis {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr double kTolerance = 1e-9;
constexpr std::size_t kMaxSteps = 200;
constexpr int kMaxConjugateSteps = 1000;
/// Armijo's share of the fall that the gradient promises.
constexpr double kMinFall = 1e-4;
constexpr double kSmallestStep = 1e-10;
/// Of the objective: below this a fall cannot be told from rounding.
constexpr double kRounding = 1e-14;

void check_examples(const LabelledExamples& examples) {
  if (examples.classes < 2) refuse("logistic regression", "needs two classes or more");
  if (examples.embeddings.size() != examples.label.size()) {
    refuse("logistic regression", fmt::format("{} embeddings with {} labels",
                                              examples.embeddings.size(), examples.label.size()));
  }
  std::vector<std::size_t> counts(examples.classes);
  for (std::size_t i = 0; i < examples.label.size(); ++i) {
    if (examples.label[i] >= examples.classes) refuse("logistic regression", "a label is no class");
    ++counts[examples.label[i]];
    if (examples.embeddings[i].empty() ||
        examples.embeddings[i].size() != examples.embeddings.front().size()) {
      refuse("logistic regression", "embeddings differ in length or are empty");
    }
  }
  if (std::count(counts.begin(), counts.end(), 0U) > 0)
    refuse("logistic regression", "a class has no examples");
}

/// The objective at a point [classes, length + 1], the biases its last column.
class Objective {
 public:
  Objective(const LabelledExamples& examples, const LogisticOptions& options)
      : ridge_(options.ridge),
        classes_(examples.classes),
        label_(examples.label),
        example_weight_(weights_of(examples, options.balanced)) {
    const auto count = static_cast<Eigen::Index>(examples.embeddings.size());
    const auto length = static_cast<Eigen::Index>(examples.embeddings.front().size());
    inputs_.resize(count, length + 1);
    for (Eigen::Index i = 0; i < count; ++i) {
      const Embedding& embedding = examples.embeddings[static_cast<std::size_t>(i)];
      inputs_.row(i).head(length) =
          Eigen::Map<const Eigen::RowVectorXf>(embedding.data(), length).cast<double>();
    }
    // Centred, the biases hardly depend on the weights and conjugate gradients need fewer steps;
    // the minimum stays, since biases are free.
    mean_ = inputs_.leftCols(length).colwise().mean();
    inputs_.leftCols(length).rowwise() -= mean_;
    inputs_.col(length).setOnes();
  }

  [[nodiscard]] const Eigen::RowVectorXd& mean() const { return mean_; }
  [[nodiscard]] Matrix origin() const {
    return Matrix::Zero(static_cast<Eigen::Index>(classes_), inputs_.cols());
  }

  /// Returns the objective there; gradient and times_hessian are then those of this point.
  double move_to(const Matrix& point) {
    point_ = point;
    probabilities_ = inputs_ * point.transpose();
    const Eigen::VectorXd highest = probabilities_.rowwise().maxCoeff();
    probabilities_.colwise() -= highest;
    double loss = 0;
    for (Eigen::Index i = 0; i < probabilities_.rows(); ++i) {
      const double right = probabilities_(i, label(i));
      probabilities_.row(i) = probabilities_.row(i).array().exp();
      const double sum = probabilities_.row(i).sum();
      probabilities_.row(i) /= sum;
      loss += example_weight_(i) * (std::log(sum) - right);
    }
    const double biases = point.rightCols(1).sum();
    return loss + ridge_ / 2 * point.leftCols(point.cols() - 1).squaredNorm() + biases * biases / 2;
  }

  [[nodiscard]] Matrix gradient() const {
    Matrix errors = probabilities_;
    for (Eigen::Index i = 0; i < errors.rows(); ++i) errors(i, label(i)) -= 1;
    errors.array().colwise() *= example_weight_.array();
    return errors.transpose() * inputs_ + penalty_slope(point_);
  }

  [[nodiscard]] Matrix times_hessian(const Matrix& direction) const {
    Matrix change = inputs_ * direction.transpose();
    const Eigen::VectorXd mean = change.cwiseProduct(probabilities_).rowwise().sum();
    change.colwise() -= mean;
    change.array() *= probabilities_.array();
    change.array().colwise() *= example_weight_.array();
    return change.transpose() * inputs_ + penalty_slope(direction);
  }

 private:
  static Eigen::VectorXd weights_of(const LabelledExamples& examples, bool balanced) {
    std::vector<double> counts(examples.classes);
    for (const std::size_t label : examples.label) ++counts[label];
    Eigen::VectorXd weights(static_cast<Eigen::Index>(examples.label.size()));
    for (Eigen::Index i = 0; i < weights.size(); ++i) {
      weights(i) = balanced ? 1 / (counts[examples.label[static_cast<std::size_t>(i)]] *
                                   static_cast<double>(examples.classes))
                            : 1 / static_cast<double>(weights.size());
    }
    return weights;
  }

  [[nodiscard]] Eigen::Index label(Eigen::Index example) const {
    return static_cast<Eigen::Index>(label_[static_cast<std::size_t>(example)]);
  }

  /// Of the ridge, and of half the squared sum of the biases: that sum is free otherwise, and 0 at
  /// the minimum.
  [[nodiscard]] Matrix penalty_slope(const Matrix& at) const {
    Matrix slope = ridge_ * at;
    slope.rightCols(1).setConstant(at.rightCols(1).sum());
    return slope;
  }

  double ridge_;
  std::size_t classes_;
  const std::vector<std::size_t>& label_;
  Eigen::VectorXd example_weight_;  ///< They add up to 1.
  Matrix inputs_;                   ///< [examples, length + 1], centred, then a one.
  Eigen::RowVectorXd mean_;
  Matrix point_;
  Matrix probabilities_;  ///< [examples, classes]
};

double dot(const Matrix& a, const Matrix& b) { return a.cwiseProduct(b).sum(); }

/// Solves Hessian * direction = -gradient, the more exactly the nearer the minimum, by conjugate
/// gradients.
Matrix newton_direction(const Objective& objective, const Matrix& gradient) {
  const double norm = gradient.norm();
  const double wanted = norm * std::min(0.1, std::sqrt(norm));
  Matrix direction = Matrix::Zero(gradient.rows(), gradient.cols());
  Matrix residual = -gradient;
  Matrix next = residual;
  double square = residual.squaredNorm();
  for (int i = 0; i < kMaxConjugateSteps && std::sqrt(square) > wanted; ++i) {
    const Matrix curved = objective.times_hessian(next);
    const double curvature = dot(next, curved);
    if (!(curvature > 0)) break;  // Only by rounding: the Hessian is positive definite.
    direction += square / curvature * next;
    residual -= square / curvature * curved;
    const double square_before = square;
    square = residual.squaredNorm();
    next = residual + square / square_before * next;
  }
  return direction;
}

/// Moves `point` along the direction and returns the objective there; nothing where it falls
/// nowhere.
std::optional<double> descend(Objective& objective, Matrix& point, double value,
                              const Matrix& gradient, const Matrix& direction) {
  const double slope = dot(gradient, direction);
  for (double step = 1; step > kSmallestStep; step /= 2) {
    const Matrix trial = point + step * direction;
    const double reached = objective.move_to(trial);
    if (reached <= value + kMinFall * step * slope + kRounding * std::abs(value)) {
      point = trial;
      return reached;
    }
  }
  return std::nullopt;
}

}  // namespace

LogisticRegression fit_logistic_regression(const LabelledExamples& examples,
                                           const LogisticOptions& options) {
  require_number("the ridge", options.ridge, kPositiveRange);
  check_examples(examples);
  Objective objective(examples, options);
  Matrix point = objective.origin();
  double value = objective.move_to(point);
  for (std::size_t step = 0; step < kMaxSteps; ++step) {
    const Matrix gradient = objective.gradient();
    if (gradient.lpNorm<Eigen::Infinity>() <= kTolerance) {
      const Matrix weights = point.leftCols(point.cols() - 1);
      const Eigen::VectorXd bias = point.rightCols(1) - weights * objective.mean().transpose();
      return LogisticRegression{weights, bias, value, step};
    }
    const Matrix direction = newton_direction(objective, gradient);
    const std::optional<double> reached = descend(objective, point, value, gradient, direction);
    if (!reached) break;
    value = *reached;
  }
  refuse("logistic regression",
         fmt::format("no minimum was reached with a ridge of {:g}; a larger one is easier to reach",
                     options.ridge));
}

}  // namespace visavis
