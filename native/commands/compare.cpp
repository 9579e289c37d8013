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

namespace visavis {
namespace {

struct CompareOptions {
  ModelChoice models;
  ComparedFile reference{"--face-reference", {}, 0};
  ComparedFile probe{"--face-probe", {}, 0};
  std::optional<double> threshold;
  std::optional<double> fmr;
  std::string policy = code_of(kDefaultPolicy);
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

/// By the model's bounds, or at the threshold that was chosen.
void decide(const CompareOptions& options, const Verifier& verifier, Comparison& made) {
  if (options.threshold || options.fmr) {
    const double threshold = made.verdict.threshold;
    made.bounds = {threshold, threshold, threshold, kDoubtfulConfidence};
    made.decision = decide_at_threshold(made.verdict);
    return;
  }
  const DecisionPolicy policy = parse_decision_policy(options.policy);
  made.bounds = verifier.bounds(policy);
  made.decision = verifier.decide(made.verdict.distance, fitness_of(made.reference),
                                  fitness_of(made.probe), policy);
}

int exit_code_of(Outcome outcome) {
  if (outcome == Outcome::kReview) return kExitReview;
  return outcome == Outcome::kMatch ? kExitDone : kExitMismatch;
}

int run_compare(const CompareOptions& options) {
  check_crops(options.crops, options.reference.name, options.probe.name);
  // Files first: what is wrong with them is told without waiting for the models.
  const auto [reference, probe] = read_both(options.reference, options.probe);
  const FaceModels models = load_face_models(options.models);
  check_template(reference, options.reference, models, options.models);
  check_template(probe, options.probe, models, options.models);
  Verifier verifier(models);
  const std::optional<double> threshold = chosen_threshold(options, verifier.calibration());
  Comparison made{enrol_compared(verifier, reference, options.reference),
                  enrol_compared(verifier, probe, options.probe),
                  {},
                  {},
                  {}};
  made.verdict = verifier.verify(template_of(made.reference), template_of(made.probe), threshold);
  decide(options, verifier, made);
  if (!options.crops.empty()) save_crops(made, options.crops);
  (options.json ? print_comparison_json : print_comparison)(made, verifier.calibration());
  return exit_code_of(made.decision.outcome);
}

}  // namespace

void add_compare_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CompareOptions>();
  CLI::App* command = app.add_subcommand(
      "compare",
      "Say whether two photos match (exit code 0: they do, 1: they do not, 4: not clear)");
  command
      ->add_option("reference", options->reference.name,
                   "The passport photo, or its template (visavis enrol)")
      ->required();
  command->add_option("probe", options->probe.name, "The selfie, or its template")->required();
  auto* threshold = add_number_option(*command, "--threshold", options->threshold, kDistanceRange,
                                      "A match is a distance below this, and all else a mismatch "
                                      "(default: by the model's bounds, with --policy)");
  add_number_option(*command, "--fmr", options->fmr, kFmrRange,
                    "Take the threshold of this false match rate, such as 1e-4")
      ->excludes(threshold);
  command
      ->add_option("--policy", options->policy,
                   "careful, balanced (the default) or lenient: the more careful, the fewer false "
                   "matches, and the more pairs are left to you")
      ->check(CLI::IsMember({"careful", "balanced", "lenient"}))
      ->excludes("--threshold")
      ->excludes("--fmr");
  constexpr NumberRange kFaces{1, 1000};
  add_number_option(*command, options->reference.face_option, options->reference.face, kFaces,
                    "Which face of the passport photo, 1 being the largest sure one");
  add_number_option(*command, options->probe.face_option, options->probe.face, kFaces,
                    "Which face of the selfie");
  add_model_options(*command, options->models);
  command->add_flag("--json", options->json, "Print one JSON object");
  command->add_option("--save-crops", options->crops,
                      "Write what the network saw into this folder: reference.png and probe.png");
  command->callback([options, &exit_code] { exit_code = run_compare(*options); });
}

}  // namespace visavis
