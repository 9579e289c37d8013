#include "native/training/losses/matching.h"

#include "core/base/error.h"
#include "native/training/losses/episode.h"
#include "native/training/losses/episode_attention.h"
#include "native/training/losses/trainable_full_context.h"

namespace visavis {
namespace {

template <class T>
class MatchingLoss final : public Loss<T> {
 public:
  explicit MatchingLoss(const MatchingOptions& options)
      : options_(options), attention_(options.similarity, options.scale) {
    if (options.context_steps == 0) return;
    context_ = std::make_unique<TrainableFullContext<T>>(options.dimensions, options.context_steps,
                                                         options.seed);
  }

  std::vector<TrainableParameter<T>*> parameters() override {
    return context_ ? context_->parameters() : std::vector<TrainableParameter<T>*>();
  }

  double evaluate(const Array<T>& embeddings, const BatchLabels& labels,
                  Array<T>& gradient) override {
    check_labelled_batch(embeddings.shape(), labels);
    const Episode episode = split_episode(labels);
    check_length(embeddings.shape()[1]);
    RowMajor<T> queries = gather_rows(embeddings, episode.query);
    RowMajor<T> support = gather_rows(embeddings, episode.support);
    if (context_) {
      context_->forward(support, queries);
      queries = context_->queries();
      support = context_->support();
    }
    RowMajor<T> similarities;
    attention_.forward(queries, support, similarities);
    result_ = episode_cross_entropy(similarities, episode.support_class, episode.query_class,
                                    episode.way);
    RowMajor<T> query_gradient;
    RowMajor<T> support_gradient;
    attention_.backward(queries, support, similarities, query_gradient, support_gradient);
    if (context_) context_->backward(support_gradient, query_gradient);
    gradient.resize(embeddings.shape());
    gradient.fill(T(0));
    add_rows(query_gradient, episode.query, gradient);
    add_rows(support_gradient, episode.support, gradient);
    return result_.loss;
  }

  LossFigures figures() const override { return {{"episode accuracy", result_.accuracy}}; }

  FewShotHead head() const override {
    if (!context_) return {};
    return {FewShotHeadKind::kFullContext,
            options_.similarity,
            options_.scale,
            options_.context_steps,
            {}};
  }

 private:
  void check_length(std::size_t length) const {
    if (!context_ || length == options_.dimensions) return;
    throw Error(ErrorCode::kInvalidArgument, "loss 'matching': embeddings have length " +
                                                 std::to_string(length) + ", its weights " +
                                                 std::to_string(options_.dimensions));
  }

  MatchingOptions options_;
  std::unique_ptr<TrainableFullContext<T>> context_;  // Null without full context.
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
