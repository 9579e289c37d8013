#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/few_shot.h"
#include "native/image_features.h"

namespace visavis {

/// What images are turned into before they are compared.
enum class FeatureKind { kModel, kPixels, kInk };

/// A way of telling classes from examples, from image to answer.
struct FewShotRecipe {
  std::string name;  ///< As written, with the similarity: "matching:cosine".
  FeatureKind features = FeatureKind::kModel;
  FewShotOptions options;
};

/// "prototypes" (Euclidean), "matching" (cosine), "nearest" (Euclidean): embeddings of the model;
/// "pixels" or "ink" (Euclidean): the nearest example by these alone. Each may be followed by
/// ":euclidean" or ":cosine". Throws kInvalidArgument, saying what there is, for anything else.
FewShotRecipe parse_few_shot_method(const std::string& text, double scale);

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
