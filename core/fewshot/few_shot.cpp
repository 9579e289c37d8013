#include "core/fewshot/few_shot.h"

#include <Eigen/Core>

#include "core/base/error.h"
#include "core/fewshot/few_shot_attention.h"

namespace visavis {
namespace {

std::vector<float>::iterator place(std::vector<float>& values, std::size_t offset) {
  return values.begin() + static_cast<std::ptrdiff_t>(offset);
}

}  // namespace

std::string to_string(FewShotMethod method) {
  switch (method) {
    case FewShotMethod::kPrototypes:
      return "prototypes";
    case FewShotMethod::kMatching:
      return "matching";
    case FewShotMethod::kNearest:
      return "nearest";
  }
  return "unknown";
}

SupportSet::SupportSet(std::size_t embedding_length) : length_(embedding_length) {
  if (length_ == 0) refuse("few-shot", "a support set of embeddings of length 0");
}

std::optional<std::size_t> SupportSet::find(const std::string& name) const {
  for (std::size_t c = 0; c < classes_.size(); ++c) {
    if (classes_[c].name == name) return c;
  }
  return std::nullopt;
}

std::size_t SupportSet::require(const std::string& name) const {
  const auto found = find(name);
  if (!found) refuse("few-shot", "no class '" + name + "' in the support set");
  return *found;
}

void SupportSet::add_class(const std::string& name, std::span<const float> rows) {
  if (name.empty()) refuse("few-shot", "a class without a name");
  if (find(name))
    refuse("few-shot", "the class '" + name + "' exists already; add examples to it instead");
  if (rows.empty())
    refuse("few-shot", "the class '" + name + "' has no examples; give one or more");
  require_embeddings(rows, length_, "the class '" + name + "'");
  classes_.push_back({name, row_inverse_norms_.size(), 0});
  prototypes_.resize(prototypes_.size() + length_);
  prototype_inverse_norms_.push_back(0);
  insert_rows(classes_.size() - 1, rows);
}

void SupportSet::add_example(const std::string& name, std::span<const float> embedding) {
  const std::size_t c = require(name);
  require_embedding(embedding, length_, "an example of '" + name + "'");
  insert_rows(c, embedding);
}

void SupportSet::remove_class(const std::string& name) {
  const std::size_t c = require(name);
  erase_rows(c, classes_[c].first, classes_[c].shots);
  classes_.erase(classes_.begin() + static_cast<std::ptrdiff_t>(c));
  prototypes_.erase(place(prototypes_, c * length_), place(prototypes_, (c + 1) * length_));
  prototype_inverse_norms_.erase(place(prototype_inverse_norms_, c));
}

void SupportSet::remove_example(const std::string& name, std::size_t example) {
  const std::size_t c = require(name);
  if (example >= classes_[c].shots) {
    refuse("few-shot", "no example " + std::to_string(example) + " of the class '" + name +
                           "', which has " + std::to_string(classes_[c].shots));
  }
  if (classes_[c].shots == 1) {
    refuse("few-shot", "the class '" + name + "' has no other example; remove the class instead");
  }
  erase_rows(c, classes_[c].first + example, 1);
  update_prototype(c);
}

void SupportSet::insert_rows(std::size_t class_index, std::span<const float> rows) {
  // They may be rows of this very set, which are about to move.
  const std::vector<float> added(rows.begin(), rows.end());
  SupportClass& changed = classes_[class_index];
  const std::size_t at = changed.first + changed.shots;
  const std::vector<float> norms = inverse_norms(added, length_);
  rows_.insert(place(rows_, at * length_), added.begin(), added.end());
  row_inverse_norms_.insert(place(row_inverse_norms_, at), norms.begin(), norms.end());
  changed.shots += norms.size();
  for (std::size_t c = class_index + 1; c < classes_.size(); ++c) classes_[c].first += norms.size();
  update_prototype(class_index);
}

void SupportSet::erase_rows(std::size_t class_index, std::size_t first, std::size_t count) {
  rows_.erase(place(rows_, first * length_), place(rows_, (first + count) * length_));
  row_inverse_norms_.erase(place(row_inverse_norms_, first),
                           place(row_inverse_norms_, first + count));
  classes_[class_index].shots -= count;
  for (std::size_t c = class_index + 1; c < classes_.size(); ++c) classes_[c].first -= count;
}

void SupportSet::update_prototype(std::size_t class_index) {
  const SupportClass& changed = classes_[class_index];
  const auto length = static_cast<Eigen::Index>(length_);
  const ConstRows examples(rows_.data() + changed.first * length_,
                           static_cast<Eigen::Index>(changed.shots), length);
  Eigen::Map<Eigen::RowVectorXf> mean(prototypes_.data() + class_index * length_, length);
  mean = examples.colwise().mean();
  prototype_inverse_norms_[class_index] = inverse_norm(mean.norm());
}

SupportSet SupportSet::with_embeddings(std::span<const float> rows,
                                       std::size_t embedding_length) const {
  SupportSet other(embedding_length);
  if (rows.size() != row_inverse_norms_.size() * embedding_length) {
    refuse("few-shot", std::to_string(rows.size()) + " values do not give each of " +
                           std::to_string(row_inverse_norms_.size()) +
                           " examples an embedding of length " + std::to_string(embedding_length));
  }
  if (!rows.empty()) require_embeddings(rows, embedding_length, "the new embeddings");
  other.classes_ = classes_;
  other.rows_.assign(rows.begin(), rows.end());
  other.row_inverse_norms_ = inverse_norms(rows, embedding_length);
  other.prototypes_.resize(classes_.size() * embedding_length);
  other.prototype_inverse_norms_.resize(classes_.size());
  for (std::size_t c = 0; c < classes_.size(); ++c) other.update_prototype(c);
  return other;
}

FewShotAnswer SupportSet::classify(std::span<const float> query,
                                   const FewShotOptions& options) const {
  require_options(options);
  require_embedding(query, length_, "a query");
  if (classes_.empty()) refuse("few-shot", "the support set has no classes; add two or more");
  if (classes_.size() == 1 && !options.rejection_distance) {
    refuse(
        "few-shot",
        "'" + classes_[0].name +
            "' is the only class, so that every query would be of it; add a second class or give a "
            "rejection threshold");
  }
  const bool by_prototype = options.method == FewShotMethod::kPrototypes;
  const AttentionKeys keys{by_prototype ? prototypes_ : rows_,
                           by_prototype ? prototype_inverse_norms_ : row_inverse_norms_};
  return make_answer(weigh_classes(classes_, keys, query, options), options);
}

}  // namespace visavis
