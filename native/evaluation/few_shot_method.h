#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/fewshot/few_shot_classifier.h"
#include "native/embedding/image_features.h"

namespace visavis {

/// What images are turned into before they are compared.
enum class FeatureKind { kModel, kPixels, kInk };

/// A way of telling classes from examples, from image to answer.
struct FewShotRecipe {
  std::string name;  ///< As written, with the similarity: "matching:cosine".
  FeatureKind features = FeatureKind::kModel;
  FewShotOptions options;
  /// Not kNone: told by the model's few-shot head, which must be of this kind.
  FewShotHeadKind head = FewShotHeadKind::kNone;
};

/// "prototypes" (Euclidean), "matching" (cosine), "nearest" (Euclidean): embeddings of the model;
/// "pixels" or "ink" (Euclidean): the nearest example by these alone. Each may be followed by
/// ":euclidean" or ":cosine". "full-context" and "verification": as the model's few-shot head has
/// it, similarity and scale included. Throws kInvalidArgument, saying what there is, for anything
/// else.
FewShotRecipe parse_few_shot_method(const std::string& text, double scale);

/// What the package takes by default: of faces "nearest", whose error rates are those of pairs, as
/// they were calibrated; of whole images "prototypes".
std::string default_few_shot_method(const ImageFeatures& features);

/// The distance from which on a query is of none of the classes, where nobody asks for another.
/// Nothing for what the model's calibration says nothing of: other features, and the answers of a
/// few-shot head.
std::optional<double> default_rejection_distance(const FewShotRecipe& recipe,
                                                 const ImageFeatures& features);

/// What the recipe takes of the model's head; null where it takes nothing. Throws kInvalidArgument
/// for a model whose head is another.
std::shared_ptr<const LearnedComparison> learned_comparison(const FewShotRecipe& recipe,
                                                            const ImageFeatures& features);

/// For --help.
std::string few_shot_method_help();

/// Opens what recipes need, each once.
class FeatureSources {
 public:
  explicit FeatureSources(ModelChoice models) : models_(std::move(models)) {}
  /// Throws as ImageFeatures does.
  ImageFeatures& open(FeatureKind kind);

 private:
  ModelChoice models_;
  std::map<FeatureKind, ImageFeatures> opened_;
};

}  // namespace visavis
