#include "native/quantization/calibration_crops.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/face/face_aligner.h"
#include "core/face/face_choice.h"
#include "core/face/face_detector.h"
#include "native/images/image_file.h"
#include "native/preparation/augmentation.h"
#include "native/preparation/for_each_photo.h"
#include "native/preparation/photo_preparer.h"
#include "native/system/printable.h"
#include "native/system/processors.h"

namespace visavis {
namespace {

using Encoded = std::vector<std::uint8_t>;
/// From an encoded photo and its name to what the network sees of it.
using Cropper = std::function<FineImage(const Encoded&, const std::string&)>;

Cropper face_cropper(const FaceModels& models) {
  struct Networks {
    FaceDetector detector;
    FaceAligner aligner;
  };
  auto networks = std::make_shared<Networks>(
      Networks{FaceDetector(models.near_detector, models.far_detector, models.confirmation),
               FaceAligner(models.landmarks, models.embedder)});
  return [networks](const Encoded& encoded, const std::string& name) {
    const Image photo = decode_image(encoded, name);
    const std::vector<Face> faces = networks->detector.detect(photo);
    return networks->aligner.align(photo, choose_face(faces, photo)).crop;
  };
}

Cropper whole_image_cropper(const Model& model) {
  const int height = static_cast<int>(model.network.input[0]);
  const int width = static_cast<int>(model.network.input[1]);
  PreparationOptions options;
  options.aligns_faces = false;
  options.side = std::max(width, height);
  auto preparer = std::make_shared<PhotoPreparer>(nullptr, options);
  return [preparer, width, height](const Encoded& encoded, const std::string& name) {
    return plain_crop(preparer->prepare(encoded, name), width, height);
  };
}

}  // namespace

std::vector<FineImage> calibration_crops(const ModelChoice& choice,
                                         const std::vector<PhotoRef>& photos, int threads,
                                         ProgressSink& progress) {
  const Model embedder = read_model(choice.embedder);
  std::optional<FaceModels> faces;
  if (!embedder.alignment.points.empty()) faces = load_face_models(choice);
  std::vector<std::optional<FineImage>> found(photos.size());
  std::vector<std::string> problems(photos.size());
  const auto at_once = std::min(static_cast<std::size_t>(thread_count(threads)), photos.size());
  ThreadPool pool(std::max(1, static_cast<int>(at_once)));
  for_each_photo(
      pool, photos.size(), "aligning",
      [&](const ReportShare&) {
        const Cropper crop = faces ? face_cropper(*faces) : whole_image_cropper(embedder);
        return [&, crop](std::size_t i) {
          const PhotoRef& photo = photos[i];
          const std::string name = photo.dataset->full_name(photo.image);
          try {
            found[i] = crop(photo.dataset->read(photo.image), name);
          } catch (const Error& error) {
            if (!is_the_photos_fault(error.code())) throw;
            const std::string what = error.what();
            problems[i] = what.starts_with(name) ? what : name + ": " + what;
          }
        };
      },
      progress);
  std::vector<FineImage> crops;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    if (found[i]) crops.push_back(std::move(*found[i]));
    if (!problems[i].empty()) progress.say("left out: " + printable(problems[i]));
  }
  if (crops.empty()) {
    throw Error(ErrorCode::kNoFace, "none of " + std::to_string(photos.size()) +
                                        " photos can be used; name photos like those that the "
                                        "model is for");
  }
  return crops;
}

}  // namespace visavis
