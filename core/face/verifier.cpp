#include "core/face/verifier.h"

#include <utility>

#include "core/base/error.h"
#include "core/base/number_range.h"
#include "core/face/face_choice.h"
#include "core/model/unit_embedding.h"

namespace visavis {

FaceFitness fitness_of(const FaceTemplate& made) {
  return {made.face.confidence, made.quality.issues};
}

Verifier::Verifier(const FaceModels& models, int threads)
    : detector_(models.near_detector, models.far_detector, models.confirmation, threads),
      aligner_(models.landmarks, models.embedder, threads),
      embedder_(models.embedder, threads),
      averages_mirror_(models.averages_mirror),
      calibration_(models.embedder.calibration) {}

std::vector<Face> Verifier::detect_faces(ImagePyramid& photo, SearchEffort effort) {
  return detector_.detect(photo, effort);
}

TrackedView Verifier::track(const Image& frame, const std::optional<Face>& previous) {
  return FaceTracker(detector_, aligner_).track(frame, previous);
}

FaceTemplate Verifier::make_template(ImagePyramid& photo, const Face& face) {
  AlignedFace aligned = aligner_.align(photo, face);
  Quality quality = assess_quality(aligned, photo.photo().width, photo.photo().height);
  require_enough_pixels(quality.eye_distance);
  Embedding embedding =
      averages_mirror_ ? embedder_.embed_with_mirror(aligned.crop) : embedder_.embed(aligned.crop);
  return {std::move(embedding), face, rounded(aligned.crop), std::move(quality)};
}

Enrolment Verifier::enrol(const Image& photo, std::size_t which) {
  ImagePyramid pyramid(photo);
  const std::vector<Face> faces = detect_faces(pyramid);
  return {make_template(pyramid, choose_face(faces, photo, which)), faces.size()};
}

Verdict Verifier::verify(const FaceTemplate& reference, const FaceTemplate& probe,
                         std::optional<double> threshold) const {
  require_unit_embedding(reference.embedding, embedder_.embedding_length(),
                         "the reference's embedding");
  require_unit_embedding(probe.embedding, embedder_.embedding_length(), "the probe's embedding");
  if (threshold) require_number("the threshold", *threshold, kDistanceRange);
  const bool is_calibrated = !calibration_.points.empty();
  if (!threshold && !is_calibrated) refuse("the embedder ships no threshold: give one");
  Verdict verdict;
  verdict.distance = distance(reference.embedding, probe.embedding);
  verdict.threshold = threshold.value_or(calibration_.threshold);
  verdict.is_match = verdict.distance < verdict.threshold;
  if (!is_calibrated) return verdict;
  const CalibrationPoint rates = rates_at(calibration_, verdict.distance);
  verdict.fmr_at_distance = rates.fmr;
  verdict.fnmr_at_distance = rates.fnmr;
  verdict.alike_fmr_at_distance = rates.alike_fmr;
  return verdict;
}

DecisionBounds Verifier::bounds(DecisionPolicy policy) const {
  DecisionBounds bounds = decision_bounds(calibration_, policy);
  if (!calibration_.decision) bounds.least_confidence = kDoubtfulConfidence;
  return bounds;
}

Decision Verifier::decide(double distance, const FaceFitness& reference, const FaceFitness& probe,
                          DecisionPolicy policy) const {
  return visavis::decide(distance, reference, probe, bounds(policy));
}

}  // namespace visavis
