#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/face/verifier.h"
#include "core/model/model.h"
#include "core/model/model_file.h"

namespace visavis {

/// File names of the default models: those that the page uses. models/install.sh puts them there.
inline constexpr const char* kNearDetectorFile = "blazeface-near.visavis";
inline constexpr const char* kFarDetectorFile = "blazeface-far.visavis";
inline constexpr const char* kLandmarksFile = "landmarks68.visavis";
inline constexpr const char* kEmbedderFile = "embedder.visavis";
inline constexpr const char* kConfirmationFile = "confirmation.visavis";

/// The models that a command uses; empty members mean the default.
struct ModelChoice {
  std::string folder;            ///< --models
  std::string embedder;          ///< --model: a file, or a name as find_model takes it.
  bool averages_mirror = false;  ///< --mirror
};

/// Where the default models lie: `folder` if given, else $VISAVIS_MODELS, else the folder `models`
/// beside the executable's own (build/native/visavis -> build/models).
std::filesystem::path models_folder(const std::string& folder);

/// A model file's bytes; throws kIo, and refuses a file above 1 GB unread.
std::vector<std::uint8_t> read_model_bytes(const std::filesystem::path& path);

/// load_model of a file; `storage` is told how it holds its weights. Throws kIo, and as load_model
/// does.
Model read_model(const std::filesystem::path& path, WeightStorage* storage = nullptr);

/// The file of a model that is named by its file, or by a bare name ("face128"): then it is
/// NAME.visavis in the folder of default models, or else NAME/NAME.visavis in the folder `models` of
/// the project that this lies in. A name that is neither is given back as it is.
std::filesystem::path find_model(const std::string& model, const std::string& folder);

/// The file of the chosen embedder or of the default one. Throws kIo, saying how the default models
/// are made, when that is missing.
std::filesystem::path embedder_path(const ModelChoice& choice);

/// model_fingerprint (core/model/fingerprint.h) of an embedder of that name and file: what its
/// templates and support sets are kept with. Ends in "+mirror" where embeddings are averaged with
/// the mirror image's, since these differ.
std::string embedder_fingerprint(const std::string& name, std::span<const std::uint8_t> file,
                                 bool averages_mirror);

/// Throws kIo, saying how the default models are made, when one is missing.
FaceModels load_face_models(const ModelChoice& choice);

/// The same with an embedder that is loaded already.
FaceModels load_face_models(const ModelChoice& choice, Model embedder);

}  // namespace visavis
