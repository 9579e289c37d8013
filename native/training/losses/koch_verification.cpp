#include "native/training/losses/koch_verification.h"

#include <cmath>

#include "core/base/error.h"
#include "native/training/layers/matrix.h"
#include "native/training/layers/slice_sums.h"
#include "native/training/losses/pair_distances.h"
#include "native/training/losses/softplus.h"

namespace visavis {
namespace {

template <class T>
class KochLoss final : public Loss<T> {
 public:
  KochLoss(const KochOptions& options, ThreadPool& threads) : options_(options), threads_(threads) {
    alpha_.set_up("koch.alpha", {options.dimensions});
    alpha_.value.fill(static_cast<T>(-1 / std::sqrt(static_cast<double>(options.dimensions))));
    bias_.set_up("koch.bias", {1});
    bias_.has_weight_decay = false;
    bias_.value.fill(T(1));
  }

  std::vector<TrainableParameter<T>*> parameters() override { return {&alpha_, &bias_}; }

  double evaluate(const Array<T>& embeddings, const BatchLabels& labels,
                  Array<T>& gradient) override {
    check_labelled_batch(embeddings.shape(), labels);
    const std::size_t d = embeddings.shape()[1];
    if (d != options_.dimensions) {
      throw Error(ErrorCode::kInvalidArgument, "loss 'koch': embeddings have length " +
                                                   std::to_string(d) + ", its weights " +
                                                   std::to_string(options_.dimensions));
    }
    pair_distances(embeddings, threads_, distances_);
    std::mt19937_64 random = step_random(options_.seed, labels.step);
    const std::vector<Pair> pairs = mine_pairs(options_.mining, distances_, labels.labels, random);
    const PairWeights weights = balanced_pair_weights(pairs);

    logits_.resize(pairs.size());
    embedding_sums_.reset(threads_.threads(), embeddings.size());
    alpha_sums_.reset(threads_.threads(), d);
    threads_.parallel_for(pairs.size(), [&](int slice, std::size_t begin, std::size_t end) {
      for (std::size_t p = begin; p < end; ++p) {
        logits_[p] = compare(embeddings, pairs[p], weights, slice);
      }
    });
    gradient.resize(embeddings.shape());
    gradient.fill(T(0));
    embedding_sums_.add_to(gradient.data());
    alpha_sums_.add_to(alpha_.gradient.data());
    return finish(pairs, weights, labels.labels);
  }

  LossFigures figures() const override { return figures_; }
  FewShotHead head() const override {
    return {.kind = FewShotHeadKind::kWeightedL1, .parameters = {}};
  }

 private:
  static double weight_of(const Pair& pair, const PairWeights& weights) {
    return pair.is_same ? weights.same : weights.different;
  }
  static double logit_slope(const Pair& pair, const PairWeights& weights, double logit) {
    return weight_of(pair, weights) * (sigmoid(logit) - (pair.is_same ? 1 : 0));
  }

  /// The logit of P(same); adds to the slice's gradients.
  double compare(const Array<T>& embeddings, const Pair& pair, const PairWeights& weights,
                 int slice) {
    const Eigen::Index d = index(options_.dimensions);
    const std::size_t first = pair.first * options_.dimensions;
    const std::size_t second = pair.second * options_.dimensions;
    const auto difference = (ConstRowView<T>(embeddings.data() + first, d) -
                             ConstRowView<T>(embeddings.data() + second, d))
                                .array();
    const auto alpha = ConstRowView<T>(alpha_.value.data(), d).array();
    const double logit =
        static_cast<double>(bias_.value[0]) + static_cast<double>((alpha * difference.abs()).sum());
    const T slope = static_cast<T>(logit_slope(pair, weights, logit));
    T* sums = embedding_sums_.slice(slice);
    RowView<T>(sums + first, d).array() += slope * alpha * difference.sign();
    RowView<T>(sums + second, d).array() -= slope * alpha * difference.sign();
    RowView<T>(alpha_sums_.slice(slice), d).array() += slope * difference.abs();
    return logit;
  }

  double finish(const std::vector<Pair>& pairs, const PairWeights& weights,
                const std::vector<int>& labels) {
    double loss = 0;
    double accuracy = 0;
    double bias_slope = 0;
    for (std::size_t p = 0; p < pairs.size(); ++p) {
      const double weight = weight_of(pairs[p], weights);
      loss += weight * softplus(pairs[p].is_same ? -logits_[p] : logits_[p]);
      if ((logits_[p] > 0) == pairs[p].is_same) accuracy += weight;
      bias_slope += logit_slope(pairs[p], weights, logits_[p]);
    }
    bias_.gradient[0] += static_cast<T>(bias_slope);
    figures_.clear();
    set_distance_figures(distances_, labels, figures_);
    figures_["pair accuracy"] = accuracy;
    return loss;
  }

  KochOptions options_;
  ThreadPool& threads_;
  TrainableParameter<T> alpha_;  // [d]
  TrainableParameter<T> bias_;   // [1]
  Array<T> distances_;           // [n, n]
  std::vector<double> logits_;   // One per pair.
  SliceSums<T> embedding_sums_;
  SliceSums<T> alpha_sums_;
  LossFigures figures_;
};

}  // namespace

template <class T>
std::unique_ptr<Loss<T>> make_koch_loss(const KochOptions& options, ThreadPool& threads) {
  return std::make_unique<KochLoss<T>>(options, threads);
}

template std::unique_ptr<Loss<float>> make_koch_loss<float>(const KochOptions&, ThreadPool&);
template std::unique_ptr<Loss<double>> make_koch_loss<double>(const KochOptions&, ThreadPool&);

}  // namespace visavis
