#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/face/verifier.h"
#include "core/rates/calibration.h"
#include "native/commands/commands.h"
#include "native/commands/options/dry_run.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/number_option.h"
#include "native/commands/options/output_check.h"
#include "native/commands/options/protocol_options.h"
#include "native/embedding/photo_embedder.h"
#include "native/evaluation/alike_strangers.h"
#include "native/evaluation/decision_choice.h"
#include "native/evaluation/decision_counts.h"
#include "native/evaluation/evaluation.h"
#include "native/evaluation/joined_embeddings.h"
#include "native/evaluation/stranger_rates.h"
#include "native/models/calibration_json.h"
#include "native/system/atomic_file.h"
#include "native/system/counted.h"
#include "native/system/json_file.h"
#include "native/system/printable.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

struct CalibrateOptions {
  ModelChoice models;
  ProtocolOptions protocol;
  bool all_pairs = false;
  std::string strangers;  ///< Empty: impostor pairs come from the protocol.
  GroupOptions groups;    ///< Of the strangers.
  double same_person_below = 0.7;
  std::vector<std::string> duplicates_by;  ///< Empty: the model itself tells who is one person.
  ProtocolOptions decision;                ///< Empty: the table comes without bounds of a decision.
  double fmr = 1e-3;
  std::optional<double> threshold;  ///< Nothing: that of `fmr`.
  int points = 200;
  int threads = 0;
  std::filesystem::path out;
  bool is_dry_run = false;
};

/// What error rates are measured on.
struct Distances {
  std::vector<float> genuine;
  std::vector<float> impostor;
};

Distances distances_of(const std::vector<LabelledPair>& pairs) {
  Distances distances;
  for (const LabelledPair& pair : pairs) {
    // A genuine pair without a face has distance 2: a false non-match at every threshold.
    if (pair.is_genuine) distances.genuine.push_back(pair.distance);
    if (!pair.is_genuine && pair.has_face) distances.impostor.push_back(pair.distance);
  }
  return distances;
}

/// As JSON with a line per point, so that a table under version control can be read and compared.
void write_table(const CalibrationTable& table, std::ostream& out) {
  const nlohmann::ordered_json json = to_json(table);
  out << "{\n";
  for (const auto& [key, value] : json.items()) {
    if (key != "points") out << "  \"" << key << "\": " << json_text(value, -1) << ",\n";
  }
  out << "  \"points\": [";
  const char* separator = "\n";
  for (const auto& point : json["points"]) {
    out << separator << "    " << json_text(point, -1);
    separator = ",\n";
  }
  out << "\n  ]\n}\n";
}

/// The embedders that are to say which strangers are one person, if any.
std::vector<FaceModels> load_judges(const CalibrateOptions& options) {
  std::vector<FaceModels> judges;
  for (const std::string& file : options.duplicates_by) {
    ModelChoice choice = options.models;
    choice.embedder = file;
    judges.push_back(load_face_models(choice));
    const Verifier verifier(judges.back());  // Refuses a model of another kind.
  }
  return judges;
}

void name_duplicates(const AlikeStrangers& alike, const std::vector<PhotoRef>& photos) {
  const auto name = [&](std::size_t photo) {
    return photos[photo].dataset->images()[photos[photo].image];
  };
  for (const DuplicatePhotos& pair : alike.duplicates) {
    std::cerr << printable(fmt::format("left out: {}: distance {:.3f}, the same person as {}",
                                       name(pair.b), pair.distance, name(pair.a)))
              << '\n';
  }
}

/// Where there are no judges, `embedded` itself says which strangers are one person.
AlikeStrangers compare_strangers(const CalibrateOptions& options, const OpenedStrangers& strangers,
                                 const std::vector<EmbeddedPhoto>& embedded,
                                 const std::vector<FaceModels>& judges) {
  std::vector<std::vector<EmbeddedPhoto>> judged;
  judged.reserve(judges.size());
  for (const FaceModels& judge : judges) {
    judged.push_back(embed_photos(judge, strangers.photos, options.threads, terminal_progress()));
  }
  AlikeStrangers alike = compare_alike_strangers(
      strangers.table, strangers.photos, embedded,
      judged.empty() ? embedded : joined_embeddings(judged), options.same_person_below);
  name_duplicates(alike, strangers.photos);
  return alike;
}

CalibrationTable calibrate_on_strangers(const CalibrateOptions& options, const PersonTable& table,
                                        const AlikeStrangers& alike,
                                        const std::vector<EmbeddedPhoto>& embedded,
                                        std::vector<float> genuine, std::string source) {
  const StrangerGroup& worst = alike.worst(options.fmr);
  source += fmt::format("; strangers: {} people of {}, threshold of {} people, {}",
                        alike.people.size(), table.source, worst.people, worst.name);
  CalibrationTable measured = calibrate_at(std::move(genuine), distances_between(alike, embedded),
                                           options.threshold.value_or(worst.threshold(options.fmr)),
                                           std::move(source), options.points);
  put_stranger_rates(measured, alike, embedded, grouped_by(table), worst.name,
                     options.protocol.seed);
  return measured;
}

/// Puts the bounds of match and mismatch into the table and prints them.
void put_decision(CalibrationTable& table, const CalibrateOptions& options,
                  const FaceModels& models, const Protocol& pairs, const AlikeStrangers& alike,
                  const std::vector<EmbeddedPhoto>& of_strangers) {
  const auto of_pairs = embed_photos(models, pairs.photos, options.threads, terminal_progress());
  const DecisionChoice choice =
      choose_decision(alike, of_strangers, pairs, of_pairs, options.protocol.seed);
  table.decision = choice.table;
  std::cout << to_text(choice);
  const DecisionBounds& balanced = choice.table.of(kDefaultPolicy);
  std::cout << pairs.name
            << ", decided: " << to_text(decide_pairs(pairs, of_pairs, balanced).genuine) << '\n';
}

int run_calibrate(const CalibrateOptions& options) {
  std::vector<std::string> inputs = inputs_of(options.protocol);
  inputs.insert(inputs.end(), {options.strangers, options.groups.table, options.decision.pairs,
                               options.decision.images});
  inputs.insert(inputs.end(), options.duplicates_by.begin(), options.duplicates_by.end());
  check_output_file("--out", options.out, OutputKind::kTable, inputs);
  std::optional<OpenedStrangers> strangers;
  if (!options.strangers.empty()) {
    strangers = open_strangers(options.strangers, options.groups);
  }
  const OpenedProtocol opened = open_protocol(options.protocol);
  std::optional<OpenedProtocol> decision;
  if (!options.decision.pairs.empty()) decision = open_protocol(options.decision);
  const Protocol protocol =
      options.all_pairs ? protocol_of_all(opened.protocol.photos,
                                          "every pair of the photos of " + opened.protocol.name,
                                          kMaxProtocolPairs, options.protocol.seed)
                        : opened.protocol;
  const FaceModels models = load_face_models(options.models);
  const std::vector<FaceModels> judges = load_judges(options);
  if (options.is_dry_run) {
    const Verifier verifier(models);  // Refuses a model of another kind.
    return end_dry_run(fmt::format(
        "measure {} of {} by {} and write {}", counted(protocol.pairs.size(), "pair", "pairs"),
        counted_photos(protocol.photos.size()), models.embedder.name, options.out.string()));
  }
  const auto embedded = embed_photos(models, protocol.photos, options.threads, terminal_progress());
  std::string source = protocol.name + ", embedder " + models.embedder.name;
  Distances distances = distances_of(measure_pairs(protocol, embedded));
  std::optional<AlikeStrangers> alike;
  CalibrationTable table;
  if (strangers) {
    const auto of_strangers =
        embed_photos(models, strangers->photos, options.threads, terminal_progress());
    alike = compare_strangers(options, *strangers, of_strangers, judges);
    table = calibrate_on_strangers(options, strangers->table, *alike, of_strangers,
                                   std::move(distances.genuine), std::move(source));
    if (decision) {
      put_decision(table, options, models, decision->protocol, *alike, of_strangers);
    }
  } else {
    table = calibrate(std::move(distances.genuine), std::move(distances.impostor), options.fmr,
                      std::move(source), options.points);
  }
  write_file_atomically(options.out, [&](std::ostream& out) { write_table(table, out); });
  if (alike) std::cout << to_text(*alike, table.threshold);
  const CalibrationPoint shipped = rates_at(table, table.threshold);
  std::cout << fmt::format(
      "{}: {} genuine and {}; threshold {:.4f}: FMR {:.6f} (95%: {:.6f} to {:.6f}), "
      "FNMR {:.4f} (95%: {:.4f} to {:.4f})\n",
      options.out.string(), table.genuine_pairs,
      counted(table.impostor_pairs, "impostor pair", "impostor pairs"), table.threshold,
      shipped.fmr.value, shipped.fmr.low, shipped.fmr.high, shipped.fnmr.value, shipped.fnmr.low,
      shipped.fnmr.high);
  return kExitDone;
}

}  // namespace

void add_calibrate_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CalibrateOptions>();
  CLI::App* command = app.add_subcommand(
      "calibrate", "Measure what a distance means: the table of error rates a model ships with");
  add_model_options(*command, options->models);
  add_protocol_options(*command, options->protocol);
  command->add_flag("--all-pairs", options->all_pairs,
                    "Every pair among the protocol's photos (one person is a folder, or the file "
                    "name up to its first '_'), so that smaller FMRs can be told");
  CLI::Option* strangers = command->add_option(
      "--strangers", options->strangers,
      "Photos of which each shows another person (folder or tar): impostor pairs are then every "
      "two "
      "of them, and besides every two of one group of --groups, who look alike more often; genuine "
      "pairs stay the protocol's");
  add_group_options(*command, options->groups);
  command->get_option("--groups")->needs(strangers);
  add_number_option(*command, "--same-person-below", options->same_person_below, kDistanceRange,
                    "Strangers nearer than this are one person, photographed twice, and listed "
                    "(default 0.7)")
      ->needs(strangers);
  command
      ->add_option(
          "--duplicates-by", options->duplicates_by,
          "Embedders, trained independently: --same-person-below is then about the root "
          "mean square of their distances, so that two strangers whom one network confuses "
          "still count (default: the model itself)")
      ->needs(strangers);
  CLI::Option* decision_pairs = command->add_option(
      "--decision-pairs", options->decision.pairs,
      "Pairs of one person as they will be compared, a page and a selfie (as --pairs): chooses the "
      "bounds of match, review and mismatch, which the table then holds");
  decision_pairs->needs(strangers)->needs(command
                                              ->add_option("--decision-images",
                                                           options->decision.images,
                                                           "Photos that --decision-pairs name")
                                              ->needs(decision_pairs));
  add_number_option(*command, "--fmr", options->fmr, kOpenShareRange,
                    "FMR of the threshold to ship (default 1e-3); with --strangers that of the "
                    "group with the most false matches");
  add_number_option(*command, "--threshold", options->threshold, kDistanceRange,
                    "Ship this threshold, whatever its FMR")
      ->excludes("--fmr");
  add_number_option(*command, "--points", options->points, {10, 10'000},
                    "Size of the table (default 200)");
  add_threads_option(*command, options->threads);
  command->add_option("--out", options->out, "The JSON file to write")->required();
  add_dry_run_option(*command, options->is_dry_run);
  command->callback([options, &exit_code] { exit_code = run_calibrate(*options); });
}

}  // namespace visavis
