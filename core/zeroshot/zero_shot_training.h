#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "core/model/embedder.h"
#include "core/zeroshot/attribute_table.h"
#include "core/zeroshot/zero_shot.h"

namespace visavis {

/// Embeddings of images of seen classes, all of one length.
struct ZeroShotExamples {
  std::vector<Embedding> embeddings;
  std::vector<std::size_t> label;  ///< Of each: a row of the table that describes the classes.
};

/// Throws kInvalidArgument for no examples, lengths that differ, values that are not finite or a
/// label that is no row of the table; as check_attribute_table does.
void check_zero_shot_examples(const ZeroShotExamples& examples, const AttributeTable& table);

/// Ridge parameters relative to the mean eigenvalue of the matrix they are added to, so that one
/// value suits any number of images, classes and any scale of the embeddings.
struct ZeroShotRidge {
  double gamma = 1;   ///< On X X^T, of the embeddings.
  double lambda = 1;  ///< On S S^T, of the attributes; ESZSL only.
};

/// The closed forms, X (embedding length x images, centred) and S (attributes x classes,
/// standardised over the classes that have images) being given:
/// ESZSL: V = (X X^T + gamma I)^-1 X Y S^T (S S^T + lambda I)^-1, with Y images x classes of +1 for
/// the image's class and -1 for the others. DAP: ridge regression of every attribute,
/// (X X^T + gamma I)^-1 X (S of each image's class)^T, and the variance that it leaves.
/// The decompositions are made once, for any number of ridges.
class ZeroShotSolver {
 public:
  /// Rows of `table` without an image are unseen classes and are ignored. Throws kInvalidArgument
  /// for fewer than two seen classes or where all attributes are constant over them; as
  /// check_zero_shot_examples does.
  ZeroShotSolver(const ZeroShotExamples& examples, const AttributeTable& table,
                 ZeroShotMethod method);
  ~ZeroShotSolver();
  ZeroShotSolver(ZeroShotSolver&&) noexcept;

  /// Temperature 1, no bias, no embedder's name. Throws kInvalidArgument unless both ridges are
  /// above 0 and finite.
  [[nodiscard]] ZeroShotModel solve(const ZeroShotRidge& ridge) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// What cross-validation chose.
struct ZeroShotSelection {
  ZeroShotRidge ridge;
  double accuracy = 0;     ///< Mean over folds, of held-out classes among each other.
  double way = 0;          ///< Mean number of those.
  double temperature = 1;  ///< By the likelihood of the held-out classes' images.
  double seen_bias = 0;    ///< By the harmonic mean of held-out and other classes' accuracies.
};

/// Chooses ridges, temperature and bias by holding out whole classes of the seen ones, `folds`
/// times: class i of those with images is held out in fold i % folds. Every fifth image of the
/// other classes (the last of fewer) is held out too, to measure seen classes in the generalised
/// setting. Uses nothing of unseen classes. Searches the ridges one after the other, gamma first.
/// Throws as ZeroShotSolver does, and kInvalidArgument for fewer than two folds or fewer than 2
/// classes a fold.
ZeroShotSelection select_zero_shot(const ZeroShotExamples& examples, const AttributeTable& table,
                                   ZeroShotMethod method, std::size_t folds = 5);

/// The whole training: select_zero_shot, then solve on all examples. Writes the choices to
/// `selection` unless it is null.
ZeroShotModel train_zero_shot(const ZeroShotExamples& examples, const AttributeTable& table,
                              ZeroShotMethod method, std::size_t folds = 5,
                              ZeroShotSelection* selection = nullptr);

}  // namespace visavis
