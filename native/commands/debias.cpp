#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/face/verifier.h"
#include "core/model/model_file.h"
#include "native/commands/commands.h"
#include "native/commands/options/dry_run.h"
#include "native/commands/options/model_options.h"
#include "native/commands/options/number_option.h"
#include "native/commands/options/output_check.h"
#include "native/commands/options/protocol_options.h"
#include "native/commands/options/weight_options.h"
#include "native/embedding/photo_embedder.h"
#include "native/system/atomic_file.h"
#include "native/system/counted.h"
#include "native/terminal/terminal_progress.h"
#include "native/training/metric/group_projection.h"

namespace visavis {
namespace {

constexpr std::size_t kAllDirections = 100'000;

struct DebiasOptions {
  ModelChoice models;
  std::string strangers;
  GroupOptions groups;
  std::size_t directions = kAllDirections;
  WeightStorage weights = WeightStorage::kFloat32;
  int threads = 0;
  std::filesystem::path out;
  bool is_dry_run = false;
};

/// Which group everybody on the photos is in.
struct Grouping {
  std::vector<std::optional<std::size_t>> group;  ///< Of each photo, its place in `names`.
  std::vector<std::string> names;
};

Grouping group_strangers(const OpenedStrangers& strangers) {
  Grouping grouping;
  std::map<std::string, std::size_t> place_of;
  for (const PhotoRef& photo : strangers.photos) {
    const std::optional<std::string> name =
        groups_of(strangers.table, identity_of(photo.dataset->images()[photo.image]));
    grouping.group.emplace_back();
    if (!name) continue;
    const auto [found, is_new] = place_of.emplace(*name, grouping.names.size());
    if (is_new) grouping.names.push_back(*name);
    grouping.group.back() = found->second;
  }
  if (grouping.names.size() < 2) {
    refuse(strangers.table.source +
           ": the people on the photos are not of two groups or more, which could be told apart");
  }
  return grouping;
}

/// The embeddings of everybody who is in a group and whose photo shows a face.
struct GroupedEmbeddings {
  std::vector<Embedding> embeddings;
  std::vector<std::size_t> group;
};

GroupedEmbeddings in_groups(const Grouping& grouping, std::vector<EmbeddedPhoto> embedded) {
  GroupedEmbeddings grouped;
  for (std::size_t i = 0; i < embedded.size(); ++i) {
    if (!grouping.group[i] || !embedded[i].has_face()) continue;
    grouped.embeddings.push_back(std::move(embedded[i].embedding));
    grouped.group.push_back(*grouping.group[i]);
  }
  return grouped;
}

void check_embedder(const Model& model) {
  if (model.few_shot.kind == FewShotHeadKind::kNone) return;
  refuse("'" + model.name +
         "' compares by a layer of its own, which was learned on the embeddings as they are; give "
         "an embedder without");
}

int run_debias(const DebiasOptions& options) {
  check_output_file("--out", options.out, OutputKind::kModel,
                    {options.strangers, options.groups.table, options.models.embedder});
  const OpenedStrangers strangers = open_strangers(options.strangers, options.groups);
  const Grouping grouping = group_strangers(strangers);
  FaceModels models = load_face_models(options.models);
  const Verifier verifier(models);  // Refuses a model of another kind.
  check_embedder(models.embedder);
  if (options.is_dry_run) {
    return end_dry_run(fmt::format("embed {} by {} and write {}",
                                   counted_photos(strangers.photos.size()), models.embedder.name,
                                   options.out.string()));
  }
  Model& model = models.embedder;
  remove_group_projection(model);
  const GroupedEmbeddings grouped = in_groups(
      grouping, embed_photos(models, strangers.photos, options.threads, terminal_progress()));
  const GroupProjection projection =
      learn_group_projection(grouped.embeddings, grouped.group, options.directions);
  append_group_projection(model, projection);
  model.calibration = {};
  const std::string directions =
      fmt::format("{} of the {} directions in which {} groups differ", projection.removed,
                  projection.different, grouping.names.size());
  model.record.emplace_back(
      "debiased",
      fmt::format("without {} ({}; {} people of {})", directions, grouped_by(strangers.table),
                  grouped.embeddings.size(), strangers.table.source));
  write_file_atomically(options.out,
                        [&](std::ostream& out) { save_model(model, out, options.weights); });
  std::cout << fmt::format(
      "{}: removed {}, by {} people; now measure its thresholds: visavis calibrate\n",
      options.out.string(), directions, grouped.embeddings.size());
  return kExitDone;
}

}  // namespace

void add_debias_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<DebiasOptions>();
  CLI::App* command = app.add_subcommand(
      "debias",
      "Take out of an embedder's embeddings what tells groups of people apart, so that strangers "
      "of one group look no more alike than others");
  add_model_options(*command, options->models);
  command
      ->add_option("--strangers", options->strangers,
                   "Photos of which each shows another person (folder or tar), some hundred of "
                   "each group")
      ->required();
  add_group_options(*command, options->groups);
  command->get_option("--groups")->required();
  add_number_option(*command, "--directions", options->directions, {1, kAllDirections},
                    "How many directions to take out, those first in which groups differ most "
                    "(default: all, one fewer than there are groups)");
  add_weights_option(*command, options->weights);
  add_threads_option(*command, options->threads);
  command->add_option("--out", options->out, "The model file to write, without a calibration")
      ->required();
  add_dry_run_option(*command, options->is_dry_run);
  command->callback([options, &exit_code] { exit_code = run_debias(*options); });
}

}  // namespace visavis
