#include "native/training/losses/arcface.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "native/training/losses/random_rows.h"
#include "native/training/losses/unit_rows.h"

namespace visavis {
namespace {

/// The true class's cosine with the margin, and its slope over the plain cosine.
struct Target {
  double cosine = 0;
  double slope = 1;
};

Target add_margin(double cosine, double margin) {
  // d cos(angle + m) / d cos(angle) has sin(angle) below it. The floor holds it finite near 1; what
  // reaches the embedding is small there anyway, for the cosine itself is flat.
  constexpr double kMinSine = 1e-3;
  cosine = std::clamp(cosine, -1.0, 1.0);
  if (cosine < -std::cos(margin)) return {cosine - 1 + std::cos(margin), 1};
  const double sine = std::sqrt(1 - cosine * cosine);
  if (sine < kMinSine) {
    return {cosine * std::cos(margin) - kMinSine * std::sin(margin), std::cos(margin)};
  }
  return {cosine * std::cos(margin) - sine * std::sin(margin),
          std::cos(margin) + std::sin(margin) * cosine / sine};
}

template <class T>
class ArcFaceLoss final : public Loss<T> {
 public:
  ArcFaceLoss(const ArcFaceOptions& options, ThreadPool& threads)
      : options_(options), threads_(threads) {
    weights_.set_up("arcface.weights", {options.classes, options.dimensions});
    fill_random_rows(weights_.value, options.seed);
  }

  std::vector<TrainableParameter<T>*> parameters() override { return {&weights_}; }

  double evaluate(const Array<T>& embeddings, const BatchLabels& labels,
                  Array<T>& gradient) override {
    const std::size_t n = check_labelled_batch(embeddings.shape(), labels);
    check_classes(embeddings.shape()[1], labels.labels);
    unit_.assign(ConstMatrixView<T>(embeddings.data(), index(n), index(options_.dimensions)));
    compute_cosines();
    const double loss = compute_slopes(labels);
    weights_backward();
    gradient.resize(embeddings.shape());
    embeddings_backward(gradient);
    return loss;
  }

  LossFigures figures() const override { return figures_; }

 private:
  using RowVector = Eigen::Matrix<T, 1, Eigen::Dynamic>;

  void check_classes(std::size_t dimensions, const std::vector<int>& labels) const {
    if (dimensions != options_.dimensions) {
      throw Error(ErrorCode::kInvalidArgument,
                  "loss 'arcface': embeddings have length " + std::to_string(dimensions) +
                      ", its class weights " + std::to_string(options_.dimensions));
    }
    for (const int label : labels) {
      if (label < 0 || static_cast<std::size_t>(label) < options_.classes) continue;
      throw Error(ErrorCode::kInvalidArgument, "loss 'arcface': label " + std::to_string(label) +
                                                   " for " + std::to_string(options_.classes) +
                                                   " classes; number people from 0");
    }
  }

  ConstMatrixView<T> weights() const {
    return {weights_.value.data(), index(options_.classes), index(options_.dimensions)};
  }

  // cosines [n, classes] = unit embeddings [n, d] (weights [classes, d] / norms)^T
  void compute_cosines() {
    cosines_.resize(unit_.rows.rows(), index(options_.classes));
    inverse_norms_.resize(index(options_.classes));
    threads_.parallel_for(options_.classes, [&](int, std::size_t begin, std::size_t end) {
      const auto some = weights().middleRows(index(begin), index(end - begin));
      auto inverse = inverse_norms_.segment(index(begin), index(end - begin));
      inverse = some.rowwise().norm().cwiseMax(T(1e-12)).cwiseInverse().transpose();
      auto block = cosines_.middleCols(index(begin), index(end - begin));
      block.noalias() = unit_.rows * some.transpose();
      block.array().rowwise() *= inverse.array();
    });
  }

  /// slopes [n, classes] = d loss / d cosines.
  double compute_slopes(const BatchLabels& labels) {
    const std::size_t n = labels.labels.size();
    const auto labelled = static_cast<double>(
        std::count_if(labels.labels.begin(), labels.labels.end(), [](int l) { return l >= 0; }));
    const double margin = margin_at(labels.step);
    slopes_.setZero(cosines_.rows(), cosines_.cols());
    losses_.assign(n, 0);
    threads_.parallel_for(n, [&](int, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        if (labels.labels[i] >= 0) {
          losses_[i] = row_slopes(index(i), labels.labels[i], margin, 1 / labelled);
        }
      }
    });
    set_figures(labels.labels, labelled);
    double loss = 0;
    for (const double row : losses_) loss += row;
    return loss;
  }

  double row_slopes(Eigen::Index i, Eigen::Index own, double margin, double share) {
    const auto scale = static_cast<T>(options_.scale);
    const Target target = add_margin(static_cast<double>(cosines_(i, own)), margin);
    auto row = slopes_.row(i).array();
    row = scale * cosines_.row(i).array();
    row[own] = static_cast<T>(options_.scale * target.cosine);
    const T maximum = row.maxCoeff();
    const T own_logit = row[own] - maximum;
    row = (row - maximum).exp();
    const T sum = row.sum();
    row *= static_cast<T>(options_.scale * share) / sum;
    row[own] =
        static_cast<T>((static_cast<double>(row[own]) - options_.scale * share) * target.slope);
    return share * (std::log(static_cast<double>(sum)) - static_cast<double>(own_logit));
  }

  double margin_at(std::uint64_t step) const {
    if (step >= options_.warmup_steps) return options_.margin;
    return options_.margin * static_cast<double>(step) / static_cast<double>(options_.warmup_steps);
  }

  void set_figures(const std::vector<int>& labels, double labelled) {
    double hits = 0;
    double cosine_sum = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] < 0) continue;
      Eigen::Index best = 0;
      cosines_.row(index(i)).maxCoeff(&best);
      if (best == labels[i]) hits += 1;
      cosine_sum += static_cast<double>(cosines_(index(i), labels[i]));
    }
    figures_.clear();
    if (labelled == 0) return;
    figures_["class accuracy"] = hits / labelled;
    figures_["target cosine"] = cosine_sum / labelled;
  }

  // With w = weight / norm: d weight = (d w - w (w . d w)) / norm, where w . d w is the sum over
  // the batch of slope * cosine. Leaves slopes divided by the norms for embeddings_backward.
  void weights_backward() {
    MatrixView<T> gradient(weights_.gradient.data(), index(options_.classes),
                           index(options_.dimensions));
    threads_.parallel_for(options_.classes, [&](int, std::size_t begin, std::size_t end) {
      const Eigen::Index from = index(begin);
      const Eigen::Index count = index(end - begin);
      auto slopes = slopes_.middleCols(from, count);
      const auto inverse = inverse_norms_.segment(from, count);
      RowVector along = RowVector::Zero(count);
      for (Eigen::Index i = 0; i < slopes.rows(); ++i) {
        along += slopes.row(i).cwiseProduct(cosines_.row(i).segment(from, count));
        slopes.row(i).array() *= inverse.array();
      }
      gradient.middleRows(from, count).noalias() += slopes.transpose() * unit_.rows;
      for (Eigen::Index j = 0; j < count; ++j) {
        const T factor = along[j] * inverse[j] * inverse[j];
        gradient.row(from + j) -= factor * weights().row(from + j);
      }
    });
  }

  void embeddings_backward(Array<T>& gradient) {
    MatrixView<T> to(gradient.data(), unit_.rows.rows(), unit_.rows.cols());
    threads_.parallel_for(options_.dimensions, [&](int, std::size_t begin, std::size_t end) {
      to.middleCols(index(begin), index(end - begin)).noalias() =
          slopes_ * weights().middleCols(index(begin), index(end - begin));
    });
    unit_.backward(to);
  }

  ArcFaceOptions options_;
  ThreadPool& threads_;
  TrainableParameter<T> weights_;
  UnitRows<T> unit_;
  RowVector inverse_norms_;  // [classes]
  RowMajor<T> cosines_;      // [n, classes]
  RowMajor<T> slopes_;       // [n, classes]
  std::vector<double> losses_;
  LossFigures figures_;
};

}  // namespace

template <class T>
std::unique_ptr<Loss<T>> make_arcface_loss(const ArcFaceOptions& options, ThreadPool& threads) {
  return std::make_unique<ArcFaceLoss<T>>(options, threads);
}

template std::unique_ptr<Loss<float>> make_arcface_loss<float>(const ArcFaceOptions&, ThreadPool&);
template std::unique_ptr<Loss<double>> make_arcface_loss<double>(const ArcFaceOptions&,
                                                                 ThreadPool&);

}  // namespace visavis
