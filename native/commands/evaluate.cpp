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
#include <vector>

#include "core/base/error.h"
#include "core/face/verifier.h"
#include "native/commands/commands.h"
#include "native/commands/evaluate_few_shot.h"
#include "native/commands/evaluate_settings.h"
#include "native/commands/evaluated_models.h"
#include "native/commands/options/dry_run.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/number_option.h"
#include "native/commands/options/output_check.h"
#include "native/commands/options/protocol_options.h"
#include "native/effects/photo_alteration.h"
#include "native/embedding/photo_embedder.h"
#include "native/evaluation/evaluation.h"
#include "native/evaluation/evaluation_report.h"
#include "native/evaluation/model_comparison.h"
#include "native/evaluation/robustness.h"
#include "native/evaluation/stranger_evaluation.h"
#include "native/evaluation/worst_pairs.h"
#include "native/system/counted.h"
#include "native/system/json_file.h"
#include "native/system/printable.h"
#include "native/terminal/standard_streams.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

constexpr std::size_t kMaxPhotosNamed = 10;

struct EvaluateOptions {
  ModelChoice models;  ///< But for the embedder.
  std::vector<std::string> embedders;
  ProtocolOptions protocol;
  GroupOptions groups;  ///< Of the strangers where there are some, else of the protocol's people.
  std::string strangers;
  double same_person_below = 0.7;
  int threads = 0;
  bool json = false;
  std::filesystem::path report;
  std::filesystem::path figures;
  bool without_photos = false;
  std::string occlude;
  std::string degrade;
  bool robustness = false;
  bool all_impostors = false;
  bool is_dry_run = false;
  EvaluateFewShotOptions few_shot;

  [[nodiscard]] bool writes_report() const { return !report.empty() || !figures.empty(); }
  /// Whether the figures are printed side by side, though of one model, perhaps.
  [[nodiscard]] bool is_comparison() const {
    return embedders.size() > 1 || !strangers.empty() ||
           (robustness && (writes_report() || !groups.table.empty()));
  }
};

/// What is read before the work begins.
struct OpenedEvaluation {
  OpenedProtocol protocol;
  std::optional<PersonTable> people;
  std::optional<OpenedStrangers> strangers;
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

void check_outputs(const EvaluateOptions& options) {
  if (!options.report.empty()) {
    std::vector<std::string> inputs = inputs_of(options.protocol);
    inputs.insert(inputs.end(), {options.groups.table, options.strangers});
    inputs.insert(inputs.end(), options.embedders.begin(), options.embedders.end());
    check_output_file("--report", options.report, OutputKind::kReport, inputs);
  }
  if (!options.figures.empty()) check_output_folder("--figures", options.figures);
}

OpenedEvaluation open_evaluation(const EvaluateOptions& options,
                                 const PhotoAlteration& alteration) {
  OpenedEvaluation opened;
  if (!options.strangers.empty()) {
    opened.strangers = open_strangers(options.strangers, options.groups);
    check_stranger_groups(opened.strangers->table, opened.strangers->photos);
  }
  opened.protocol = open_protocol(options.protocol);
  Protocol& protocol = opened.protocol.protocol;
  if (!options.groups.table.empty() && !opened.strangers) {
    opened.people = open_person_table(options.groups, opened.protocol);
  }
  if (options.all_impostors) protocol = with_all_impostors(std::move(protocol));
  if (alteration.is_any()) protocol = alter_second_photos(protocol, alteration);
  return opened;
}

ComparisonPlan plan_of(const EvaluateOptions& options, const OpenedEvaluation& opened,
                       const PhotoAlteration& alteration) {
  ComparisonPlan plan;
  plan.protocol = &opened.protocol.protocol;
  plan.alteration = alteration;
  if (opened.people) plan.people = &*opened.people;
  if (opened.strangers) {
    plan.strangers = {opened.strangers->photos, &opened.strangers->table,
                      grouped_by(opened.strangers->table), options.same_person_below};
  }
  plan.measures_robustness = options.robustness;
  plan.measures_cost = options.is_comparison() || options.writes_report();
  plan.threads = options.threads;
  plan.seed = options.protocol.seed;
  return plan;
}

std::string names_of(const std::vector<EvaluatedModel>& models) {
  std::string names;
  for (const EvaluatedModel& model : models) {
    names += (names.empty() ? "" : ", ") + model.embedder.name;
  }
  return names;
}

/// `settings` are the report's.
using Settings = std::vector<std::pair<std::string, std::string>>;

void write_report(const EvaluateOptions& options, const ComparisonPlan& plan,
                  const FaceModels& faces, const ModelComparison& comparison,
                  const Settings& settings) {
  if (!options.figures.empty()) write_evaluation_figures(options.figures, comparison);
  if (options.report.empty()) return;
  EvaluationReport report{&comparison, plan.protocol, date_text(), settings, {}};
  if (!options.without_photos) {
    report.faces = worst_faces(faces, comparison, *plan.protocol, plan.alteration, plan.threads,
                               terminal_progress());
  }
  write_evaluation_report(options.report, report);
}

std::string json_of(const ModelComparison& comparison, const Settings& settings, double seconds) {
  nlohmann::ordered_json json = to_json(comparison);
  for (const auto& [name, value] : settings) json["settings"][name] = value;
  json["seconds"] = seconds;
  return json_text(json) + "\n";
}

int run_evaluate(const EvaluateOptions& options) {
  if (options.few_shot.is_asked_for()) {
    if (options.embedders.size() > 1) {
      refuse("--episodes and --one-shot-runs measure one --model at a time");
    }
    ModelChoice choice = options.models;
    if (!options.embedders.empty()) choice.embedder = options.embedders.front();
    return run_evaluate_few_shot(options.few_shot, choice, options.protocol.seed, options.threads,
                                 options.json, options.is_dry_run);
  }
  check_outputs(options);
  const auto start = std::chrono::steady_clock::now();
  const PhotoAlteration alteration = alteration_of(options);
  const OpenedEvaluation opened = open_evaluation(options, alteration);
  const Protocol& protocol = opened.protocol.protocol;
  const EvaluatedModels loaded = load_evaluated_models(options.models, options.embedders);
  if (options.is_dry_run) {
    return end_dry_run(fmt::format(
        "measure {} of {} ({}) by {}", counted(protocol.pairs.size(), "pair", "pairs"),
        counted_photos(protocol.photos.size()), protocol.name, names_of(loaded.models)));
  }
  if (options.robustness && !options.is_comparison()) {
    return run_robustness(options, opened.protocol, loaded.faces);
  }
  const ComparisonPlan plan = plan_of(options, opened, alteration);
  ModelComparison comparison =
      compare_models(loaded.faces, loaded.models, plan, terminal_progress());
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  name_photos_without_face(protocol, comparison.photos);
  Settings settings;
  if (options.is_comparison() || options.writes_report()) {
    settings = evaluation_settings(comparison, protocol, options.threads, options.protocol.seed);
  }
  write_report(options, plan, loaded.faces, comparison, settings);
  if (options.is_comparison()) {
    std::cout << (options.json ? json_of(comparison, settings, seconds) : to_text(comparison));
    return kExitDone;
  }
  Evaluation& evaluation = comparison.models.front().evaluation;
  evaluation.seconds = seconds;
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
  add_models_options(*command, options->models, options->embedders);
  add_protocol_options(*command, options->protocol);
  add_group_options(*command, options->groups);
  add_threads_option(*command, options->threads);
  add_dry_run_option(*command, options->is_dry_run);
  command->add_flag("--json", options->json, "Print one JSON object");
  command
      ->add_option(
          "--report", options->report,
          "Write an HTML page, of one model or several: DET curves, histograms, groups, the "
          "aligned faces of the worst pairs; it prints on A4")
      ->check(CLI::Validator(
          [](std::string& file) {
            return std::string(file.empty() ? "no file name given to write to" : "");
          },
          "FILE"));
  command->add_flag("--no-photos", options->without_photos, "Leave the faces out of the report")
      ->needs("--report");
  command->add_option("--figures", options->figures,
                      "Write the report's charts (SVG, CSV) and tables (Markdown, LaTeX, CSV) into "
                      "this folder");
  CLI::Option* strangers = command->add_option("--strangers", options->strangers,
                                               "Photos of which each shows another person (folder "
                                               "or tar): FMR of any two, and of two of one "
                                               "group of --groups, who look alike more often");
  strangers->needs("--groups");
  add_number_option(*command, "--same-person-below", options->same_person_below, kDistanceRange,
                    "Strangers nearer than this in the models' joint opinion are one person, "
                    "photographed twice (default 0.7)")
      ->needs(strangers);
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
  for (const char* other : {"--occlude", "--degrade"}) {
    robustness->excludes(command->get_option(other));
  }
  add_evaluate_few_shot_options(*command, options->few_shot);
  command->callback([options, &exit_code] { exit_code = run_evaluate(*options); });
}

}  // namespace visavis
