#include <algorithm>
#include <array>

#include "core/api/api.h"
#include "core/api/face_values.h"
#include "core/api/objects.h"
#include "core/drawing/find_ink.h"
#include "core/image/pixel_rows.h"
#include "core/model/fingerprint.h"
#include "core/model/model_file.h"

namespace visavis::api {
namespace {

constexpr std::array<const char*, kRoles> kRoleNames = {"near detector", "far detector",
                                                        "landmarks", "embedder", "confirmation"};

const FaceTemplate& template_at(VisavisHandle handle) {
  return handles().get<TemplateObject>(handle).face_template;
}

QualityIssue issue_at(VisavisHandle handle, std::int32_t index) {
  const auto& issues = template_at(handle).quality.issues;
  require(index >= 0 && static_cast<std::size_t>(index) < issues.size(),
          "The template has no quality issue " + std::to_string(index) + ".");
  return issues[static_cast<std::size_t>(index)];
}

}  // namespace
}  // namespace visavis::api

using namespace visavis;       // NOLINT(google-build-using-namespace): the exports are global.
using namespace visavis::api;  // NOLINT(google-build-using-namespace)

VisavisHandle visavis_models_create() {
  return guarded([] { return handles().add(std::make_unique<ModelsObject>()); });
}

void visavis_models_load(VisavisHandle models, std::int32_t role, const std::uint8_t* bytes,
                         std::size_t size, const char* source) {
  guarded([&] {
    auto& object = handles().get<ModelsObject>(models);
    require(role >= 0 && static_cast<std::size_t>(role) < kRoles,
            "There is no model role " + std::to_string(role) + ": give 0 to " +
                std::to_string(kRoles - 1) + ".");
    const auto place = static_cast<std::size_t>(role);
    object.by_role[place] = load_model({bytes, size}, source);
    object.fingerprints[place] = model_fingerprint(object.by_role[place]->name, {bytes, size});
  });
}

VisavisHandle visavis_verifier_create(VisavisHandle models) {
  return guarded([&] {
    const auto& object = handles().get<ModelsObject>(models);
    const auto& by_role = object.by_role;
    for (std::size_t role = 0; role < kRoles; ++role) {
      require(by_role[role].has_value(), std::string("No ") + kRoleNames[role] +
                                             " model was loaded: load all " +
                                             std::to_string(kRoles) + " first.");
    }
    const FaceModels loaded{*by_role[0], *by_role[1], *by_role[2], *by_role[3], *by_role[4]};
    return handles().add(std::make_unique<VerifierObject>(loaded, object.fingerprints[3]));
  });
}

const char* visavis_verifier_embedder_name(VisavisHandle verifier) {
  return guarded([&] { return handles().get<VerifierObject>(verifier).embedder_name.c_str(); });
}

const char* visavis_verifier_model(VisavisHandle verifier) {
  return guarded([&] { return handles().get<VerifierObject>(verifier).fingerprint.c_str(); });
}

VisavisHandle visavis_image_create(std::int32_t width, std::int32_t height) {
  return guarded(
      [&] { return handles().add(std::make_unique<ImageObject>(Image(width, height))); });
}

void visavis_image_write(VisavisHandle image, std::int32_t first_row, std::int32_t rows,
                         const std::uint8_t* rgba) {
  guarded([&] {
    write_rgba_rows(handles().get<ImageObject>(image).writable(), {first_row, rows, rgba});
  });
}

void visavis_image_write_stored(VisavisHandle image, std::int32_t orientation,
                                std::int32_t is_blue_first, std::int32_t first_row,
                                std::int32_t rows, const std::uint8_t* pixels) {
  guarded([&] {
    write_stored_rows(handles().get<ImageObject>(image).writable(), {first_row, rows, pixels},
                      {orientation, is_blue_first != 0});
  });
}

VisavisHandle visavis_ink_find(VisavisHandle picture) {
  return guarded([&] {
    const Image& image = handles().get<ImageObject>(picture).image;
    return handles().add(std::make_unique<ImageObject>(find_ink(image)));
  });
}

VisavisHandle visavis_faces_detect(VisavisHandle verifier, VisavisHandle image,
                                   std::int32_t is_quick) {
  return guarded([&] {
    ImagePyramid& photo = handles().get<ImageObject>(image).pyramid;
    auto& core = handles().get<VerifierObject>(verifier).verifier;
    const SearchEffort effort = is_quick != 0 ? SearchEffort::kQuick : SearchEffort::kThorough;
    auto object = std::make_unique<FacesObject>();
    for (const Face& face : core.detect_faces(photo, effort)) append_face(face, *object);
    return handles().add(std::move(object));
  });
}

std::int32_t visavis_faces_count(VisavisHandle faces) {
  return guarded([&] { return handles().get<FacesObject>(faces).count; });
}

const float* visavis_faces_values(VisavisHandle faces) {
  return guarded([&]() -> const float* { return handles().get<FacesObject>(faces).values.data(); });
}

VisavisHandle visavis_template_create(VisavisHandle verifier, VisavisHandle image,
                                      const float* face) {
  return guarded([&] {
    ImagePyramid& photo = handles().get<ImageObject>(image).pyramid;
    auto& core = handles().get<VerifierObject>(verifier).verifier;
    return handles().add(
        std::make_unique<TemplateObject>(core.make_template(photo, read_face(face))));
  });
}

const float* visavis_template_embedding(VisavisHandle face_template) {
  return guarded([&] { return template_at(face_template).embedding.data(); });
}

std::int32_t visavis_template_embedding_length(VisavisHandle face_template) {
  return guarded(
      [&] { return static_cast<std::int32_t>(template_at(face_template).embedding.size()); });
}

const std::uint8_t* visavis_template_crop(VisavisHandle face_template) {
  return guarded([&] { return template_at(face_template).crop.pixels.data(); });
}

std::int32_t visavis_template_crop_width(VisavisHandle face_template) {
  return guarded([&] { return template_at(face_template).crop.width; });
}

std::int32_t visavis_template_crop_height(VisavisHandle face_template) {
  return guarded([&] { return template_at(face_template).crop.height; });
}

const double* visavis_template_quality(VisavisHandle face_template) {
  return guarded([&] {
    const auto& object = handles().get<TemplateObject>(face_template);
    return object.quality_values.data();
  });
}

std::int32_t visavis_template_issue_count(VisavisHandle face_template) {
  return guarded(
      [&] { return static_cast<std::int32_t>(template_at(face_template).quality.issues.size()); });
}

const char* visavis_template_issue_code(VisavisHandle face_template, std::int32_t index) {
  return guarded([&] { return code_of(issue_at(face_template, index)); });
}

const char* visavis_template_issue_message(VisavisHandle face_template, std::int32_t index) {
  return guarded([&] { return message_of(issue_at(face_template, index)); });
}
