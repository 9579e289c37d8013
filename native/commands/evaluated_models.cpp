#include "native/commands/evaluated_models.h"

#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include "core/base/error.h"
#include "core/model/model_file.h"
#include "core/network/network_spec.h"
#include "core/network/parameters.h"
#include "native/commands/models/onnx_model.h"

namespace visavis {
namespace {

namespace fs = std::filesystem;

struct OnnxFiles {
  fs::path onnx;
  fs::path settings;
};

/// "net.onnx" and "net.onnx:settings.json"; nothing for other names.
std::optional<OnnxFiles> onnx_files_of(const std::string& name) {
  constexpr std::string_view kExtension = ".onnx";
  const std::size_t colon = name.find(std::string(kExtension) + ":");
  if (colon != std::string::npos) {
    const std::size_t end = colon + kExtension.size();
    return OnnxFiles{name.substr(0, end), name.substr(end + 1)};
  }
  if (!name.ends_with(kExtension)) return std::nullopt;
  return OnnxFiles{name, fs::path(name).replace_extension(".json")};
}

std::size_t count_parameters(const Parameters& parameters) {
  std::size_t count = 0;
  for (const auto& [name, tensor] : parameters) count += tensor.size();
  return count;
}

EvaluatedModel import_model(const OnnxFiles& files, bool averages_mirror) {
  std::error_code ignored;
  if (fs::exists(files.onnx, ignored) && !fs::exists(files.settings, ignored)) {
    refuse(files.onnx.string(),
           "its settings, " + files.settings.string() +
               ", are missing: preprocessing and template, as models/imported/*.json have them; "
               "put them there, or name them: --model FILE.onnx:SETTINGS.json");
  }
  EvaluatedModel model;
  model.embedder = import_onnx_model({files.onnx, files.settings, "", {}, false}).model;
  std::ostringstream as_file;
  save_model(model.embedder, as_file);
  const std::string bytes = as_file.str();
  model.fingerprint = embedder_fingerprint(
      model.embedder.name, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()},
      averages_mirror);
  model.file = files.onnx.filename().string();
  model.file_bytes = fs::file_size(files.onnx);
  return model;
}

EvaluatedModel read_evaluated_model(const fs::path& file, bool averages_mirror) {
  const std::vector<std::uint8_t> bytes = read_model_bytes(file);
  EvaluatedModel model;
  model.embedder = load_model(bytes, file.string());
  model.fingerprint = embedder_fingerprint(model.embedder.name, bytes, averages_mirror);
  model.file = file.filename().string();
  model.file_bytes = bytes.size();
  return model;
}

EvaluatedModel load_one(const ModelChoice& choice, const std::string& name) {
  if (const auto onnx = onnx_files_of(name)) return import_model(*onnx, choice.averages_mirror);
  ModelChoice one = choice;
  one.embedder = name;
  return read_evaluated_model(embedder_path(one), choice.averages_mirror);
}

}  // namespace

EvaluatedModels load_evaluated_models(const ModelChoice& choice,
                                      const std::vector<std::string>& names) {
  std::vector<EvaluatedModel> models;
  if (names.empty()) models.push_back(load_one(choice, ""));
  for (const std::string& name : names) models.push_back(load_one(choice, name));
  for (EvaluatedModel& model : models) {
    model.parameters = count_parameters(model.embedder.parameters);
    model.multiply_adds = multiply_adds(model.embedder.network);
  }
  FaceModels faces = load_face_models(choice, models.front().embedder);
  for (const EvaluatedModel& model : models) check_evaluated_model(faces, model);
  return {std::move(faces), std::move(models)};
}

}  // namespace visavis
