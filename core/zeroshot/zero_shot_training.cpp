#include "core/zeroshot/zero_shot_training.h"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "core/base/error.h"

namespace visavis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A symmetric matrix that a ridge is added to and that is then inverted.
struct Spectrum {
  explicit Spectrum(const MatrixXd& matrix) {
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(matrix);
    if (solver.info() != Eigen::Success)
      refuse("zero-shot training", "an eigenvalue decomposition did not converge");
    vectors = solver.eigenvectors();
    // Rounding may leave eigenvalues of a singular matrix just below 0.
    values = solver.eigenvalues().cwiseMax(0);
    // Not 0 for the zero matrix either, whose inverse is then as large as a ridge allows.
    mean = std::max(values.mean(), 1e-30);
  }
  /// The diagonal of (matrix + ridge * mean eigenvalue * I)^-1 in the basis of its eigenvectors.
  [[nodiscard]] VectorXd inverse(double ridge) const {
    return (values.array() + ridge * mean).inverse().matrix();
  }
  MatrixXd vectors;
  VectorXd values;
  double mean = 0;
};

/// Rows of the table that have images, rising.
std::vector<std::size_t> classes_with_images(const ZeroShotExamples& examples) {
  std::vector<std::size_t> classes = examples.label;
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  return classes;
}

/// Mean and inverse standard deviation of every attribute over the seen classes.
void learn_standardization(const AttributeTable& table, const std::vector<std::size_t>& seen,
                           ZeroShotModel& model) {
  const auto count = static_cast<double>(seen.size());
  bool varies = false;
  for (std::size_t a = 0; a < table.attributes.size(); ++a) {
    double mean = 0;
    for (const std::size_t c : seen) mean += table.row(c)[a] / count;
    double variance = 0;
    for (const std::size_t c : seen) {
      const double rest = table.row(c)[a] - mean;
      variance += rest * rest / count;
    }
    // Constant but for the rounding of its floats: nothing can be learnt from it.
    const bool is_constant = std::sqrt(variance) <= 1e-6 * std::max(1e-3, std::abs(mean));
    varies = varies || !is_constant;
    model.attribute_mean.push_back(static_cast<float>(mean));
    model.attribute_scale.push_back(is_constant ? 0.0F
                                                : static_cast<float>(1 / std::sqrt(variance)));
  }
  if (!varies)
    refuse("zero-shot training",
           "every attribute is the same for all seen classes; describe what differs");
}

}  // namespace

void check_zero_shot_examples(const ZeroShotExamples& examples, const AttributeTable& table) {
  check_attribute_table(table, "class descriptions");
  if (examples.embeddings.empty()) refuse("zero-shot training", "no images of seen classes");
  if (examples.label.size() != examples.embeddings.size())
    refuse("zero-shot training", "as many labels as images needed");
  const std::size_t length = examples.embeddings.front().size();
  for (std::size_t i = 0; i < examples.embeddings.size(); ++i) {
    const Embedding& embedding = examples.embeddings[i];
    if (embedding.size() != length || length == 0)
      refuse("zero-shot training", "embeddings of different lengths");
    if (examples.label[i] >= table.classes.size())
      refuse("zero-shot training", "a label that is no described class");
    if (!std::all_of(embedding.begin(), embedding.end(),
                     [](float v) { return std::isfinite(v); })) {
      refuse("zero-shot training", "an embedding that is not finite");
    }
  }
}

struct ZeroShotSolver::Impl {
  Impl(const ZeroShotExamples& examples, const AttributeTable& table, ZeroShotMethod method);

  [[nodiscard]] VectorXd left_variance(const MatrixXd& map) const;

  ZeroShotModel base;         ///< All but map and variance.
  MatrixXd embeddings;        ///< X: embedding length x images, centred.
  MatrixXd attributes;        ///< S: attributes x seen classes.
  std::vector<Index> column;  ///< Of S, for each image.
  /// X Y S^T, or X (S of each image's class)^T, in the eigenvectors' bases: a ridge is then no more
  /// than a factor for each row and column.
  MatrixXd right_side;
  std::unique_ptr<Spectrum> of_embeddings;
  std::unique_ptr<Spectrum> of_attributes;  ///< ESZSL only.
};

ZeroShotSolver::Impl::Impl(const ZeroShotExamples& examples, const AttributeTable& table,
                           ZeroShotMethod method) {
  check_zero_shot_examples(examples, table);
  const std::vector<std::size_t> seen = classes_with_images(examples);
  if (seen.size() < 2)
    refuse("zero-shot training", "images of at least two described classes are needed");
  base.method = method;
  base.attributes = table.attributes;
  for (const std::size_t c : seen) base.seen_classes.push_back(table.classes[c]);
  learn_standardization(table, seen, base);
  const auto length = static_cast<Index>(examples.embeddings.front().size());
  const auto images = static_cast<Index>(examples.embeddings.size());
  embeddings.resize(length, images);
  for (Index i = 0; i < images; ++i) {
    const Embedding& embedding = examples.embeddings[static_cast<std::size_t>(i)];
    embeddings.col(i) = Eigen::Map<const Eigen::VectorXf>(embedding.data(), length).cast<double>();
    const std::size_t label = examples.label[static_cast<std::size_t>(i)];
    column.push_back(std::lower_bound(seen.begin(), seen.end(), label) - seen.begin());
  }
  // Rounded to what the model will hold, so that training and use centre alike.
  const Eigen::VectorXf mean = embeddings.rowwise().mean().cast<float>();
  base.embedding_mean.assign(mean.begin(), mean.end());
  embeddings.colwise() -= mean.cast<double>();
  attributes.resize(static_cast<Index>(table.attributes.size()), static_cast<Index>(seen.size()));
  for (std::size_t c = 0; c < seen.size(); ++c) {
    const std::vector<double> row = standardized_attributes(base, table.row(seen[c]));
    attributes.col(static_cast<Index>(c)) =
        Eigen::Map<const VectorXd>(row.data(), attributes.rows());
  }
  MatrixXd class_sums = MatrixXd::Zero(length, attributes.cols());  // X (one-hot labels)
  for (Index i = 0; i < images; ++i) {
    class_sums.col(column[static_cast<std::size_t>(i)]) += embeddings.col(i);
  }
  of_embeddings = std::make_unique<Spectrum>(embeddings * embeddings.transpose());
  if (method == ZeroShotMethod::kEszsl) {
    const VectorXd total = class_sums.rowwise().sum();
    class_sums = (2 * class_sums).colwise() - total;  // X Y: Y = 2 (one-hot) - 1
    of_attributes = std::make_unique<Spectrum>(attributes * attributes.transpose());
  }
  right_side = of_embeddings->vectors.transpose() * (class_sums * attributes.transpose());
  if (of_attributes != nullptr) right_side = right_side * of_attributes->vectors;
}

/// Attributes x 1: the mean square of what the map (embedding length x attributes) gets wrong.
VectorXd ZeroShotSolver::Impl::left_variance(const MatrixXd& map) const {
  MatrixXd rest = map.transpose() * embeddings;
  for (Index i = 0; i < rest.cols(); ++i) {
    rest.col(i) -= attributes.col(column[static_cast<std::size_t>(i)]);
  }
  // A standardised attribute is never known better than this from an image.
  constexpr double kMinVariance = 1e-3;
  return rest.array().square().rowwise().mean().max(kMinVariance).matrix();
}

ZeroShotSolver::ZeroShotSolver(const ZeroShotExamples& examples, const AttributeTable& table,
                               ZeroShotMethod method)
    : impl_(std::make_unique<Impl>(examples, table, method)) {}
ZeroShotSolver::~ZeroShotSolver() = default;
ZeroShotSolver::ZeroShotSolver(ZeroShotSolver&&) noexcept = default;

ZeroShotModel ZeroShotSolver::solve(const ZeroShotRidge& ridge) const {
  if (!(ridge.gamma > 0 && ridge.lambda > 0) || !std::isfinite(ridge.gamma) ||
      !std::isfinite(ridge.lambda)) {
    refuse("zero-shot training", "gamma and lambda must be above 0");
  }
  ZeroShotModel model = impl_->base;
  const Spectrum& of_embeddings = *impl_->of_embeddings;
  MatrixXd map = of_embeddings.inverse(ridge.gamma).asDiagonal() * impl_->right_side;
  if (impl_->of_attributes != nullptr) {
    const Spectrum& of_attributes = *impl_->of_attributes;
    map =
        map * of_attributes.inverse(ridge.lambda).asDiagonal() * of_attributes.vectors.transpose();
  }
  map = of_embeddings.vectors * map;
  if (model.method == ZeroShotMethod::kDap) {
    const VectorXd variance = impl_->left_variance(map);
    for (const double value : variance) model.variance.push_back(static_cast<float>(value));
  }
  // Column by column of the map is row by row of its transpose, attributes x embedding length.
  for (Index a = 0; a < map.cols(); ++a) {
    for (Index i = 0; i < map.rows(); ++i) model.map.push_back(static_cast<float>(map(i, a)));
  }
  check_zero_shot_model(model);
  return model;
}

ZeroShotModel train_zero_shot(const ZeroShotExamples& examples, const AttributeTable& table,
                              ZeroShotMethod method, std::size_t folds,
                              ZeroShotSelection* selection) {
  const ZeroShotSelection chosen = select_zero_shot(examples, table, method, folds);
  ZeroShotModel model = ZeroShotSolver(examples, table, method).solve(chosen.ridge);
  model.temperature = chosen.temperature;
  model.seen_bias = chosen.seen_bias;
  if (selection != nullptr) *selection = chosen;
  return model;
}

}  // namespace visavis
