#include "core/face/verifier.h"

#include <cmath>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/number_range.h"
#include "core/model/unit_embedding.h"

namespace visavis {
namespace {

void require_enough_pixels(const Quality& quality) {
  if (quality.eye_distance >= kMinEyeDistance) return;
  throw Error(ErrorCode::kFaceTooSmall,
              "face too small: " + std::to_string(std::lround(std::floor(quality.eye_distance))) +
                  " pixels between the eyes, at least " +
                  std::to_string(std::lround(std::ceil(kMinEyeDistance))) +
                  " are needed; use a larger photo or move closer");
}

}  // namespace

Verifier::Verifier(const FaceModels& models, int threads)
    : detector_(models.near_detector, models.far_detector, models.confirmation, threads),
      aligner_(models.landmarks, models.embedder, threads),
      embedder_(models.embedder, threads),
      averages_mirror_(models.averages_mirror),
      calibration_(models.embedder.calibration) {}

std::vector<Face> Verifier::detect_faces(const Image& photo) { return detector_.detect(photo); }

FaceTemplate Verifier::make_template(const Image& photo, const Face& face) {
  AlignedFace aligned = aligner_.align(photo, face);
  Quality quality = assess_quality(aligned, photo.width, photo.height);
  require_enough_pixels(quality);
  Embedding embedding =
      averages_mirror_ ? embedder_.embed_with_mirror(aligned.crop) : embedder_.embed(aligned.crop);
  return {std::move(embedding), face, rounded(aligned.crop), std::move(quality)};
}

FaceTemplate Verifier::make_template(const Image& photo) {
  const std::vector<Face> faces = detect_faces(photo);
  if (faces.empty()) {
    throw Error(ErrorCode::kNoFace,
                "no face found in the photo of " + std::to_string(photo.width) + "x" +
                    std::to_string(photo.height) +
                    " pixels: use one that shows the whole face from the front");
  }
  return make_template(photo, faces.front());
}

Verdict Verifier::verify(const FaceTemplate& reference, const FaceTemplate& probe,
                         std::optional<double> threshold) const {
  require_unit_embedding(reference.embedding, embedder_.embedding_length(),
                         "the reference's embedding");
  require_unit_embedding(probe.embedding, embedder_.embedding_length(), "the probe's embedding");
  if (threshold) require_number("the threshold", *threshold, kDistanceRange);
  Verdict verdict;
  verdict.distance = distance(reference.embedding, probe.embedding);
  verdict.threshold = threshold.value_or(calibration_.threshold);
  verdict.is_match = verdict.distance < verdict.threshold;
  const CalibrationPoint rates = rates_at(calibration_, verdict.distance);
  verdict.fmr_at_distance = rates.fmr;
  verdict.fnmr_at_distance = rates.fnmr;
  return verdict;
}

}  // namespace visavis
