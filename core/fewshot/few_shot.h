#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/fewshot/few_shot_answer.h"

namespace visavis {

/// "prototypes", "matching", "nearest".
std::string to_string(FewShotMethod method);

/// Embeddings of a few examples per class. Classes and examples may be added and removed at any
/// time: nothing is trained. Classes keep the order in which they were added, and so do the
/// examples of each. Reading is safe from several threads.
class SupportSet {
 public:
  /// Throws kInvalidArgument for embeddings of length 0.
  explicit SupportSet(std::size_t embedding_length);

  /// `rows`: one or more embeddings, one after the other. Throws kInvalidArgument for a name that
  /// is empty or taken, no whole number of embeddings, or a value that is not finite (or so large
  /// that squares are not).
  void add_class(const std::string& name, std::span<const float> rows);
  /// Throws kInvalidArgument as add_class, and for an unknown class.
  void add_example(const std::string& name, std::span<const float> embedding);
  /// Throws kInvalidArgument for an unknown class.
  void remove_class(const std::string& name);
  /// `example` counts from 0 in the order of adding. Throws kInvalidArgument for an unknown class
  /// or example, and for a class's only one: remove the class.
  void remove_example(const std::string& name, std::size_t example);

  [[nodiscard]] const std::vector<SupportClass>& classes() const { return classes_; }
  [[nodiscard]] std::optional<std::size_t> find(const std::string& name) const;
  [[nodiscard]] std::size_t embedding_length() const { return length_; }
  /// All examples, row by row, those of a class together.
  [[nodiscard]] std::span<const float> rows() const { return rows_; }

  /// The same classes and examples with other embeddings, row for row. A comparison that embeds the
  /// whole support in context needs it (Vinyals et al. 2016, section 2.1.2). Throws
  /// kInvalidArgument unless there is one row for each.
  [[nodiscard]] SupportSet with_embeddings(std::span<const float> rows,
                                           std::size_t embedding_length) const;

  /// Throws kInvalidArgument for a query of another length or that is not finite, options out of
  /// range, no classes, or a single class without a rejection distance: its probability would be 1
  /// whatever the query.
  [[nodiscard]] FewShotAnswer classify(std::span<const float> query,
                                       const FewShotOptions& options = {}) const;

 private:
  [[nodiscard]] std::size_t require(const std::string& name) const;
  void insert_rows(std::size_t class_index, std::span<const float> rows);
  void erase_rows(std::size_t class_index, std::size_t first, std::size_t count);
  void update_prototype(std::size_t class_index);

  std::size_t length_;
  std::vector<SupportClass> classes_;
  // Inverse lengths; 0 for a vector without direction.
  std::vector<float> rows_;  // Examples x length.
  std::vector<float> row_inverse_norms_;
  std::vector<float> prototypes_;  // Classes x length.
  std::vector<float> prototype_inverse_norms_;
};

}  // namespace visavis
