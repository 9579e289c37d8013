#pragma once

#include <string>
#include <vector>

#include "core/model/embedder.h"
#include "core/model/model.h"
#include "core/zeroshot/attribute_table.h"

namespace visavis {

/// How attributes and embeddings are brought together.
enum class ZeroShotMethod {
  kEszsl = 0,  ///< A bilinear compatibility in closed form (Romera-Paredes and Torr 2015).
  kDap = 1,    ///< Direct attribute prediction (Lampert et al. 2009).
};
/// "eszsl", "dap".
std::string to_string(ZeroShotMethod method);

/// What is learnt from seen classes, to classify images of classes that are only described.
struct ZeroShotModel {
  ZeroShotMethod method = ZeroShotMethod::kEszsl;
  std::string embedder;         ///< Name of the embedder; others are refused.
  std::string embedder_digest;  ///< Tells apart networks of one name.
  std::vector<std::string> attributes;
  std::vector<float> attribute_mean;   ///< Over the seen classes.
  std::vector<float> attribute_scale;  ///< 1 / standard deviation; 0: constant, to be ignored.
  std::vector<float> embedding_mean;   ///< Over the seen images.
  std::vector<float> map;              ///< Attributes x embedding length, row by row.
  std::vector<float> variance;  ///< DAP: of each standardised attribute round its prediction.
  double temperature = 1;       ///< Compatibilities are divided by it to become logits.
  double seen_bias = 0;         ///< Taken off the compatibility of seen classes (Chao et al. 2016).
  std::vector<std::string> seen_classes;
  Record record;

  [[nodiscard]] std::size_t embedding_length() const { return embedding_mean.size(); }
};

/// Throws kInvalidArgument unless all lengths agree, every number is finite, variances and
/// temperature are above 0, and there is an attribute and a seen class.
void check_zero_shot_model(const ZeroShotModel& model);

/// Throws kModelMismatch where the model was trained on the embeddings of another embedder.
void require_embedder(const ZeroShotModel& model, const std::string& embedder,
                      const std::string& digest);

/// A class's attributes, standardised: (value - mean) * scale. For ESZSL also brought to unit
/// length; else a class far from all others would be compatible with every image or with none.
std::vector<double> standardized_attributes(const ZeroShotModel& model, const float* values);

/// Classifies images among described classes.
class ZeroShotClassifier {
 public:
  /// `classes`: any descriptions, of seen classes too (generalised zero-shot: those whose names the
  /// model has seen are handicapped by its bias, unless `uses_bias` is false). Throws as
  /// check_zero_shot_model, check_attribute_table and require_attributes do.
  ZeroShotClassifier(ZeroShotModel model, const AttributeTable& classes, bool uses_bias = true);

  /// One number per class, higher is likelier.
  /// ESZSL: s' V' (x - mean), bilinear. DAP: ln prod_a p(s_a | x) / p(s_a), the attributes taken as
  /// independent given the image and normally distributed round their prediction, and standard
  /// normal where nothing is known of the image (Lampert's equation 2 with real-valued attributes
  /// and Gaussian likelihoods in place of binary ones). Throws kInvalidArgument for an embedding of
  /// another length or that is not finite.
  [[nodiscard]] std::vector<double> compatibilities(const Embedding& embedding) const;
  /// Softmax of compatibility / temperature, with equal priors.
  [[nodiscard]] std::vector<double> probabilities(const Embedding& embedding) const;
  [[nodiscard]] const std::vector<std::string>& classes() const { return classes_; }

 private:
  [[nodiscard]] std::vector<double> predict(const Embedding& embedding) const;

  ZeroShotModel model_;
  std::vector<std::string> classes_;
  std::vector<double> attributes_;  ///< Classes x attributes, standardised.
  std::vector<double> bias_;        ///< Per class.
};

}  // namespace visavis
