#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>

#include "core/base/error.h"
#include "core/face/verifier.h"
#include "native/commands/commands.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/number_option.h"
#include "native/commands/options/output_check.h"
#include "native/images/image_file.h"
#include "native/preparation/search_progress.h"
#include "native/system/json_file.h"
#include "native/system/printable.h"
#include "native/system/thread_pool.h"
#include "native/terminal/activity.h"

namespace visavis {
namespace {

/// What --save-crops writes.
constexpr const char* kReferenceCrop = "reference.png";
constexpr const char* kProbeCrop = "probe.png";

struct CompareOptions {
  ModelChoice models;
  std::string reference;
  std::string probe;
  std::optional<double> threshold;
  std::optional<double> fmr;
  int face_reference = 0;  ///< From 1; 0: the largest.
  int face_probe = 0;
  bool json = false;
  std::filesystem::path crops;
};

/// Of 1,497 portraits of FairFace 97 in 100 are above; drawn faces and animals are mostly below.
constexpr float kDoubtfulConfidence = 0.7F;

struct EnrolledPhoto {
  std::string file;
  std::size_t faces = 0;
  FaceTemplate face_template;
};

const Face& choose_face(const std::vector<Face>& faces, int wanted, const std::string& file,
                        const char* option) {
  const auto count = static_cast<int>(faces.size());
  if (wanted > count) {
    throw Error(ErrorCode::kInvalidArgument,
                fmt::format("{}: {} {} was asked for, but {} found", file, option, wanted,
                            count == 1 ? "one face was" : fmt::format("{} faces were", count)));
  }
  if (wanted == 0 && count > 1) {
    std::cerr << fmt::format(
        "{}: {} faces found, the largest sure one was taken; {} 2 takes the next\n",
        printable(file), count, option);
  }
  return faces[static_cast<std::size_t>(std::max(1, wanted) - 1)];
}

/// Both at a time where there are two processors.
std::array<Image, 2> read_photos(const CompareOptions& options) {
  const Activity activity("reading the photos");
  const std::array<const std::string*, 2> files{&options.reference, &options.probe};
  std::array<Image, 2> photos;
  ThreadPool(2).parallel_for(2, [&](int, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) photos[i] = read_image(*files[i]);
  });
  return photos;
}

std::vector<Face> find_faces(Verifier& verifier, const Image& photo) {
  Activity activity("looking for faces");
  on_search_progress(verifier, [&](double share) { activity.set_share(0, share); });
  std::vector<Face> faces = verifier.detect_faces(photo);
  on_search_progress(verifier, {});
  return faces;
}

EnrolledPhoto enrol(Verifier& verifier, const Image& photo, const std::string& file, int wanted,
                    const char* option) try {
  const std::vector<Face> faces = find_faces(verifier, photo);
  if (faces.empty()) {
    throw Error(ErrorCode::kNoFace,
                fmt::format("no face found in {}x{} pixels: use a photo that shows the whole face "
                            "from the front",
                            photo.width, photo.height));
  }
  const Face& face = choose_face(faces, wanted, file, option);
  return {file, faces.size(), verifier.make_template(photo, face)};
} catch (const Error& error) {
  const std::string what = error.what();
  if (what.compare(0, file.size(), file) == 0) throw;
  throw Error(error.code(), file + ": " + what);
}

std::optional<double> chosen_threshold(const CompareOptions& options,
                                       const CalibrationTable& calibration) {
  if (options.fmr) return threshold_at_fmr(calibration, *options.fmr);
  if (!options.threshold && calibration.points.empty()) {
    throw Error(ErrorCode::kInvalidArgument,
                "the embedder ships no threshold: give one (--threshold 1.1), or run `visavis "
                "calibrate` and put its table into the model");
  }
  return options.threshold;
}

/// Without a calibration table the error rates are unknown: 0..1.
Verdict decide(const Verifier& verifier, const EnrolledPhoto& reference, const EnrolledPhoto& probe,
               std::optional<double> threshold) {
  if (!verifier.calibration().points.empty()) {
    return verifier.verify(reference.face_template, probe.face_template, threshold);
  }
  const double between = distance(reference.face_template.embedding, probe.face_template.embedding);
  return {between, *threshold, {0, 0, 1}, {0, 0, 1}, between < *threshold};
}

nlohmann::ordered_json to_json(const EnrolledPhoto& photo) {
  const Face& face = photo.face_template.face;
  const Quality& quality = photo.face_template.quality;
  nlohmann::ordered_json issues = nlohmann::ordered_json::array();
  for (const QualityIssue issue : quality.issues) issues.push_back(code_of(issue));
  return {{"file", photo.file},
          {"faces", photo.faces},
          {"box", {face.box.left, face.box.top, face.box.width, face.box.height}},
          {"confidence", face.confidence},
          {"eye_distance", quality.eye_distance},
          {"issues", issues}};
}

void print_json(const Verdict& verdict, const CalibrationTable& calibration,
                const EnrolledPhoto& reference, const EnrolledPhoto& probe) {
  nlohmann::ordered_json json{{"is_match", verdict.is_match},
                              {"distance", verdict.distance},
                              {"threshold", verdict.threshold}};
  if (!calibration.points.empty()) {
    const Rate& fmr = verdict.fmr_at_distance;
    const Rate& fnmr = verdict.fnmr_at_distance;
    json["fmr_at_distance"] = fmr.value;
    json["fmr_at_distance_ci95"] = {fmr.low, fmr.high};
    json["fmr_in_words"] = odds_in_words(calibration, fmr.value);
    json["fnmr_at_distance"] = fnmr.value;
    json["fnmr_at_distance_ci95"] = {fnmr.low, fnmr.high};
  }
  json["reference"] = to_json(reference);
  json["probe"] = to_json(probe);
  std::cout << json_text(json) << '\n';
}

void print_text(const Verdict& verdict, const CalibrationTable& calibration,
                const EnrolledPhoto& reference, const EnrolledPhoto& probe) {
  std::cout << fmt::format("{}: distance {:.4f}, {} the threshold {:.4f}\n",
                           verdict.is_match ? "The same person" : "Different people",
                           verdict.distance, verdict.is_match ? "below" : "not below",
                           verdict.threshold);
  if (!calibration.points.empty()) {
    const std::string odds = odds_in_words(calibration, verdict.fmr_at_distance.value);
    std::cout << static_cast<char>(std::toupper(static_cast<unsigned char>(odds[0])))
              << odds.substr(1) << " pairs of different people look this alike\n";
  }
  for (const EnrolledPhoto* photo : {&reference, &probe}) {
    const float confidence = photo->face_template.face.confidence;
    if (confidence < kDoubtfulConfidence) {
      std::cout << fmt::format(
          "{}: it is not certain that a face was found (confidence {:.2f}): use a clearer photo\n",
          printable(photo->file), confidence);
    }
    for (const QualityIssue issue : photo->face_template.quality.issues) {
      std::cout << printable(photo->file) << ": " << message_of(issue) << '\n';
    }
  }
}

void save_crops(const std::filesystem::path& folder, const EnrolledPhoto& reference,
                const EnrolledPhoto& probe) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) {
    throw Error(ErrorCode::kIo, folder.string() + ": cannot be made: " + failed.message());
  }
  write_png(reference.face_template.crop, folder / kReferenceCrop);
  write_png(probe.face_template.crop, folder / kProbeCrop);
}

void check_crops(const CompareOptions& options) {
  if (options.crops.empty()) return;
  check_output_folder("--save-crops", options.crops);
  std::error_code failed;
  if (!std::filesystem::is_directory(options.crops, failed)) return;
  for (const char* name : {kReferenceCrop, kProbeCrop}) {
    check_output_file("--save-crops", options.crops / name, OutputKind::kPng,
                      {options.reference, options.probe});
  }
}

int run_compare(const CompareOptions& options) {
  check_crops(options);
  // Photos first: what is wrong with them is told without waiting for the models.
  const auto [reference_photo, probe_photo] = read_photos(options);
  Verifier verifier(load_face_models(options.models));
  const std::optional<double> threshold = chosen_threshold(options, verifier.calibration());
  const EnrolledPhoto reference = enrol(verifier, reference_photo, options.reference,
                                        options.face_reference, "--face-reference");
  const EnrolledPhoto probe =
      enrol(verifier, probe_photo, options.probe, options.face_probe, "--face-probe");
  const Verdict verdict = decide(verifier, reference, probe, threshold);
  if (!options.crops.empty()) save_crops(options.crops, reference, probe);
  if (options.json) {
    print_json(verdict, verifier.calibration(), reference, probe);
  } else {
    print_text(verdict, verifier.calibration(), reference, probe);
  }
  return verdict.is_match ? kExitDone : kExitDifferent;
}

}  // namespace

void add_compare_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand(
      "compare", "Say whether two photos show one person (exit code 0: the same, 1: different)");
  command->add_option("reference", options->reference, "The passport photo")->required();
  command->add_option("probe", options->probe, "The selfie")->required();
  auto* threshold = add_number_option(*command, "--threshold", options->threshold, kDistanceRange,
                                      "A match is a distance below this (default: the model's)");
  add_number_option(*command, "--fmr", options->fmr, kFmrRange,
                    "Take the threshold of this false match rate, such as 1e-4")
      ->excludes(threshold);
  constexpr NumberRange kFaces{1, 1000};
  add_number_option(*command, "--face-reference", options->face_reference, kFaces,
                    "Which face of the passport photo, 1 being the largest");
  add_number_option(*command, "--face-probe", options->face_probe, kFaces,
                    "Which face of the selfie");
  add_model_options(*command, options->models);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--save-crops", options->crops,
                      "Write what the network saw into this folder: reference.png and probe.png");
  command->callback([options, &exit_code] { exit_code = run_compare(*options); });
}

}  // namespace visavis
