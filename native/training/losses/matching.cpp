#include "native/training/losses/matching.h"

#include "native/training/episode.h"

namespace visavis {
namespace {

template <class T>
class MatchingLoss final : public Loss<T> {
 public:
  explicit MatchingLoss(const MatchingOptions& options)
      : attention_(options.similarity, options.scale) {}

  double evaluate(const Array<T>& embeddings, const BatchLabels& labels,
                  Array<T>& gradient) override {
    check_labelled_batch(embeddings.shape(), labels);
    const Episode episode = split_episode(labels);
    const RowMajor<T> queries = gather_rows(embeddings, episode.query);
    const RowMajor<T> support = gather_rows(embeddings, episode.support);
    RowMajor<T> similarities;
    attention_.forward(queries, support, similarities);
    result_ = episode_cross_entropy(similarities, episode.support_class, episode.query_class,
                                    episode.way);
    RowMajor<T> query_gradient;
    RowMajor<T> support_gradient;
    attention_.backward(queries, support, similarities, query_gradient, support_gradient);
    gradient.resize(embeddings.shape());
    gradient.fill(T(0));
    add_rows(query_gradient, episode.query, gradient);
    add_rows(support_gradient, episode.support, gradient);
    return result_.loss;
  }

  LossFigures figures() const override { return {{"episode accuracy", result_.accuracy}}; }

 private:
  EpisodeAttention<T> attention_;
  EpisodeResult result_;
};

}  // namespace

template <class T>
std::unique_ptr<Loss<T>> make_matching_loss(const MatchingOptions& options) {
  return std::make_unique<MatchingLoss<T>>(options);
}

template std::unique_ptr<Loss<float>> make_matching_loss<float>(const MatchingOptions&);
template std::unique_ptr<Loss<double>> make_matching_loss<double>(const MatchingOptions&);

}  // namespace visavis
