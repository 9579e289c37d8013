#include "core/zeroshot/zero_shot.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "core/base/error.h"

namespace visavis {
namespace {

[[noreturn]] void unsound(const std::string& problem) {
  throw Error(ErrorCode::kInvalidArgument, "zero-shot model: " + problem);
}

template <class T>
void require_finite_values(const std::vector<T>& values, const std::string& what) {
  for (const T value : values) {
    if (!std::isfinite(value)) unsound(what + " that is not finite");
  }
}

}  // namespace

std::string to_string(ZeroShotMethod method) {
  switch (method) {
    case ZeroShotMethod::kEszsl:
      return "eszsl";
    case ZeroShotMethod::kDap:
      return "dap";
  }
  return "unknown";
}

void check_zero_shot_model(const ZeroShotModel& model) {
  const std::size_t count = model.attributes.size();
  if (count == 0) unsound("no attributes");
  if (model.seen_classes.empty()) unsound("no seen classes");
  if (model.embedding_mean.empty()) unsound("embeddings of length 0");
  if (model.attribute_mean.size() != count || model.attribute_scale.size() != count) {
    unsound("means and scales do not fit " + std::to_string(count) + " attributes");
  }
  if (model.map.size() != count * model.embedding_length()) {
    unsound("a map of " + std::to_string(model.map.size()) + " values, not " +
            std::to_string(count) + " attributes x " + std::to_string(model.embedding_length()));
  }
  const std::size_t variances = model.method == ZeroShotMethod::kDap ? count : 0;
  if (model.variance.size() != variances) unsound("variances do not fit the method");
  require_finite_values(model.attribute_mean, "an attribute's mean");
  require_finite_values(model.attribute_scale, "an attribute's scale");
  require_finite_values(model.embedding_mean, "an embedding's mean");
  require_finite_values(model.map, "a weight of the map");
  require_finite_values(model.variance, "a variance");
  for (const float variance : model.variance) {
    if (!(variance > 0)) unsound("a variance that is not above 0");
  }
  if (!(model.temperature > 0 && std::isfinite(model.temperature))) {
    unsound("a temperature that is not above 0");
  }
  if (!std::isfinite(model.seen_bias)) unsound("a bias that is not finite");
}

void require_embedder(const ZeroShotModel& model, const std::string& embedder,
                      const std::string& digest) {
  if (model.embedder == embedder && model.embedder_digest == digest) return;
  const std::string difference =
      model.embedder == embedder ? "another network of the same name" : "not '" + embedder + "'";
  throw Error(ErrorCode::kModelMismatch, "the zero-shot model was trained on embeddings of '" +
                                             model.embedder + "', " + difference +
                                             "; name the model file it was trained with");
}

std::vector<double> standardized_attributes(const ZeroShotModel& model, const float* values) {
  std::vector<double> standardized(model.attributes.size());
  double square = 0;
  for (std::size_t a = 0; a < standardized.size(); ++a) {
    standardized[a] =
        (static_cast<double>(values[a]) - model.attribute_mean[a]) * model.attribute_scale[a];
    square += standardized[a] * standardized[a];
  }
  // DAP compares attribute by attribute: there the length means something.
  if (model.method == ZeroShotMethod::kEszsl && square > 0) {
    for (double& value : standardized) value /= std::sqrt(square);
  }
  return standardized;
}

ZeroShotClassifier::ZeroShotClassifier(ZeroShotModel model, const AttributeTable& classes,
                                       bool uses_bias)
    : model_(std::move(model)), classes_(classes.classes) {
  check_zero_shot_model(model_);
  check_attribute_table(classes, "class descriptions");
  require_attributes(classes, model_.attributes, "class descriptions");
  for (std::size_t c = 0; c < classes_.size(); ++c) {
    const std::vector<double> row = standardized_attributes(model_, classes.row(c));
    attributes_.insert(attributes_.end(), row.begin(), row.end());
    const bool is_seen = std::find(model_.seen_classes.begin(), model_.seen_classes.end(),
                                   classes_[c]) != model_.seen_classes.end();
    bias_.push_back(is_seen && uses_bias ? model_.seen_bias : 0);
  }
}

/// Attributes x 1: the map's product with the centred embedding.
std::vector<double> ZeroShotClassifier::predict(const Embedding& embedding) const {
  const std::size_t length = model_.embedding_length();
  if (embedding.size() != length) {
    throw Error(ErrorCode::kInvalidArgument,
                "zero-shot: an embedding of length " + std::to_string(embedding.size()) +
                    ", the model was trained on " + std::to_string(length));
  }
  std::vector<double> centred(length);
  for (std::size_t i = 0; i < length; ++i) {
    if (!std::isfinite(embedding[i])) {
      throw Error(ErrorCode::kInvalidArgument, "zero-shot: an embedding that is not finite");
    }
    centred[i] = static_cast<double>(embedding[i]) - model_.embedding_mean[i];
  }
  std::vector<double> predicted(model_.attributes.size(), 0);
  for (std::size_t a = 0; a < predicted.size(); ++a) {
    const float* row = model_.map.data() + a * length;
    for (std::size_t i = 0; i < length; ++i) predicted[a] += row[i] * centred[i];
  }
  return predicted;
}

std::vector<double> ZeroShotClassifier::compatibilities(const Embedding& embedding) const {
  const std::vector<double> predicted = predict(embedding);
  std::vector<double> compatibilities(classes_.size(), 0);
  for (std::size_t c = 0; c < classes_.size(); ++c) {
    const double* attributes = attributes_.data() + c * predicted.size();
    double sum = 0;
    for (std::size_t a = 0; a < predicted.size(); ++a) {
      if (model_.method == ZeroShotMethod::kEszsl) {
        sum += attributes[a] * predicted[a];
      } else if (model_.attribute_scale[a] != 0) {
        const double rest = attributes[a] - predicted[a];
        sum += 0.5 * (attributes[a] * attributes[a] - rest * rest / model_.variance[a] -
                      std::log(model_.variance[a]));
      }
    }
    compatibilities[c] = sum - bias_[c];
  }
  return compatibilities;
}

std::vector<double> ZeroShotClassifier::probabilities(const Embedding& embedding) const {
  std::vector<double> values = compatibilities(embedding);
  const double highest = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (double& value : values) {
    value = std::exp((value - highest) / model_.temperature);
    sum += value;
  }
  for (double& value : values) value /= sum;
  return values;
}

}  // namespace visavis
