#include "native/commands/evaluate_few_shot.h"

#include <fmt/format.h>

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "native/commands/commands.h"
#include "native/commands/options/dry_run.h"
#include "native/commands/options/few_shot_options.h"
#include "native/commands/zero_shot_commands.h"
#include "native/data/class_folders.h"
#include "native/data/left_out.h"
#include "native/evaluation/few_shot_method.h"
#include "native/evaluation/one_shot_runs.h"
#include "native/system/counted.h"
#include "native/system/json_file.h"
#include "native/terminal/terminal_progress.h"

namespace visavis {
namespace {

/// What a method compares.
struct Features {
  std::string name;
  std::vector<Embedding> embeddings;  ///< Of every photo; empty where there is none.
  const ImageFeatures* source = nullptr;
};

/// Makes the features that methods need, each once, and tells of photos that have none.
class FeatureMaker {
 public:
  FeatureMaker(const ModelChoice& models, std::vector<double> rotations,
               std::vector<PhotoRef> photos, int threads)
      : sources_(models),
        rotations_(std::move(rotations)),
        photos_(std::move(photos)),
        threads_(threads) {}

  const Features& make(FeatureKind kind) {
    if (const auto made = made_.find(kind); made != made_.end()) return made->second;
    ImageFeatures& source = sources_.open(kind);
    if (kind == FeatureKind::kModel && !rotations_.empty()) source.average_rotations(rotations_);
    std::vector<EmbeddedPhoto> embedded = source.extract(photos_, threads_, terminal_progress());
    Features features{source.name(), {}, &source};
    std::vector<std::string> problems;
    for (EmbeddedPhoto& photo : embedded) {
      if (!photo.has_face()) problems.push_back(photo.problem);
      features.embeddings.push_back(std::move(photo.embedding));
    }
    report_problems(problems);
    return made_.emplace(kind, std::move(features)).first->second;
  }

 private:
  FeatureSources sources_;
  std::vector<double> rotations_;
  std::vector<PhotoRef> photos_;
  int threads_;
  std::map<FeatureKind, Features> made_;
};

std::vector<FewShotRecipe> recipes_of(const EvaluateFewShotOptions& options) {
  std::vector<std::string> methods = options.methods;
  if (methods.empty()) {
    methods = options.episodes.empty()
                  ? std::vector<std::string>{"nearest"}
                  : std::vector<std::string>{"prototypes", "matching", "nearest"};
  }
  std::vector<FewShotRecipe> recipes;
  recipes.reserve(methods.size());
  for (const std::string& method : methods) {
    recipes.push_back(parse_few_shot_method(method, options.scale));
  }
  return recipes;
}

/// The classes' embeddings, of all photos one after the other.
std::vector<EmbeddedClass> embedded_classes(const std::vector<ImageClass>& classes,
                                            const std::vector<Embedding>& embeddings) {
  std::vector<EmbeddedClass> embedded;
  auto next = embeddings.begin();
  for (const ImageClass& entry : classes) {
    const auto end = next + static_cast<std::ptrdiff_t>(entry.photos.size());
    embedded.push_back({entry.name, entry.group, {next, end}});
    next = end;
  }
  return embedded;
}

/// Opens what the recipes need, as FeatureMaker does, and embeds nothing.
void check_features(const std::vector<FewShotRecipe>& recipes, const ModelChoice& models,
                    const std::vector<double>& rotations) {
  FeatureSources sources(models);
  for (const FewShotRecipe& recipe : recipes) {
    ImageFeatures& source = sources.open(recipe.features);
    if (recipe.features == FeatureKind::kModel && !rotations.empty()) {
      source.average_rotations(rotations);
    }
    learned_comparison(recipe, source);
  }
}

int run_episodes(const EvaluateFewShotOptions& options, const EpisodeTablePlan& plan,
                 const ModelChoice& models, int threads, bool json, bool is_dry_run) {
  const std::vector<FewShotRecipe> recipes = recipes_of(options);
  ClassFolders folders = open_class_folders(options.episodes, terminal_progress());
  if (!options.only.empty()) keep_only(folders, options.only);
  check_plan(plan, folders.classes);
  if (is_dry_run) {
    check_features(recipes, models, options.rotations);
    return end_dry_run(fmt::format("draw {} for each way and shot from {} and tell them by {}",
                                   counted(plan.episodes, "episode", "episodes"),
                                   counted(folders.classes.size(), "class", "classes"),
                                   counted(recipes.size(), "method", "methods")));
  }
  FeatureMaker features(models, options.rotations, photos_of(folders.classes), threads);
  std::vector<EpisodeTable> tables;
  for (const FewShotRecipe& recipe : recipes) {
    const Features& made = features.make(recipe.features);
    tables.push_back(
        {made.name, recipe.name,
         evaluate_episodes(embedded_classes(folders.classes, made.embeddings), plan, recipe.options,
                           threads, learned_comparison(recipe, *made.source))});
  }
  const std::size_t classes = folders.classes.size();
  std::cout << (json ? json_text(to_json(tables, plan, classes)) + "\n"
                     : to_text(tables, plan, classes));
  return kExitDone;
}

int run_one_shot_runs(const EvaluateFewShotOptions& options, const ModelChoice& models, int threads,
                      bool json, bool is_dry_run) {
  const std::vector<FewShotRecipe> recipes = recipes_of(options);
  const Dataset dataset = Dataset::open(options.one_shot_runs);
  say_left_out(terminal_progress(), dataset.left_out());
  const std::vector<OneShotRun> runs = list_one_shot_runs(dataset);
  if (is_dry_run) {
    check_features(recipes, models, options.rotations);
    return end_dry_run(fmt::format("measure {} by {}",
                                   counted(runs.size(), "one-shot run", "one-shot runs"),
                                   counted(recipes.size(), "method", "methods")));
  }
  std::vector<PhotoRef> photos;
  for (std::size_t i = 0; i < dataset.images().size(); ++i) photos.push_back({&dataset, i});
  FeatureMaker features(models, options.rotations, std::move(photos), threads);
  std::vector<OneShotResult> results;
  for (const FewShotRecipe& recipe : recipes) {
    const Features& made = features.make(recipe.features);
    results.push_back({made.name, recipe.name,
                       one_shot_errors(dataset, runs, made.embeddings, recipe.options,
                                       learned_comparison(recipe, *made.source))});
  }
  std::cout << (json ? json_text(to_json(results)) + "\n" : to_text(results));
  return kExitDone;
}

}  // namespace

void add_evaluate_few_shot_options(CLI::App& command, EvaluateFewShotOptions& options) {
  const std::string group = "Few-shot";
  auto* episodes =
      command
          .add_option("--episodes", options.episodes,
                      "Draw classes and a few examples of each from this folder or archive, a "
                      "folder per class, and tell further images of them apart")
          ->group(group);
  auto* runs = command
                   .add_option("--one-shot-runs", options.one_shot_runs,
                               "Omniglot's one-shot runs, a folder or archive of run01, run02, ..")
                   ->excludes(episodes)
                   ->group(group);
  for (const char* other : {"--pairs", "--images", "--folders", "--references", "--probes",
                            "--groups", "--report", "--occlude", "--degrade", "--robustness"}) {
    episodes->excludes(command.get_option(other));
    runs->excludes(command.get_option(other));
  }
  command
      .add_option("--method", options.methods,
                  "One or more of " + few_shot_method_help() +
                      " (default prototypes,matching,nearest; of the runs nearest: with one "
                      "example all are the same)")
      ->delimiter(',')
      ->group(group);
  add_scale_option(command, options.scale)->group(group);
  const auto add = [&](const std::string& name, auto& value, const NumberRange& range,
                       const std::string& help) {
    return add_number_option(command, name, value, range, help)->needs(episodes)->group(group);
  };
  constexpr double kMax = 1'000'000;
  add("--way", options.plan.ways, {2, kMax}, "Classes of an episode (default 5,20)")
      ->delimiter(',');
  add("--shot", options.plan.shots, {1, kMax}, "Examples of each (default 1,5)")->delimiter(',');
  add("--queries", options.plan.queries, {1, kMax}, "Images to tell, of each class (default 5)");
  add("--episodes-count", options.plan.episodes, {1, 10'000'000},
      "Episodes of each way and shot (default 600)");
  command
      .add_option("--only", options.only,
                  "Of these classes or folders of classes only: Latin,Greek")
      ->needs(episodes)
      ->delimiter(',')
      ->group(group);
  command
      .add_flag("--within-source", options.plan.within_group,
                "All classes of an episode from one folder of classes (alphabet), drawn among "
                "those that have enough")
      ->needs(episodes)
      ->group(group);
  add_number_option(command, "--average-rotations", options.rotations, {-360, 360},
                    "Average the embeddings of each image turned by these degrees: -10,0,10")
      ->delimiter(',')
      ->group(group);
}

int run_evaluate_few_shot(const EvaluateFewShotOptions& options, const ModelChoice& models,
                          std::uint64_t seed, int threads, bool json, bool is_dry_run) {
  if (options.episodes.empty()) {
    return run_one_shot_runs(options, models, threads, json, is_dry_run);
  }
  EpisodeTablePlan plan = options.plan;
  plan.seed = seed;
  return run_episodes(options, plan, models, threads, json, is_dry_run);
}

}  // namespace visavis
