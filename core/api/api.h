#pragma once

#include <cstddef>
#include <cstdint>

/// The core as C functions: for WebAssembly, or a shared library. Handles name objects. They are
/// positive numbers and never used twice, so that a stale handle is an error rather than a wild
/// pointer. Functions throw nothing: each first clears the last error, and sets it and returns 0
/// when it fails. Pointers returned stay valid until their object is destroyed; strings are UTF-8
/// and end in 0.
extern "C" {

using VisavisHandle = std::int32_t;

/// Numbers per face in arrays: box (left, top, width, height), confidence, six keypoints (x, y) in
/// the order of core/face/face.h; in pixels of the upright photo.
inline constexpr int kVisavisFaceValues = 17;
/// Numbers per calibration point: distance, FMR (value, low, high), FNMR (value, low, high), FMR of
/// alike strangers (value, low, high; NaN where the calibration has none).
inline constexpr int kVisavisRateValues = 10;
inline constexpr int kVisavisQualityValues = 6;
inline constexpr int kVisavisBoundsValues = 4;
/// Of a tracked face: kVisavisQualityValues, then those of core/face/capture_quality.h: pitch, roll,
/// eyes open, mouth open, inter-eye distance, head size, margins (left, right, above, below),
/// luminance (mean, variance), dynamic range, over-exposed, under-exposed, glare, illumination
/// uniformity, light balance, natural colour.
inline constexpr int kVisavisTrackQualityValues = 25;
/// Numbers of a tracked face's landmarks: x, y of 68 points in the order of
/// core/face/face_landmarks.h.
inline constexpr int kVisavisLandmarkValues = 136;
/// Numbers per class of a ranking: its index, probability, distance.
inline constexpr int kVisavisRankingValues = 3;

/// ErrorCode (core/base/error.h) of the last call; 0 when it succeeded.
std::int32_t visavis_error_code();
const char* visavis_error_message();
/// Objects not yet destroyed, of every kind.
std::int32_t visavis_live_handles();
void visavis_destroy(VisavisHandle handle);

/// An empty set of models, filled by visavis_models_load.
VisavisHandle visavis_models_create();
/// `role`: 0 near detector, 1 far detector, 2 landmarks, 3 embedder, 4 confirmation. `source` names
/// the file in messages.
void visavis_models_load(VisavisHandle models, std::int32_t role, const std::uint8_t* bytes,
                         std::size_t size, const char* source);

/// Needs the models of all roles, which may be destroyed afterwards.
VisavisHandle visavis_verifier_create(VisavisHandle models);
const char* visavis_verifier_embedder_name(VisavisHandle verifier);
/// model_fingerprint (core/model/fingerprint.h) of the embedder: what templates are kept with.
const char* visavis_verifier_model(VisavisHandle verifier);

/// A black photo. visavis_image_write fills it strip by strip, so that memory never holds a large
/// photo as RGBA and RGB at once.
VisavisHandle visavis_image_create(std::int32_t width, std::int32_t height);
/// `rgba`: rows x width x 4 bytes, not premultiplied.
void visavis_image_write(VisavisHandle image, std::int32_t first_row, std::int32_t rows,
                         const std::uint8_t* rgba);
/// Opaque rows as a decoder stores them, to be turned upright: the image has the upright size.
/// `orientation`: EXIF's, 1 to 8. `pixels`: whole stored rows, 4 bytes a pixel, of which the fourth
/// means nothing; red first, or blue where `is_blue_first` is not 0.
void visavis_image_write_stored(VisavisHandle image, std::int32_t orientation,
                                std::int32_t is_blue_first, std::int32_t first_row,
                                std::int32_t rows, const std::uint8_t* pixels);

/// A new image: the picture of a drawn character in the form of find_ink (core/drawing/find_ink.h).
VisavisHandle visavis_ink_find(VisavisHandle picture);

/// Faces of a photo: sure ones first, the largest first, then doubtful ones likewise. Where
/// `is_quick` is not 0: by SearchEffort::kQuick (core/face/face_detector.h).
VisavisHandle visavis_faces_detect(VisavisHandle verifier, VisavisHandle image,
                                   std::int32_t is_quick);
std::int32_t visavis_faces_count(VisavisHandle faces);
/// count x kVisavisFaceValues.
const float* visavis_faces_values(VisavisHandle faces);

/// What a frame of a live view shows (core/face/face_tracker.h): faces as of visavis_faces_detect,
/// the one tracked first, then others; none where nobody is tracked. `previous`:
/// kVisavisFaceValues of the face tracked in the last frame, or null.
VisavisHandle visavis_track(VisavisHandle verifier, VisavisHandle frame, const float* previous);
/// kVisavisLandmarkValues; of a face only.
const float* visavis_track_landmarks(VisavisHandle track);
/// kVisavisTrackQualityValues; zeros where no face is tracked.
const double* visavis_track_quality(VisavisHandle track);

/// Template of one face, given as kVisavisFaceValues numbers.
VisavisHandle visavis_template_create(VisavisHandle verifier, VisavisHandle image,
                                      const float* face);
const float* visavis_template_embedding(VisavisHandle face_template);
std::int32_t visavis_template_embedding_length(VisavisHandle face_template);
/// The aligned crop, 8-bit RGB.
const std::uint8_t* visavis_template_crop(VisavisHandle face_template);
std::int32_t visavis_template_crop_width(VisavisHandle face_template);
std::int32_t visavis_template_crop_height(VisavisHandle face_template);

/// kVisavisQualityValues: eye distance, sharpness, brightness, contrast, yaw, visible share, as
/// core/face/quality.h states them.
const double* visavis_template_quality(VisavisHandle face_template);
std::int32_t visavis_template_issue_count(VisavisHandle face_template);
/// Stable name of issue 0 .. count - 1: "blurred".
const char* visavis_template_issue_code(VisavisHandle face_template, std::int32_t index);
/// One sentence for the person in the photo.
const char* visavis_template_issue_message(VisavisHandle face_template, std::int32_t index);

/// Compares two embeddings of `length` numbers at `threshold`, or at the one shipped when it is
/// NaN. Writes `verdict`: threshold, is_match (0 or 1), then kVisavisRateValues at the distance.
void visavis_verify(VisavisHandle verifier, const float* reference, const float* probe,
                    std::int32_t length, double threshold, double* verdict);

/// What to do about a pair: an Outcome (core/face/decision.h) by a DecisionPolicy
/// (core/rates/decision_bounds.h). `distance`, 0..2, is between the two embeddings. Of each photo the
/// face's confidence, 0..1, and a bit per QualityIssue that it has.
std::int32_t visavis_decide(VisavisHandle verifier, double distance, std::int32_t policy,
                            double reference_confidence, std::uint32_t reference_issues,
                            double probe_confidence, std::uint32_t probe_issues);
/// Writes the kVisavisBoundsValues of a policy: match, match_if_good, mismatch, least_confidence.
void visavis_decision_bounds(VisavisHandle verifier, std::int32_t policy, double* bounds);
/// The codes of the last decision's reasons, a blank between two; valid until the next one.
const char* visavis_decision_reasons(VisavisHandle verifier);

/// Threshold, number of genuine and of impostor pairs, then kVisavisRateValues for each point.
const double* visavis_calibration_values(VisavisHandle verifier);
std::int32_t visavis_calibration_length(VisavisHandle verifier);
const char* visavis_calibration_source(VisavisHandle verifier);
/// Writes kVisavisRateValues.
void visavis_calibration_rates(VisavisHandle verifier, double distance, double* rates);
double visavis_calibration_threshold(VisavisHandle verifier, double fmr);
/// default_rejection_distance (core/fewshot/rejection.h) of faces; 0 for none.
double visavis_calibration_rejection_distance(VisavisHandle verifier);
/// Named FMRs (core/rates/operating_points.h), from lax to strict.
std::int32_t visavis_operating_point_count();
/// "standard"
const char* visavis_operating_point_name(std::int32_t index);
/// Writes the FMR that index 0 .. count - 1 stands for, whether the calibration holds enough pairs
/// to tell it (0 or 1), then kVisavisRateValues at its threshold (zeros where it does not).
void visavis_operating_point(VisavisHandle verifier, std::int32_t index, double* values);
/// "about 1 in 4,000"; valid until the next call for this verifier.
const char* visavis_calibration_odds(VisavisHandle verifier, double fmr);
/// The same of an FMR among alike strangers; refused where the calibration has none.
const char* visavis_calibration_alike_odds(VisavisHandle verifier, double fmr);
/// What alike strangers share: "origin and gender"; "" where the calibration has none.
const char* visavis_calibration_grouped_by(VisavisHandle verifier);
/// The group of them with the most false matches; "" likewise.
const char* visavis_calibration_worst_group(VisavisHandle verifier);

/// An embedder of whole images, characters say: a model that asks for no aligned face and sees a
/// square. `source` names the file in messages. Refuses a model with a few-shot head: a support set
/// compares embeddings alone.
VisavisHandle visavis_embedder_create(const std::uint8_t* bytes, std::size_t size,
                                      const char* source);
const char* visavis_embedder_name(VisavisHandle embedder);
/// model_fingerprint: what a support set is kept with.
const char* visavis_embedder_model(VisavisHandle embedder);
/// Pixels of that square.
std::int32_t visavis_embedder_side(VisavisHandle embedder);
std::int32_t visavis_embedder_embedding_length(VisavisHandle embedder);
/// The largest distance of a pair whose measured FMR is at most `fmr`; 0 for a model that is not
/// calibrated.
double visavis_embedder_threshold(VisavisHandle embedder, double fmr);
/// default_rejection_distance (core/fewshot/rejection.h) of whole images; 0 for none.
double visavis_embedder_rejection_distance(VisavisHandle embedder);
/// Writes the embedding and `crop`, the square as the network saw it: 8-bit RGB.
void visavis_embedder_embed(VisavisHandle embedder, VisavisHandle image, float* embedding,
                            std::uint8_t* crop);

/// A support set without classes (core/fewshot/few_shot.h). Strings are class names.
VisavisHandle visavis_support_create(std::int32_t embedding_length);
/// Adds an example, and its class where there is none of that name.
void visavis_support_add(VisavisHandle support, const char* name, const float* embedding,
                         std::int32_t length);
/// Example 0 is the class's first. Fails for a class's only example: remove the class.
void visavis_support_remove_example(VisavisHandle support, const char* name, std::int32_t example);
void visavis_support_remove_class(VisavisHandle support, const char* name);
std::int32_t visavis_support_class_count(VisavisHandle support);
/// Of class 0 .. count - 1, in the order of adding; valid until the set changes.
const char* visavis_support_class_name(VisavisHandle support, std::int32_t index);
std::int32_t visavis_support_class_shots(VisavisHandle support, std::int32_t index);
/// All examples, row by row, those of a class together; valid until the set changes.
const float* visavis_support_rows(VisavisHandle support);
/// `method`: 0 prototypes, 1 matching, 2 nearest; `similarity`: 0 Euclidean, 1 cosine;
/// `rejection_distance`: NaN for none. Writes `ranking`, kVisavisRankingValues for each class, the
/// most probable first. Returns 1 where the query is of none of them, else 0.
std::int32_t visavis_support_classify(VisavisHandle support, const float* query,
                                      std::int32_t length, std::int32_t method,
                                      std::int32_t similarity, double scale,
                                      double rejection_distance, double* ranking);
/// Makes the bytes of a support set file (core/fewshot/support_file.h) whose embeddings are of
/// `model`. Returns how many there are.
std::size_t visavis_support_pack(VisavisHandle support, const char* model);
/// Those bytes; valid until the next visavis_support_pack of this set.
const std::uint8_t* visavis_support_packed(VisavisHandle support);
/// The support set of such bytes. `source` names them in messages. Refuses those of another model
/// than `model`.
VisavisHandle visavis_support_unpack(const std::uint8_t* bytes, std::size_t size, const char* model,
                                     const char* source);

}  // extern "C"
