#include "native/evaluation/few_shot_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <utility>

#include "core/base/error.h"
#include "native/system/counted.h"
#include "native/system/mean_of.h"
#include "native/system/processors.h"
#include "native/system/random_source.h"
#include "native/system/thread_pool.h"

namespace visavis {
namespace {

/// Numbers of classes that an episode may be drawn from.
using ClassPool = std::vector<std::size_t>;

/// All classes, or those of each group that has `way` or more.
template <class Class>
std::vector<ClassPool> pools_of(const std::vector<Class>& classes, bool within_group,
                                std::size_t way) {
  std::map<std::string, ClassPool> groups;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    groups[within_group ? classes[c].group : ""].push_back(c);
  }
  std::vector<ClassPool> pools;
  std::size_t largest = 0;
  for (auto& [name, pool] : groups) {
    largest = std::max(largest, pool.size());
    if (pool.size() >= way) pools.push_back(std::move(pool));
  }
  if (pools.empty()) {
    refuse("episodes", fmt::format("a way of {} needs as many classes{}; there are {}", way,
                                   within_group ? " in one folder" : "", largest));
  }
  return pools;
}

std::vector<std::size_t> numbers_to(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

std::mt19937_64 random_of(std::uint64_t seed, std::size_t way, std::size_t shot,
                          std::size_t episode) {
  std::seed_seq all{seed & 0xffffffffU, seed >> 32U, static_cast<std::uint64_t>(way),
                    static_cast<std::uint64_t>(shot), static_cast<std::uint64_t>(episode)};
  return std::mt19937_64(all);
}

class EpisodeRunner {
 public:
  EpisodeRunner(const std::vector<EmbeddedClass>& classes, const EpisodeTablePlan& plan,
                const FewShotOptions& options, std::shared_ptr<const LearnedComparison> learned,
                std::size_t way, std::size_t shot)
      : classes_(classes),
        plan_(plan),
        options_(options),
        learned_(std::move(learned)),
        way_(way),
        shot_(shot),
        pools_(pools_of(classes, plan.within_group, way)) {}

  /// The share of its queries that are told right.
  [[nodiscard]] double run(std::size_t episode) const {
    std::mt19937_64 random = random_of(plan_.seed, way_, shot_, episode);
    ClassPool drawn = pools_[random() % pools_.size()];
    draw_to_front(drawn, way_, random);
    drawn.resize(way_);
    SupportSet support(embedding_length(classes_[drawn.front()]));
    std::vector<std::vector<std::size_t>> queries;
    for (const std::size_t c : drawn) queries.push_back(add_class(classes_[c], random, support));
    const FewShotClassifier classifier(support, options_, learned_);
    std::size_t right = 0;
    for (std::size_t own = 0; own < way_; ++own) {
      for (const std::size_t image : queries[own]) {
        const Embedding& query = classes_[drawn[own]].embeddings[image];
        if (query.empty()) continue;
        right += classifier.classify(query).ranking.front().index == own ? 1 : 0;
      }
    }
    return static_cast<double>(right) / static_cast<double>(way_ * plan_.queries);
  }

 private:
  static std::size_t embedding_length(const EmbeddedClass& entry) {
    for (const Embedding& embedding : entry.embeddings) {
      if (!embedding.empty()) return embedding.size();
    }
    refuse("episodes", "'" + entry.name + "' has no image with an embedding");
  }

  /// Adds the class to the support and gives its queries.
  std::vector<std::size_t> add_class(const EmbeddedClass& entry, std::mt19937_64& random,
                                     SupportSet& support) const {
    std::vector<std::size_t> images = numbers_to(entry.embeddings.size());
    draw_to_front(images, images.size(), random);
    std::vector<float> rows;
    std::vector<std::size_t> queries;
    std::size_t shots = 0;
    for (const std::size_t image : images) {
      const Embedding& embedding = entry.embeddings[image];
      if (shots < shot_ && !embedding.empty()) {
        rows.insert(rows.end(), embedding.begin(), embedding.end());
        ++shots;
      } else if (queries.size() < plan_.queries) {
        queries.push_back(image);
      }
    }
    if (shots < shot_) {
      refuse("episodes",
             fmt::format(
                 "'{}' has {} with an embedding, a shot of {} takes more; remove those without "
                 "one or lower --shot",
                 entry.name, counted(shots, "image", "images"), shot_));
    }
    support.add_class(entry.name, rows);
    return queries;
  }

  const std::vector<EmbeddedClass>& classes_;
  const EpisodeTablePlan& plan_;
  const FewShotOptions& options_;
  std::shared_ptr<const LearnedComparison> learned_;
  std::size_t way_;
  std::size_t shot_;
  std::vector<ClassPool> pools_;
};

}  // namespace

void check_plan(const EpisodeTablePlan& plan, const std::vector<ImageClass>& classes) {
  if (plan.ways.empty() || plan.shots.empty()) refuse("episodes", "name a way and a shot");
  if (plan.queries < 1 || plan.episodes < 1)
    refuse("episodes", "there must be a query and an episode");
  for (const std::size_t way : plan.ways) {
    if (way < 2)
      refuse("episodes", "a way of " + std::to_string(way) + " leaves nothing to tell apart");
    pools_of(classes, plan.within_group, way);
  }
  const auto [least, most] = std::minmax_element(plan.shots.begin(), plan.shots.end());
  if (*least < 1) refuse("episodes", "a shot of 0 shows no example");
  for (const ImageClass& entry : classes) {
    if (entry.photos.size() >= *most + plan.queries) continue;
    refuse("episodes",
           fmt::format("'{}' has {}; a shot of {} and {} take {}: lower --shot or --queries, or "
                       "leave the class out with --only",
                       entry.name, counted(entry.photos.size(), "image", "images"), *most,
                       counted(plan.queries, "query", "queries"), *most + plan.queries));
  }
}

std::vector<EpisodeAccuracy> evaluate_episodes(
    const std::vector<EmbeddedClass>& classes, const EpisodeTablePlan& plan,
    const FewShotOptions& options, int threads,
    const std::shared_ptr<const LearnedComparison>& learned) {
  ThreadPool pool(thread_count(threads));
  std::vector<EpisodeAccuracy> cells;
  for (const std::size_t way : plan.ways) {
    for (const std::size_t shot : plan.shots) {
      const EpisodeRunner runner(classes, plan, options, learned, way, shot);
      std::vector<double> accuracies(plan.episodes);
      pool.parallel_for(plan.episodes, [&](int, std::size_t begin, std::size_t end) {
        for (std::size_t e = begin; e < end; ++e) accuracies[e] = runner.run(e);
      });
      const MeanWithError accuracy = mean_with_error(accuracies);
      cells.push_back({way, shot, accuracy.mean, 1.96 * accuracy.standard_error});
    }
  }
  return cells;
}

std::string to_text(const std::vector<EpisodeTable>& tables, const EpisodeTablePlan& plan,
                    std::size_t classes) {
  std::string text = fmt::format(
      "{}{}, {} of each kind, {} per class; accuracy and its 95% interval\n{:<34}",
      counted(classes, "class", "classes"),
      plan.within_group ? ", those of an episode from one folder" : "",
      counted(plan.episodes, "episode", "episodes"), counted(plan.queries, "query", "queries"), "");
  if (tables.empty()) return text;
  for (const EpisodeAccuracy& cell : tables.front().cells) {
    text += fmt::format("{:>16}", fmt::format("{}-way {}-shot", cell.way, cell.shot));
  }
  for (const EpisodeTable& table : tables) {
    text += fmt::format("\n{:<34}", fmt::format("{}, {}", table.method, table.model));
    for (const EpisodeAccuracy& cell : table.cells) {
      text += fmt::format("{:>16}",
                          fmt::format("{:.1f}% +- {:.1f}", 100 * cell.accuracy, 100 * cell.ci95));
    }
  }
  return text + "\n";
}

nlohmann::ordered_json to_json(const std::vector<EpisodeTable>& tables,
                               const EpisodeTablePlan& plan, std::size_t classes) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const EpisodeTable& table : tables) {
    for (const EpisodeAccuracy& cell : table.cells) {
      rows.push_back({{"model", table.model},
                      {"method", table.method},
                      {"way", cell.way},
                      {"shot", cell.shot},
                      {"episodes", plan.episodes},
                      {"accuracy", cell.accuracy},
                      {"ci95", cell.ci95}});
    }
  }
  return {{"protocol", "episodes"},  {"classes", classes}, {"within_group", plan.within_group},
          {"queries", plan.queries}, {"seed", plan.seed},  {"table", rows}};
}

}  // namespace visavis
