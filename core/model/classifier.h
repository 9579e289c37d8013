#pragma once

#include <string>
#include <vector>

#include "core/image/image.h"
#include "core/model/model.h"
#include "core/network/runtime.h"

namespace visavis {

/// Gives the probabilities of an image's classes. Not thread-safe, as Network.
class Classifier {
 public:
  /// Throws kModelMismatch unless the model is a classifier with a square input of RGB or luma and
  /// one output of two numbers or more: a logit per class. Else as Network.
  explicit Classifier(const Model& model, int threads = 1);

  /// The softmax of the logits: one probability per class, in the network's order. The image must
  /// be a square of `input_size` pixels (kInvalidArgument otherwise). Throws kInternal for logits
  /// that are not finite.
  std::vector<float> probabilities(const FineImage& image);

  /// Side of the network's input, in pixels.
  [[nodiscard]] int input_size() const;
  [[nodiscard]] std::size_t class_count() const { return class_count_; }
  /// The classes' names, as class_names gives them.
  [[nodiscard]] const std::vector<std::string>& classes() const { return classes_; }

 private:
  Network network_;
  Preprocessing preprocessing_;
  std::size_t class_count_;
  std::vector<std::string> classes_;
};

/// Appends the names of a classifier's classes to its record, in the order of its logits; one entry
/// each, since a name may hold whatever would separate them.
void add_class_names(Record& record, const std::vector<std::string>& names);

/// What add_class_names wrote; empty for a model that is no classifier with one output, and where
/// the record does not name every class.
std::vector<std::string> class_names(const Model& model);

}  // namespace visavis
