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
#include "core/image/resample.h"

/// What the handles of api.h name.
namespace visavis::api {

inline constexpr std::size_t kRoles = 5;

struct ModelsObject : Object {
  std::array<std::optional<Model>, kRoles> by_role;
  std::array<std::string, kRoles> fingerprints;
};

struct VerifierObject : Object {
  VerifierObject(const FaceModels& models, std::string embedder_fingerprint)
      : verifier(models),
        embedding_length(output_length(models.embedder.network)),
        embedder_name(models.embedder.name),
        fingerprint(std::move(embedder_fingerprint)) {}
  Verifier verifier;
  std::size_t embedding_length;
  std::string embedder_name;
  std::string fingerprint;
  std::vector<double> calibration_values;  ///< Made when first asked for.
  std::string odds;                        ///< The answer last given.
  std::string reasons;                     ///< Of the decision last made.
};

struct ImageObject : Object {
  explicit ImageObject(Image value) : image(std::move(value)) {}
  /// To be changed: what was made of it is forgotten.
  Image& writable() {
    pyramid = ImagePyramid(image);
    return image;
  }
  Image image;
  ImagePyramid pyramid{image};  ///< Detection's halvings serve alignment too.
};

struct FacesObject : Object {
  std::int32_t count = 0;
  std::vector<float> values;
};

/// The face tracked, then the others; nothing where none is.
struct TrackObject : FacesObject {
  std::vector<float> landmarks;
  std::array<double, kVisavisTrackQualityValues> quality{};
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
  ImageEmbedderObject(const Model& model, std::string model_fingerprint)
      : embedder(model),
        name(model.name),
        fingerprint(std::move(model_fingerprint)),
        calibration(model.calibration) {}
  Embedder embedder;
  std::string name;
  std::string fingerprint;
  CalibrationTable calibration;
};

struct SupportObject : Object {
  explicit SupportObject(SupportSet value) : set(std::move(value)) {}
  SupportSet set;
  std::string packed;  ///< Bytes last asked for.
};

}  // namespace visavis::api
