#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/model/few_shot_head.h"
#include "native/training/layers/trainable_layer.h"

namespace visavis {

/// What a batch of embeddings came from. `labels[i]` is the person or class of row i, negative for
/// nobody: losses that need labels leave such rows out. Episodic losses also need to know which
/// rows are support and which query; distillation, what the teacher says of the same photos.
struct BatchLabels {
  std::vector<int> labels;
  std::vector<bool> is_query;  ///< Empty where the batch is no episode.
  Array<float> teacher;        ///< [batch, teacher's length]; empty without a teacher.
  /// Of the run, counted from 0. Random mining and warm-up are functions of it and of the seed
  /// alone: a resumed run continues bit for bit, and all ranks draw the same.
  std::uint64_t step = 0;
};

/// Figures shown beside the loss: "active triplets" (share), "episode accuracy", ...
using LossFigures = std::map<std::string, double>;

/// A loss over the embeddings [batch, dimensions] of one batch. Contract: evaluate writes every
/// element of `gradient` (sized by it) with d loss / d embeddings and ADDS to the gradients of its
/// own parameters; the returned loss is a mean, so that it does not grow with the batch. A batch
/// that teaches nothing (one person only, all embeddings equal) gives a finite loss and gradient;
/// embeddings that are not finite give a loss that is not finite. Throws kInvalidArgument where
/// labels and embeddings do not belong together.
template <class T>
class Loss {
 public:
  virtual ~Loss() = default;
  virtual double evaluate(const Array<T>& embeddings, const BatchLabels& labels,
                          Array<T>& gradient) = 0;
  [[nodiscard]] virtual LossFigures figures() const { return {}; }  ///< Of the last evaluate.
  /// Zeroed by whoever starts a step, like the network's.
  [[nodiscard]] virtual std::vector<TrainableParameter<T>*> parameters() { return {}; }
  /// What of it ships with the network: kind and settings, without parameters. These are those of
  /// parameters() that head_parameter_specs names.
  [[nodiscard]] virtual FewShotHead head() const { return {}; }
};

/// Those of the loss's parameters that ship. Throws kInternal where one that its head needs is
/// missing.
template <class T>
std::vector<TrainableParameter<T>*> head_parameters(Loss<T>& loss, std::size_t embedding_length);

/// The batch size. Throws kInvalidArgument unless embeddings are [batch, dimensions], both at least
/// 1, with a label for every row.
std::size_t check_labelled_batch(const Shape& embeddings, const BatchLabels& labels);
/// The same with a teacher's embedding for every row; labels are not needed. A
/// `teacher_dimensions` of 0 takes any length.
std::size_t check_taught_batch(const Shape& embeddings, const BatchLabels& labels,
                               std::size_t teacher_dimensions);

}  // namespace visavis
