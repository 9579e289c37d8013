#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "native/commands/commands.h"
#include "native/commands/comparison.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/number_option.h"
#include "native/models/model_files.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

struct CompareOptions {
  ModelChoice models;
  std::string reference;
  std::string probe;
  std::optional<double> threshold;
  std::optional<double> fmr;
  std::size_t face_reference = 0;  ///< From 1; 0: the first, and others are told of.
  std::size_t face_probe = 0;
  bool json = false;
  std::filesystem::path crops;
};

std::optional<double> chosen_threshold(const CompareOptions& options,
                                       const CalibrationTable& calibration) {
  if (options.fmr) return threshold_at_fmr(calibration, *options.fmr);
  if (!options.threshold && calibration.points.empty()) {
    refuse(
        "the embedder ships no threshold: give one (--threshold 1.1), or run `visavis "
        "calibrate` and put its table into the model");
  }
  return options.threshold;
}

constexpr const char* kFaceReference = "--face-reference";
constexpr const char* kFaceProbe = "--face-probe";

/// What the options say of one side.
struct Side {
  std::string file;
  std::size_t face = 0;
  const char* option = "";
};

/// A template must be of the embedder that it is compared by.
void check_template(const CompareOptions& options, const FaceModels& models,
                    const PhotoOrTemplate& read, const Side& side) {
  const auto* stored = std::get_if<StoredTemplate>(&read);
  if (stored == nullptr) return;
  if (side.face > 0) {
    refuse(printable(side.file) + " is a template, of one face: leave " + side.option + " out");
  }
  const std::string embedder =
      embedder_fingerprint(models.embedder.name, read_model_bytes(embedder_path(options.models)),
                           options.models.averages_mirror);
  if (stored->model == embedder) return;
  throw Error(ErrorCode::kModelMismatch,
              printable(side.file) + ": made by " + printable(stored->model) +
                  ", and this embedder is " + printable(embedder) +
                  ": enrol the photo again, or name its embedder by --model");
}

Compared compared(Verifier& verifier, const PhotoOrTemplate& read, const Side& side) {
  if (const auto* stored = std::get_if<StoredTemplate>(&read)) {
    return ComparedTemplate{side.file, *stored};
  }
  return enrol_photo(verifier, std::get<Image>(read), side.file, side.face, side.option);
}

int run_compare(const CompareOptions& options) {
  check_crops(options.crops, options.reference, options.probe);
  // Photos first: what is wrong with them is told without waiting for the models.
  const auto [reference, probe] = read_both(options.reference, options.probe);
  const FaceModels models = load_face_models(options.models);
  check_template(options, models, reference,
                 {options.reference, options.face_reference, kFaceReference});
  check_template(options, models, probe, {options.probe, options.face_probe, kFaceProbe});
  Verifier verifier(models);
  const std::optional<double> threshold = chosen_threshold(options, verifier.calibration());
  Comparison made{
      compared(verifier, reference, {options.reference, options.face_reference, kFaceReference}),
      compared(verifier, probe, {options.probe, options.face_probe, kFaceProbe}),
      {}};
  made.verdict = verify(verifier, made.reference, made.probe, threshold);
  if (!options.crops.empty()) save_crops(made, options.crops);
  (options.json ? print_comparison_json : print_comparison)(made, verifier.calibration());
  return made.verdict.is_match ? kExitDone : kExitDifferent;
}

}  // namespace

void add_compare_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand(
      "compare", "Say whether two photos show one person (exit code 0: the same, 1: different)");
  command
      ->add_option("reference", options->reference,
                   "The passport photo, or its template (visavis enrol)")
      ->required();
  command->add_option("probe", options->probe, "The selfie, or its template")->required();
  auto* threshold = add_number_option(*command, "--threshold", options->threshold, kDistanceRange,
                                      "A match is a distance below this (default: the model's)");
  add_number_option(*command, "--fmr", options->fmr, kFmrRange,
                    "Take the threshold of this false match rate, such as 1e-4")
      ->excludes(threshold);
  constexpr NumberRange kFaces{1, 1000};
  add_number_option(*command, "--face-reference", options->face_reference, kFaces,
                    "Which face of the passport photo, 1 being the largest sure one");
  add_number_option(*command, "--face-probe", options->face_probe, kFaces,
                    "Which face of the selfie");
  add_model_options(*command, options->models);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--save-crops", options->crops,
                      "Write what the network saw into this folder: reference.png and probe.png");
  command->callback([options, &exit_code] { exit_code = run_compare(*options); });
}

}  // namespace visavis
