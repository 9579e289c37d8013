#include "native/evaluation/few_shot_method.h"

#include <array>

#include "core/base/error.h"

namespace visavis {
namespace {

struct Named {
  const char* name;
  FeatureKind features;
  FewShotMethod method;
  Similarity similarity;  ///< Unless another is asked for: that of the losses of this name.
  FewShotHeadKind head = FewShotHeadKind::kNone;
};

constexpr std::array kMethods{
    Named{"prototypes", FeatureKind::kModel, FewShotMethod::kPrototypes, Similarity::kEuclidean},
    Named{"matching", FeatureKind::kModel, FewShotMethod::kMatching, Similarity::kCosine},
    Named{"nearest", FeatureKind::kModel, FewShotMethod::kNearest, Similarity::kEuclidean},
    Named{"pixels", FeatureKind::kPixels, FewShotMethod::kNearest, Similarity::kEuclidean},
    Named{"ink", FeatureKind::kInk, FewShotMethod::kNearest, Similarity::kEuclidean},
    Named{"full-context", FeatureKind::kModel, FewShotMethod::kMatching, Similarity::kCosine,
          FewShotHeadKind::kFullContext},
    Named{"verification", FeatureKind::kModel, FewShotMethod::kNearest, Similarity::kEuclidean,
          FewShotHeadKind::kWeightedL1}};

constexpr const char* kEuclidean = "euclidean";
constexpr const char* kCosine = "cosine";

[[noreturn]] void refuse_method(const std::string& text) {
  throw Error(ErrorCode::kInvalidArgument,
              "method '" + text +
                  "': it is one of prototypes, matching, nearest, pixels, ink, which "
                  "may be followed by :euclidean or :cosine, full-context or verification");
}

}  // namespace

FewShotRecipe parse_few_shot_method(const std::string& text, double scale) {
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  for (const Named& known : kMethods) {
    if (name != known.name) continue;
    Similarity similarity = known.similarity;
    const bool has_head = known.head != FewShotHeadKind::kNone;
    if (colon != std::string::npos) {
      if (has_head) refuse_method(text);
      const std::string wanted = text.substr(colon + 1);
      if (wanted != kEuclidean && wanted != kCosine) refuse_method(text);
      similarity = wanted == kCosine ? Similarity::kCosine : Similarity::kEuclidean;
    }
    FewShotRecipe recipe;
    recipe.name = name;
    if (!has_head) {
      recipe.name += similarity == Similarity::kCosine ? std::string(":") + kCosine
                                                       : std::string(":") + kEuclidean;
    }
    recipe.head = known.head;
    recipe.features = known.features;
    recipe.options.method = known.method;
    recipe.options.similarity = similarity;
    recipe.options.scale = scale;
    return recipe;
  }
  refuse_method(text);
}

std::string default_few_shot_method(const ImageFeatures& features) {
  return features.shows_faces() ? "nearest" : "prototypes";
}

std::optional<double> default_rejection_distance(const FewShotRecipe& recipe,
                                                 const ImageFeatures& features) {
  if (recipe.features != FeatureKind::kModel || recipe.head != FewShotHeadKind::kNone) {
    return std::nullopt;
  }
  return features.default_rejection_distance();
}

std::string few_shot_method_help() {
  return "prototypes (Snell et al. 2017), matching (attention over every example: Vinyals et al. "
         "2016), nearest (the best pair: Koch et al. 2015); without a model, the nearest example "
         "by pixels (28x28) or by ink (ink and slopes in coarse cells). Euclidean, matching "
         "cosine, unless followed by :euclidean or :cosine. Of models trained for it: full-context "
         "(--loss matching:full-context=true), verification (the best pair by the weighted L1 "
         "distance of --loss koch)";
}

std::shared_ptr<const LearnedComparison> learned_comparison(const FewShotRecipe& recipe,
                                                            const ImageFeatures& features) {
  if (recipe.head == FewShotHeadKind::kNone) return nullptr;
  const FewShotHead& head = features.few_shot_head();
  if (head.kind != recipe.head) {
    throw Error(ErrorCode::kInvalidArgument,
                "method '" + recipe.name + "': the few-shot head of '" + features.name() +
                    "' is '" + to_string(head.kind) + "', not '" + to_string(recipe.head) +
                    "'; name another model or method");
  }
  return std::make_shared<LearnedComparison>(head);
}

ImageFeatures& FeatureSources::open(FeatureKind kind) {
  const auto found = opened_.find(kind);
  if (found != opened_.end()) return found->second;
  return opened_
      .emplace(kind, kind == FeatureKind::kPixels ? ImageFeatures::of_pixels()
                     : kind == FeatureKind::kInk  ? ImageFeatures::of_ink()
                                                  : ImageFeatures::of_model(models_))
      .first->second;
}

}  // namespace visavis
