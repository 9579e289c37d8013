#include "native/training/losses/prototypical.h"

#include "native/training/losses/episode.h"
#include "native/training/losses/episode_attention.h"

namespace visavis {
namespace {

/// Row c is the mean of the support rows of class c, and the way back.
template <class T>
RowMajor<T> class_means(const RowMajor<T>& support, const Episode& episode) {
  RowMajor<T> means = RowMajor<T>::Zero(index(episode.way), support.cols());
  for (std::size_t i = 0; i < episode.support.size(); ++i) {
    const std::size_t c = episode.support_class[i];
    means.row(index(c)) += support.row(index(i)) / static_cast<T>(episode.shots[c]);
  }
  return means;
}

template <class T>
RowMajor<T> class_means_backward(const RowMajor<T>& mean_gradient, const Episode& episode) {
  RowMajor<T> gradient(index(episode.support.size()), mean_gradient.cols());
  for (std::size_t i = 0; i < episode.support.size(); ++i) {
    const std::size_t c = episode.support_class[i];
    gradient.row(index(i)) = mean_gradient.row(index(c)) / static_cast<T>(episode.shots[c]);
  }
  return gradient;
}

template <class T>
class PrototypicalLoss final : public Loss<T> {
 public:
  explicit PrototypicalLoss(const PrototypicalOptions& options)
      : attention_(options.similarity, options.scale) {}

  double evaluate(const Array<T>& embeddings, const BatchLabels& labels,
                  Array<T>& gradient) override {
    check_labelled_batch(embeddings.shape(), labels);
    const Episode episode = split_episode(labels);
    const RowMajor<T> queries = gather_rows(embeddings, episode.query);
    const RowMajor<T> prototypes = class_means(gather_rows(embeddings, episode.support), episode);
    std::vector<std::size_t> classes(episode.way);
    for (std::size_t c = 0; c < episode.way; ++c) classes[c] = c;
    RowMajor<T> similarities;
    attention_.forward(queries, prototypes, similarities);
    result_ = episode_cross_entropy(similarities, classes, episode.query_class, episode.way);
    RowMajor<T> query_gradient;
    RowMajor<T> prototype_gradient;
    attention_.backward(queries, prototypes, similarities, query_gradient, prototype_gradient);
    gradient.resize(embeddings.shape());
    gradient.fill(T(0));
    add_rows(query_gradient, episode.query, gradient);
    add_rows(class_means_backward(prototype_gradient, episode), episode.support, gradient);
    return result_.loss;
  }

  LossFigures figures() const override { return {{"episode accuracy", result_.accuracy}}; }

 private:
  EpisodeAttention<T> attention_;
  EpisodeResult result_;
};

}  // namespace

template <class T>
std::unique_ptr<Loss<T>> make_prototypical_loss(const PrototypicalOptions& options) {
  return std::make_unique<PrototypicalLoss<T>>(options);
}

template std::unique_ptr<Loss<float>> make_prototypical_loss<float>(const PrototypicalOptions&);
template std::unique_ptr<Loss<double>> make_prototypical_loss<double>(const PrototypicalOptions&);

}  // namespace visavis
