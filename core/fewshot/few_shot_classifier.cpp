#include "core/fewshot/few_shot_classifier.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/error.h"
#include "core/fewshot/few_shot_attention.h"

namespace visavis {

LearnedComparison::LearnedComparison(const FewShotHead& head) {
  switch (head.kind) {
    case FewShotHeadKind::kNone:
      throw Error(ErrorCode::kInvalidArgument,
                  "few-shot: the model has no learned comparison; use prototypes, matching or "
                  "nearest");
    case FewShotHeadKind::kFullContext:
      context_.emplace(head);
      break;
    case FewShotHeadKind::kWeightedL1:
      weighted_.emplace(head);
      break;
  }
}

FewShotClassifier::FewShotClassifier(const SupportSet& support, const FewShotOptions& options,
                                     std::shared_ptr<const LearnedComparison> learned)
    : support_(support), options_(options), learned_(std::move(learned)) {
  const FullContext* context = learned_ ? learned_->context() : nullptr;
  if (context == nullptr) return;
  support_ = support.with_embeddings(context->support(support.rows()), context->length());
  options_.method = FewShotMethod::kMatching;
  options_.similarity = context->head().similarity;
  options_.scale = context->head().scale;
}

FewShotAnswer FewShotClassifier::classify(std::span<const float> query) const {
  if (!learned_) return support_.classify(query, options_);
  if (learned_->weighted() != nullptr) return classify_by_best_pair(query);
  return support_.classify(learned_->context()->queries(query, support_.rows()), options_);
}

FewShotAnswer FewShotClassifier::classify_by_best_pair(std::span<const float> query) const {
  // Refuses what no method could tell, in the same words.
  FewShotAnswer answer = support_.classify(query, options_);
  for (RankedClass& ranked : answer.ranking) {
    const SupportClass& entry = support_.classes()[ranked.index];
    double best = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < entry.shots; ++i) {
      const auto example = support_.rows().subspan((entry.first + i) * query.size(), query.size());
      best = std::max(best, learned_->weighted()->logit(query, example));
    }
    // 1 / (1 + e^-x) keeps small probabilities apart down to e^-700.
    ranked.probability = 1 / (1 + std::exp(-best));
    ranked.distance = 1 / (1 + std::exp(best));
  }
  return make_answer(std::move(answer.ranking), options_);
}

}  // namespace visavis
