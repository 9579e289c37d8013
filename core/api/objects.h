#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/api/api.h"
#include "core/api/handles.h"
#include "core/face/verifier.h"
#include "core/fewshot/few_shot.h"

/// What the handles of api.h name.
namespace visavis::api {

inline constexpr std::size_t kRoles = 5;

struct ModelsObject : Object {
  std::array<std::optional<Model>, kRoles> by_role;
};

struct VerifierObject : Object {
  explicit VerifierObject(const FaceModels& models)
      : verifier(models),
        embedding_length(output_length(models.embedder.network)),
        embedder_name(models.embedder.name) {}
  Verifier verifier;
  std::size_t embedding_length;
  std::string embedder_name;
  std::vector<double> calibration_values;  ///< Made when first asked for.
  std::string odds;                        ///< The answer last given.
};

struct ImageObject : Object {
  explicit ImageObject(Image value) : image(std::move(value)) {}
  Image image;
};

struct FacesObject : Object {
  std::int32_t count = 0;
  std::vector<float> values;
};

struct TemplateObject : Object {
  explicit TemplateObject(FaceTemplate value)
      : face_template(std::move(value)),
        quality_values{quality().eye_distance, quality().sharpness, quality().brightness,
                       quality().contrast,     quality().yaw,       quality().visible} {}
  [[nodiscard]] const Quality& quality() const { return face_template.quality; }
  FaceTemplate face_template;
  std::array<double, kVisavisQualityValues> quality_values;
};

struct ImageEmbedderObject : Object {
  explicit ImageEmbedderObject(const Model& model)
      : embedder(model), name(model.name), calibration(model.calibration) {}
  Embedder embedder;
  std::string name;
  CalibrationTable calibration;
};

struct SupportObject : Object {
  explicit SupportObject(std::size_t embedding_length) : set(embedding_length) {}
  SupportSet set;
};

}  // namespace visavis::api
