#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "core/model/embedder.h"

namespace visavis {

/// What a classifier is learned from.
struct LabelledExamples {
  std::vector<Embedding> embeddings;  ///< All of one length.
  std::vector<std::size_t> label;     ///< The class of each, below `classes`.
  std::size_t classes = 0;            ///< Two or more, each with an example.
};

struct LogisticOptions {
  double ridge = 1e-2;
  bool balanced = false;  ///< Every class weighs the same, however many examples it has.
};

struct LogisticRegression {
  Eigen::MatrixXd weights;  ///< [classes, length]; the columns add up to 0.
  Eigen::VectorXd bias;     ///< [classes]; adds up to 0.
  double objective = 0;     ///< What was minimised, at its minimum.
  std::size_t steps = 0;    ///< Of Newton's method.
};

/// Multinomial logistic regression: the weights W and biases b that minimise
///   mean of -log softmax(W x + b)[label]  +  ridge / 2 * |W|^2,
/// a mean over examples or, balanced, over the classes' means. Biases are free. The minimum is
/// unique but for a constant added to all biases. Newton's method, its steps by conjugate gradients
/// (Lin, Weng, Keerthi 2008, "Trust region Newton method for large-scale logistic regression") and
/// halved until the objective falls; in double, from zero, on one thread: the same examples give
/// the same bits. Ends where no partial derivative exceeds 1e-9. Throws kInvalidArgument for
/// examples that do not fit their description, a ridge that is not positive and finite, or one so
/// small that 200 steps do not suffice.
LogisticRegression fit_logistic_regression(const LabelledExamples& examples,
                                           const LogisticOptions& options);

}  // namespace visavis
