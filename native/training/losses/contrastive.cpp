#include "native/training/losses/contrastive.h"

#include "native/training/losses/pair_distances.h"

namespace visavis {
namespace {

template <class T>
class ContrastiveLoss final : public Loss<T> {
 public:
  ContrastiveLoss(const ContrastiveOptions& options, ThreadPool& threads)
      : options_(options), threads_(threads) {}

  double evaluate(const Array<T>& embeddings, const BatchLabels& labels,
                  Array<T>& gradient) override {
    const std::size_t n = check_labelled_batch(embeddings.shape(), labels);
    pair_distances(embeddings, threads_, distances_);
    std::mt19937_64 random = step_random(options_.seed, labels.step);
    const std::vector<Pair> pairs = mine_pairs(options_.mining, distances_, labels.labels, random);
    const PairWeights weights = balanced_pair_weights(pairs);
    slopes_.resize({n, n});
    slopes_.fill(T(0));
    double loss = 0;
    std::size_t negatives = 0;
    std::size_t active = 0;
    for (const Pair& pair : pairs) {
      const std::size_t at = pair.first * n + pair.second;
      const auto distance = static_cast<double>(distances_[at]);
      if (pair.is_same) {
        loss += weights.same * distance * distance / 2;
        slopes_[at] = static_cast<T>(weights.same * distance);
        continue;
      }
      ++negatives;
      if (distance >= options_.margin) continue;
      ++active;
      const double missing = options_.margin - distance;
      loss += weights.different * missing * missing / 2;
      slopes_[at] = static_cast<T>(-weights.different * missing);
    }
    pair_gradients(embeddings, distances_, slopes_, threads_, gradient);
    figures_.clear();
    set_distance_figures(distances_, labels.labels, figures_);
    figures_["active pairs"] =
        negatives == 0 ? 0 : static_cast<double>(active) / static_cast<double>(negatives);
    return loss;
  }

  LossFigures figures() const override { return figures_; }

 private:
  ContrastiveOptions options_;
  ThreadPool& threads_;
  Array<T> distances_;  // [n, n]
  Array<T> slopes_;     // [n, n]
  LossFigures figures_;
};

}  // namespace

template <class T>
std::unique_ptr<Loss<T>> make_contrastive_loss(const ContrastiveOptions& options,
                                               ThreadPool& threads) {
  return std::make_unique<ContrastiveLoss<T>>(options, threads);
}

template std::unique_ptr<Loss<float>> make_contrastive_loss<float>(const ContrastiveOptions&,
                                                                   ThreadPool&);
template std::unique_ptr<Loss<double>> make_contrastive_loss<double>(const ContrastiveOptions&,
                                                                     ThreadPool&);

}  // namespace visavis
