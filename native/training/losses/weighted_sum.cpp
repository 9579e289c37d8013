#include "native/training/losses/weighted_sum.h"

namespace visavis {
namespace {

template <class T>
class WeightedSum final : public Loss<T> {
 public:
  explicit WeightedSum(std::vector<WeightedLoss<T>> terms) : terms_(std::move(terms)) {}

  std::vector<TrainableParameter<T>*> parameters() override {
    std::vector<TrainableParameter<T>*> all;
    for (const WeightedLoss<T>& term : terms_) {
      const std::vector<TrainableParameter<T>*> some = term.loss->parameters();
      all.insert(all.end(), some.begin(), some.end());
    }
    return all;
  }

  double evaluate(const Array<T>& embeddings, const BatchLabels& labels,
                  Array<T>& gradient) override {
    gradient.resize(embeddings.shape());
    gradient.fill(T(0));
    figures_.clear();
    double sum = 0;
    for (WeightedLoss<T>& term : terms_) {
      const double loss = evaluate_term(term, embeddings, labels);
      sum += term.weight * loss;
      add_weighted(term_gradient_, term.weight, gradient);
      for (const auto& [name, value] : term.loss->figures()) figures_[name] = value;
      figures_[term.name + " loss"] = loss;
    }
    return sum;
  }

  LossFigures figures() const override { return figures_; }

  FewShotHead head() const override {
    for (const WeightedLoss<T>& term : terms_) {
      FewShotHead head = term.loss->head();
      if (head.kind != FewShotHeadKind::kNone) return head;
    }
    return {};
  }

 private:
  static void add_weighted(const Array<T>& from, double weight, Array<T>& to) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += static_cast<T>(weight) * from[i];
  }

  /// Losses add to their parameters' gradients, which may hold something already: only what this
  /// term adds is to be weighted.
  double evaluate_term(WeightedLoss<T>& term, const Array<T>& embeddings,
                       const BatchLabels& labels) {
    if (term.weight == 1) return term.loss->evaluate(embeddings, labels, term_gradient_);
    const std::vector<TrainableParameter<T>*> parameters = term.loss->parameters();
    kept_.resize(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      kept_[i].resize(parameters[i]->gradient.shape());
      std::swap(kept_[i], parameters[i]->gradient);
      parameters[i]->gradient.fill(T(0));
    }
    const double loss = term.loss->evaluate(embeddings, labels, term_gradient_);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      add_weighted(parameters[i]->gradient, term.weight, kept_[i]);
      std::swap(kept_[i], parameters[i]->gradient);
    }
    return loss;
  }

  std::vector<WeightedLoss<T>> terms_;
  Array<T> term_gradient_;
  std::vector<Array<T>> kept_;
  LossFigures figures_;
};

}  // namespace

template <class T>
std::unique_ptr<Loss<T>> make_weighted_sum(std::vector<WeightedLoss<T>> terms) {
  return std::make_unique<WeightedSum<T>>(std::move(terms));
}

template std::unique_ptr<Loss<float>> make_weighted_sum<float>(std::vector<WeightedLoss<float>>);
template std::unique_ptr<Loss<double>> make_weighted_sum<double>(std::vector<WeightedLoss<double>>);

}  // namespace visavis
