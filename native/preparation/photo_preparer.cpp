#include "native/preparation/photo_preparer.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/with_subject.h"
#include "core/face/face_choice.h"
#include "core/face/quality.h"
#include "core/image/resample.h"
#include "core/image/whole_image.h"
#include "native/images/image_file.h"
#include "native/system/content_hash.h"

namespace visavis {
namespace {

/// To be raised with every change of this file that changes what comes out.
constexpr std::uint64_t kPreparationVersion = 2;

/// Side of the template that kFaceCropSide is measured in.
constexpr int kTemplateSide = 112;

/// Room for the second look round a photo, on each side, in its longer sides.
constexpr double kMargin = 0.4;
/// The second look is for faces that fill their photo: it needs no more pixels of the longer side.
constexpr double kSecondLookSide = 640;

int square_side(double scale) { return static_cast<int>(std::lround(kFaceCropSide * scale)); }

/// The photo, shrunk where it is large, with black all round it.
struct RoomyPhoto {
  Image image;
  SimilarityTransform to_photo;
};

RoomyPhoto with_room(const Image& photo) {
  const int longer = std::max(photo.width, photo.height);
  const double scale = std::min(1.0, kSecondLookSide / longer);
  // Whole pixels: at scale 1 every pixel stays as it is.
  const double margin = std::round(kMargin * longer * scale);
  const auto side = [&](int length) { return static_cast<int>(length * scale + 2 * margin); };
  const SimilarityTransform to_roomy{scale, 0, margin, margin};
  return {rounded(resample(photo, to_roomy, side(photo.width), side(photo.height), Border::kBlack)),
          to_roomy.inverse()};
}

Face moved(Face face, const SimilarityTransform& upright) {
  const Point corner = upright.apply({face.box.left, face.box.top});
  const auto scale = static_cast<float>(upright.scale());
  face.box = {corner.x, corner.y, face.box.width * scale, face.box.height * scale};
  for (Point& point : face.keypoints) point = upright.apply(point);
  return face;
}

/// Width of the square that the embedder's template is laid out on.
int input_side(const Model& embedder) {
  return embedder.network.input.size() == 3 ? static_cast<int>(embedder.network.input[1]) : 0;
}

void add_model(FieldHasher& hasher, const Model& model) {
  for (const auto& [name, values] : model.parameters) {
    hasher.add(name);
    hasher.add(std::span<const float>(values.data(), values.size()));
  }
  hasher.add(std::span<const float>(model.preprocessing.mean));
  hasher.add(std::span<const float>(model.preprocessing.scale));
  hasher.add(static_cast<double>(model.detector.score_threshold));
}

}  // namespace

SimilarityTransform template_to_square(double scale) {
  const double shift = square_side(scale) / 2.0 - kTemplateSide / 2.0 * scale;
  return {scale, 0, shift, shift};
}

void check_preparation(const FaceModels* models, const PreparationOptions& options) {
  const auto fail = [](const std::string& message) {
    throw Error(ErrorCode::kInvalidArgument, "preparing photos: " + message);
  };
  if (!options.aligns_faces) {
    if (options.side >= 8 && options.side <= 1152) return;
    fail("a side of " + std::to_string(options.side) + " pixels is not in 8..1152");
  }
  if (models == nullptr) fail("faces are to be aligned, and no face models are given");
  if (options.scale >= 0.25 && options.scale <= 8) return;
  fail("a scale of " + std::to_string(options.scale) + " is not in 0.25..8");
}

std::uint64_t preparation_key(const FaceModels* models, const PreparationOptions& options) {
  check_preparation(models, options);
  FieldHasher hasher;
  hasher.add(kPreparationVersion);
  hasher.add(static_cast<std::uint64_t>(options.aligns_faces));
  if (!options.aligns_faces) {
    hasher.add(static_cast<std::uint64_t>(options.side));
    return hasher.value();
  }
  hasher.add(options.scale);
  add_model(hasher, models->near_detector);
  add_model(hasher, models->far_detector);
  add_model(hasher, models->landmarks);
  add_model(hasher, models->confirmation);
  hasher.add(static_cast<std::uint64_t>(input_side(models->embedder)));
  for (const Point& point : models->embedder.alignment.points) {
    hasher.add(static_cast<double>(point.x));
    hasher.add(static_cast<double>(point.y));
  }
  return hasher.value();
}

bool is_the_photos_fault(ErrorCode code) {
  return code == ErrorCode::kNoFace || code == ErrorCode::kFaceTooSmall ||
         code == ErrorCode::kImageTooSmall || code == ErrorCode::kUnreadableImage ||
         code == ErrorCode::kImageTooLarge;
}

PhotoPreparer::PhotoPreparer(const FaceModels* models, const PreparationOptions& options)
    : options_(options) {
  check_preparation(models, options);
  if (!options.aligns_faces) return;
  detector_.emplace(models->near_detector, models->far_detector, models->confirmation, 1);
  aligner_.emplace(models->landmarks, models->embedder, 1);
  crop_to_template_ = {1.0 * kTemplateSide / input_side(models->embedder), 0, 0, 0};
}

PreparedImage PhotoPreparer::prepare(std::span<const std::uint8_t> encoded,
                                     const std::string& source) {
  const Image photo = decode_image(encoded, source);
  if (options_.aligns_faces) return with_subject(source, [&] { return prepare_face(photo); });
  return {whole_image(photo, options_.side), std::nullopt};
}

/// The first face. Training photos are often cut close to the face, closer than the detector was
/// made for: where it finds nothing, it gets a second look at the photo with room round it.
Face PhotoPreparer::find_face(const Image& photo) {
  if (const auto faces = detector_->detect(photo); !faces.empty()) return faces.front();
  const RoomyPhoto roomy = with_room(photo);
  const auto faces = detector_->detect(roomy.image);
  return moved(choose_face(faces, photo), roomy.to_photo);
}

PreparedImage PhotoPreparer::prepare_face(const Image& photo) {
  const AlignedFace aligned = aligner_->align(photo, find_face(photo));
  require_enough_pixels(distance_between(aligned.points[kLeftPupil], aligned.points[kRightPupil]));
  const SimilarityTransform to_square = compose(template_to_square(options_.scale),
                                                compose(crop_to_template_, aligned.photo_to_crop));
  const int side = square_side(options_.scale);
  PreparedImage prepared{rounded(resample(photo, to_square, side, side, Border::kBlack)),
                         AlignmentPoints{}};
  for (std::size_t i = 0; i < kAlignmentPoints; ++i) {
    (*prepared.points)[i] = to_square.apply(aligned.points[i]);
  }
  return prepared;
}

}  // namespace visavis
