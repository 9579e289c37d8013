#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "core/face/verifier.h"
#include "native/commands/commands.h"
#include "native/commands/evaluate_few_shot.h"
#include "native/commands/options/dry_run.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/output_check.h"
#include "native/commands/options/protocol_options.h"
#include "native/effects/photo_alteration.h"
#include "native/embedding/photo_embedder.h"
#include "native/evaluation/evaluation.h"
#include "native/evaluation/group_evaluation.h"
#include "native/evaluation/html_report.h"
#include "native/evaluation/robustness.h"
#include "native/system/counted.h"
#include "native/system/json_file.h"
#include "native/system/printable.h"
#include "native/terminal/standard_streams.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

constexpr std::size_t kMaxPhotosNamed = 10;

struct EvaluateOptions {
  ModelChoice models;
  ProtocolOptions protocol;
  GroupOptions groups;
  int threads = 0;
  bool json = false;
  std::filesystem::path report;
  std::string occlude;
  std::string degrade;
  bool robustness = false;
  bool all_impostors = false;
  bool is_dry_run = false;
  EvaluateFewShotOptions few_shot;
};

/// Drawn by the protocol's seed.
PhotoAlteration alteration_of(const EvaluateOptions& options) {
  PhotoAlteration alteration;
  if (!options.occlude.empty()) alteration.occlusion = parse_occlusion(options.occlude);
  if (!options.degrade.empty()) alteration.degradation = parse_degradation(options.degrade);
  alteration.seed = options.protocol.seed;
  return alteration;
}

void name_photos_without_face(const Protocol& protocol,
                              const std::vector<EmbeddedPhoto>& embedded) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < embedded.size(); ++i) {
    if (embedded[i].has_face() || ++count > kMaxPhotosNamed) continue;
    const PhotoRef& photo = protocol.photos[i];
    std::cerr << printable("no embedding: " + photo.dataset->images()[photo.image] + ": " +
                           embedded[i].reason)
              << '\n';
  }
  if (count > kMaxPhotosNamed) {
    std::cerr << "no embedding: " << count - kMaxPhotosNamed << " more (--report names them)\n";
  }
}

/// Lines as they come, or all rows as one JSON array in the end.
int run_robustness(const EvaluateOptions& options, const OpenedProtocol& opened,
                   const FaceModels& models) {
  std::optional<double> unaltered;
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  const auto measured = [&](const RobustnessRow& row) {
    if (options.json) {
      rows.push_back(to_json(row));
      return;
    }
    if (!unaltered) {
      unaltered = row.evaluation.accuracy;
      std::cout << robustness_head(row.evaluation);
    }
    std::cout << to_text(row, *unaltered);
    flush_stdout();  // Each row takes minutes: a full disk is told at once.
  };
  measure_robustness(models, opened.protocol, options.protocol.seed, options.threads,
                     terminal_progress(), measured);
  if (options.json) std::cout << json_text(rows) << '\n';
  return kExitDone;
}

int run_evaluate(const EvaluateOptions& options) {
  if (options.few_shot.is_asked_for()) {
    return run_evaluate_few_shot(options.few_shot, options.models, options.protocol.seed,
                                 options.threads, options.json, options.is_dry_run);
  }
  if (!options.report.empty()) {
    std::vector<std::string> inputs = inputs_of(options.protocol);
    inputs.push_back(options.groups.table);
    check_output_file("--report", options.report, OutputKind::kReport, inputs);
  }
  const auto start = std::chrono::steady_clock::now();
  const PhotoAlteration alteration = alteration_of(options);
  OpenedProtocol opened = open_protocol(options.protocol);
  std::optional<PersonTable> people;
  if (!options.groups.table.empty()) people = open_person_table(options.groups, opened);
  if (options.all_impostors) opened.protocol = with_all_impostors(std::move(opened.protocol));
  if (alteration.is_any()) opened.protocol = alter_second_photos(opened.protocol, alteration);
  const FaceModels models = load_face_models(options.models);
  if (options.is_dry_run) {
    const Verifier verifier(models);  // Refuses a model of another kind.
    return end_dry_run(fmt::format(
        "measure {} of {} ({}) by {}", counted(opened.protocol.pairs.size(), "pair", "pairs"),
        counted_photos(opened.protocol.photos.size()), opened.protocol.name, models.embedder.name));
  }
  if (options.robustness) return run_robustness(options, opened, models);
  const auto embedded = embed_photos(models, opened.protocol.photos, options.threads,
                                     terminal_progress(), &alteration);
  const auto pairs = measure_pairs(opened.protocol, embedded);
  Evaluation evaluation = evaluate_pairs(models.embedder.name, models.embedder.calibration,
                                         opened.protocol, embedded, pairs);
  if (people) {
    evaluation.groups = evaluate_groups(*people, opened.protocol, pairs, evaluation.at_threshold,
                                        models.embedder.calibration);
  }
  evaluation.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  name_photos_without_face(opened.protocol, embedded);
  if (!options.report.empty()) {
    write_html_report(options.report, evaluation, opened.protocol, embedded, pairs);
  }
  std::cout << (options.json ? json_text(to_json(evaluation)) + "\n" : to_text(evaluation));
  return kExitDone;
}

}  // namespace

void add_evaluate_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand(
      "evaluate",
      "Measure a model from file to verdict: accuracy, EER, FNMR at given FMRs; or from a few "
      "examples to the class");
  add_model_options(*command, options->models);
  add_protocol_options(*command, options->protocol);
  add_group_options(*command, options->groups);
  add_threads_option(*command, options->threads);
  add_dry_run_option(*command, options->is_dry_run);
  command->add_flag("--json", options->json, "Print one JSON object");
  command
      ->add_option("--report", options->report,
                   "Write an HTML page with DET curve, histograms and the worst pairs")
      ->check(CLI::Validator(
          [](std::string& file) {
            return std::string(file.empty() ? "no file name given to write to" : "");
          },
          "FILE"));
  command
      ->add_option("--occlude", options->occlude,
                   "Draw something over the face in every pair's second photo, by --seed")
      ->check(CLI::IsMember(occlusion_names()));
  command
      ->add_option("--degrade", options->degrade,
                   "Make every pair's second photo worse before faces are looked for, by --seed")
      ->check(CLI::IsMember(degradation_names()));
  CLI::Option* robustness =
      command->add_flag("--robustness", options->robustness,
                        "A table: as it is, and with each of --occlude and --degrade in turn");
  command->add_flag("--all-impostors", options->all_impostors,
                    "Impostor pairs: every two of the protocol's people, each by their first photo "
                    "in order of names, so that smaller FMRs can be told");
  for (const char* other : {"--occlude", "--degrade", "--groups", "--report"}) {
    robustness->excludes(command->get_option(other));
  }
  add_evaluate_few_shot_options(*command, options->few_shot);
  command->callback([options, &exit_code] { exit_code = run_evaluate(*options); });
}

}  // namespace visavis
