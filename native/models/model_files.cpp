#include "native/models/model_files.h"

#include <cstdint>
#include <cstdlib>
#include <system_error>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/model/fingerprint.h"
#include "native/system/atomic_file.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxModelBytes = std::size_t{1} << 30U;

fs::path default_path(const fs::path& folder, const char* name) {
  std::error_code ignored;
  if (!fs::exists(folder / name, ignored)) {
    throw Error(ErrorCode::kIo, (folder / name).string() +
                                    ": this model is missing; `./run --build-only` makes it, or "
                                    "name the folder that holds it: --models FOLDER");
  }
  return folder / name;
}

}  // namespace

fs::path models_folder(const std::string& folder) {
  if (!folder.empty()) return folder;
  const char* variable = std::getenv("VISAVIS_MODELS");
  if (variable != nullptr && *variable != '\0') return variable;
  std::error_code failed;
  const fs::path executable = fs::read_symlink("/proc/self/exe", failed);
  if (failed) return "build/models";
  return executable.parent_path().parent_path() / "models";
}

std::vector<std::uint8_t> read_model_bytes(const fs::path& path) {
  return read_file(path, kMaxModelBytes);
}

Model read_model(const fs::path& path, WeightStorage* storage) {
  return load_model(read_model_bytes(path), path.string(), storage);
}

fs::path find_model(const std::string& model, const std::string& folder) {
  const fs::path given = model;
  std::error_code ignored;
  // A folder of that name, as models/face is within models/, is no model file.
  if (given.has_parent_path() || given.has_extension() || fs::is_regular_file(given, ignored)) {
    return given;
  }
  const fs::path built = models_folder(folder);
  const std::string file = model + ".visavis";
  const fs::path shipped =
      fs::absolute(built, ignored).lexically_normal().parent_path().parent_path() / "models";
  for (const fs::path& place : {built / file, shipped / model / file}) {
    if (fs::is_regular_file(place, ignored)) return place;
  }
  return given;
}

fs::path embedder_path(const ModelChoice& choice) {
  if (!choice.embedder.empty()) return find_model(choice.embedder, choice.folder);
  return default_path(models_folder(choice.folder), kEmbedderFile);
}

std::string embedder_fingerprint(const std::string& name, std::span<const std::uint8_t> file,
                                 bool averages_mirror) {
  return model_fingerprint(name, file) + (averages_mirror ? "+mirror" : "");
}

FaceModels load_face_models(const ModelChoice& choice) {
  return load_face_models(choice, read_model(embedder_path(choice)));
}

FaceModels load_face_models(const ModelChoice& choice, Model embedder) {
  const fs::path folder = models_folder(choice.folder);
  return {read_model(default_path(folder, kNearDetectorFile)),
          read_model(default_path(folder, kFarDetectorFile)),
          read_model(default_path(folder, kLandmarksFile)),
          std::move(embedder),
          read_model(default_path(folder, kConfirmationFile)),
          choice.averages_mirror};
}

}  // namespace visavis
