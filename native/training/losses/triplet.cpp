#include "native/training/losses/triplet.h"

#include "native/training/losses/pair_distances.h"
#include "native/training/losses/softplus.h"

namespace visavis {
namespace {

template <class T>
class TripletLoss final : public Loss<T> {
 public:
  TripletLoss(const TripletOptions& options, ThreadPool& threads)
      : options_(options), threads_(threads) {}

  double evaluate(const Array<T>& embeddings, const BatchLabels& labels,
                  Array<T>& gradient) override {
    const std::size_t n = check_labelled_batch(embeddings.shape(), labels);
    pair_distances(embeddings, threads_, distances_);
    std::mt19937_64 random = step_random(options_.seed, labels.step);
    const std::vector<Trio> trios = mine_trios(options_.mining, distances_, labels.labels, random);
    slopes_.resize({n, n});
    slopes_.fill(T(0));
    double loss = 0;
    std::size_t active = 0;
    for (const Trio& trio : trios) {
      const std::size_t positive = trio.anchor * n + trio.positive;
      const std::size_t negative = trio.anchor * n + trio.negative;
      const double gap = measure(positive) - measure(negative) + options_.margin.value_or(0);
      if (!(gap <= 0)) ++active;
      const double slope = slope_at(gap) / static_cast<double>(trios.size());
      loss += loss_at(gap) / static_cast<double>(trios.size());
      slopes_[positive] += static_cast<T>(slope * measure_slope(positive));
      slopes_[negative] -= static_cast<T>(slope * measure_slope(negative));
    }
    pair_gradients(embeddings, distances_, slopes_, threads_, gradient);
    figures_.clear();
    set_distance_figures(distances_, labels.labels, figures_);
    figures_["active triplets"] =
        trios.empty() ? 0 : static_cast<double>(active) / static_cast<double>(trios.size());
    return loss;
  }

  LossFigures figures() const override { return figures_; }

 private:
  double loss_at(double gap) const {
    if (!options_.margin) return softplus(gap);
    return gap <= 0 ? 0 : gap;  // In this order, what is not a number stays visible.
  }
  double slope_at(double gap) const {
    if (!options_.margin) return sigmoid(gap);
    return gap <= 0 ? 0 : 1;
  }
  double measure(std::size_t at) const {
    const auto distance = static_cast<double>(distances_[at]);
    return options_.has_squared_distance ? distance * distance : distance;
  }
  double measure_slope(std::size_t at) const {
    return options_.has_squared_distance ? 2 * static_cast<double>(distances_[at]) : 1;
  }

  TripletOptions options_;
  ThreadPool& threads_;
  Array<T> distances_;  // [n, n]
  Array<T> slopes_;     // [n, n]
  LossFigures figures_;
};

}  // namespace

template <class T>
std::unique_ptr<Loss<T>> make_triplet_loss(const TripletOptions& options, ThreadPool& threads) {
  return std::make_unique<TripletLoss<T>>(options, threads);
}

template std::unique_ptr<Loss<float>> make_triplet_loss<float>(const TripletOptions&, ThreadPool&);
template std::unique_ptr<Loss<double>> make_triplet_loss<double>(const TripletOptions&,
                                                                 ThreadPool&);

}  // namespace visavis
