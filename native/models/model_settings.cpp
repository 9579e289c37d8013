#include "native/models/model_settings.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "native/models/calibration_json.h"
#include "native/system/json_file.h"

namespace visavis {
namespace {

using Json = nlohmann::ordered_json;

/// get<T>() of a field, with its name in the message.
template <class T>
T get(const Json& json, const std::string& name) {
  if (!json.is_object() || !json.contains(name)) refuse("field '" + name + "' is missing");
  try {
    return json[name].get<T>();
  } catch (const nlohmann::json::exception&) {
    refuse("field '" + name + "' is of the wrong type");
  }
}

void check_names(const Json& json, const std::set<std::string>& known) {
  for (const auto& [name, value] : json.items()) {
    if (!known.contains(name)) refuse("field '" + name + "' is unknown");
  }
}

ModelKind kind_from(const std::string& name) {
  std::string names;
  for (const ModelKind kind : {ModelKind::kEmbedder, ModelKind::kFaceDetector,
                               ModelKind::kFaceLandmarks, ModelKind::kClassifier}) {
    if (to_string(kind) == name) return kind;
    names += (names.empty() ? "" : ", ") + to_string(kind);
  }
  refuse("kind '" + name + "' is unknown; there are " + names);
}

/// A number for all channels, or one per channel.
std::vector<float> per_channel(const Json& json, const std::string& name, std::size_t channels,
                               const NumberRange& range) {
  const Json value = get<Json>(json, name);
  const bool is_list = value.is_array();
  if (is_list && value.size() != channels) {
    refuse("field '" + name + "' must be one number or " + std::to_string(channels) +
           ", one per channel of the network's input");
  }
  std::vector<float> values;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const Json& own = is_list ? value[channel] : value;
    values.push_back(static_cast<float>(checked_number(own, name, range)));
  }
  return values;
}

Preprocessing preprocessing_from(const Json& json, std::size_t channels) {
  constexpr NumberRange kMeans{-1e6, 1e6};
  constexpr NumberRange kDivisors{1e-6, 1e6};
  Preprocessing preprocessing{per_channel(json, "mean", channels, kMeans), {}};
  for (const float divisor : per_channel(json, "divisor", channels, kDivisors)) {
    preprocessing.scale.push_back(1 / divisor);
  }
  return preprocessing;
}

AlignmentTemplate template_from(const Json& json) {
  AlignmentTemplate alignment;
  // The points may lie outside of the picture, as those of a wider crop do.
  constexpr NumberRange kPixels{-1e6, 1e6};
  for (const Json& point : get<Json>(json, "template")) {
    if (!point.is_array() || point.size() != 2) refuse("field 'template' must hold points [x, y]");
    alignment.points.push_back({static_cast<float>(checked_number(point[0], "template", kPixels)),
                                static_cast<float>(checked_number(point[1], "template", kPixels))});
  }
  return alignment;
}

DetectorSettings detector_from(const Json& json) {
  check_names(json, {"grids", "keypoints", "score_threshold"});
  DetectorSettings detector;
  detector.keypoints = whole_number_field(json, "keypoints", {0, 1000});
  detector.score_threshold =
      static_cast<float>(number_field(json, "score_threshold", kOpenShareRange));
  for (const Json& grid : get<Json>(json, "grids")) {
    check_names(grid, {"stride", "per_cell"});
    detector.grids.push_back({whole_number_field(grid, "stride", {1, 10'000}),
                              whole_number_field(grid, "per_cell", {1, 10'000})});
  }
  return detector;
}

void apply(const Json& json, const std::filesystem::path& folder, Model& model) {
  check_names(json,
              {"name", "kind", "mean", "divisor", "template", "detector", "calibration", "record"});
  model.kind = kind_from(get<std::string>(json, "kind"));
  model.preprocessing = preprocessing_from(json, model.network.input.at(2));
  if (json.contains("name")) model.name = get<std::string>(json, "name");
  if (json.contains("template")) model.alignment = template_from(json);
  if (json.contains("detector")) model.detector = detector_from(json["detector"]);
  if (json.contains("calibration")) {
    model.calibration = read_calibration(folder / get<std::string>(json, "calibration"));
  }
  if (!json.contains("record")) return;
  for (const auto& [name, value] : json["record"].items()) {
    if (!value.is_string()) refuse("record '" + name + "' must be text");
    model.record.emplace_back(name, value.get<std::string>());
  }
}

}  // namespace

void apply_settings(const std::filesystem::path& file, Model& model) {
  const Json json = read_json_object(file, "see models/imported/*.json");
  try {
    apply(json, file.parent_path(), model);
  } catch (const Error& error) {
    throw Error(error.code(), file.string() + ": " + error.what());
  }
}

}  // namespace visavis
