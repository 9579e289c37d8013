#pragma once

#include <memory>
#include <optional>
#include <span>

#include "core/fewshot/few_shot.h"
#include "core/fewshot/full_context.h"
#include "core/fewshot/weighted_l1.h"

namespace visavis {

/// Compares embeddings by a model's few-shot head. Made once, shared by all support sets.
class LearnedComparison {
 public:
  /// Throws kInvalidArgument for a head of kind kNone, and as FullContext and WeightedL1 do.
  explicit LearnedComparison(const FewShotHead& head);

  [[nodiscard]] const FullContext* context() const { return context_ ? &*context_ : nullptr; }
  [[nodiscard]] const WeightedL1* weighted() const { return weighted_ ? &*weighted_ : nullptr; }

 private:
  std::optional<FullContext> context_;
  std::optional<WeightedL1> weighted_;
};

/// Classifies queries by a copy of a support set. Without a learned comparison it does what
/// SupportSet::classify does. With one, the rejection distance is the only option that counts:
///   full context: attention over every example, support and query in full context, by the head's
///   similarity and scale (Vinyals et al. 2016, section 2.1)
///   weighted L1: the best pair (Koch et al. 2015, section 4.3). A class's probability is P(same)
///   of its best pair, normalised over the classes; the distance is 1 - P(same), 0..1.
/// Reading is safe from several threads.
class FewShotClassifier {
 public:
  /// Throws kInvalidArgument as the comparison does, for a support set without classes too.
  FewShotClassifier(const SupportSet& support, const FewShotOptions& options,
                    std::shared_ptr<const LearnedComparison> learned = nullptr);

  /// Throws as SupportSet::classify does.
  [[nodiscard]] FewShotAnswer classify(std::span<const float> query) const;

 private:
  [[nodiscard]] FewShotAnswer classify_by_best_pair(std::span<const float> query) const;

  SupportSet support_;
  FewShotOptions options_;
  std::shared_ptr<const LearnedComparison> learned_;
};

}  // namespace visavis
