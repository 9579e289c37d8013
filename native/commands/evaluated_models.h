#pragma once

#include <string>
#include <vector>

#include "core/face/verifier.h"
#include "native/evaluation/model_comparison.h"
#include "native/models/model_files.h"

namespace visavis {

/// The embedders that `evaluate` measures, and the networks that find faces for them.
struct EvaluatedModels {
  FaceModels faces;  ///< With the first of the embedders.
  std::vector<EvaluatedModel> models;
};

/// Loads models as --model names them: a model file, a name (find_model), or an ONNX file with its
/// settings beside it (NAME.json) or behind a colon, which is imported on the fly. No name: the
/// default embedder. Throws kInvalidArgument for an ONNX file without settings, and as
/// load_face_models, import_onnx_model and check_evaluated_model do.
EvaluatedModels load_evaluated_models(const ModelChoice& choice,
                                      const std::vector<std::string>& names);

}  // namespace visavis
