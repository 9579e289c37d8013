#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/fewshot/few_shot_classifier.h"
#include "native/system/random_source.h"
#include "native/training/losses/episode.h"
#include "native/training/run/validation.h"

namespace visavis {
namespace {

/// Embeddings of each class that can take part.
using Classes = std::vector<std::vector<std::size_t>>;

/// By group; those with a single class have nothing to tell apart.
std::vector<Classes> classes_larger_than(const EpisodicPlan& plan,
                                         const std::vector<std::int32_t>& identity) {
  std::map<std::int32_t, std::map<std::int32_t, std::vector<std::size_t>>> found;
  for (std::size_t i = 0; i < identity.size(); ++i) {
    const auto person = static_cast<std::size_t>(identity[i]);
    const std::int32_t group =
        plan.group_of_identity.empty() ? 0 : plan.group_of_identity.at(person);
    found[group][identity[i]].push_back(i);
  }
  std::vector<Classes> groups;
  for (auto& [group, by_identity] : found) {
    Classes classes;
    for (auto& [id, photos] : by_identity) {
      if (photos.size() > plan.shot) classes.push_back(std::move(photos));
    }
    if (classes.size() >= 2) groups.push_back(std::move(classes));
  }
  if (!groups.empty()) return groups;
  throw Error(
      ErrorCode::kInvalidArgument,
      "validation: episodes of " + std::to_string(plan.shot) +
          " shots need two classes with more photos than that, in one folder where episodes "
          "are to be within one; there are none");
}

/// One task: embeddings by class.
struct DrawnEpisode {
  Classes support;
  Classes queries;
};

DrawnEpisode draw_episode(const EpisodicPlan& plan, std::size_t way, std::vector<Classes>& groups,
                          std::mt19937_64& random) {
  std::size_t group = 0;
  if (groups.size() > 1) {
    std::size_t total = 0;
    for (const Classes& classes : groups) total += classes.size();
    std::size_t number = random() % total;
    while (number >= groups[group].size()) number -= groups[group++].size();
  }
  Classes& classes = groups[group];
  draw_to_front(classes, way, random);
  DrawnEpisode episode;
  for (std::size_t c = 0; c < way; ++c) {
    std::vector<std::size_t>& photos = classes[c];
    const std::size_t count = std::min(photos.size(), plan.shot + plan.queries);
    draw_to_front(photos, count, random);
    const auto shots = photos.begin() + static_cast<std::ptrdiff_t>(plan.shot);
    episode.support.emplace_back(photos.begin(), shots);
    episode.queries.emplace_back(shots, photos.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return episode;
}

/// Share of the queries that are told rightly, by what ships: prototypes, or `learned`.
double share_right(const std::vector<Embedding>& embeddings, const DrawnEpisode& episode,
                   const std::shared_ptr<const LearnedComparison>& learned) {
  SupportSet support(embeddings.front().size());
  for (const std::vector<std::size_t>& photos : episode.support) {
    std::vector<float> rows;
    for (const std::size_t photo : photos) {
      rows.insert(rows.end(), embeddings[photo].begin(), embeddings[photo].end());
    }
    support.add_class(std::to_string(support.classes().size()), rows);
  }
  const FewShotClassifier classifier(support, {}, learned);
  std::size_t asked = 0;
  std::size_t right = 0;
  for (std::size_t c = 0; c < episode.queries.size(); ++c) {
    for (const std::size_t query : episode.queries[c]) {
      ++asked;
      right += classifier.classify(embeddings[query]).ranking.front().index == c ? 1 : 0;
    }
  }
  return static_cast<double>(right) / static_cast<double>(asked);
}

}  // namespace

void check_episodes(const EpisodicPlan& plan, const std::vector<std::int32_t>& identity) {
  check_episode_plan(plan.way, plan.shot, plan.queries);
  classes_larger_than(plan, identity);
}

EpisodicResult validate_episodes(const ValidationResult& embedded, const EpisodicPlan& plan,
                                 const FewShotHead& head) {
  check_episode_plan(plan.way, plan.shot, plan.queries);
  if (plan.episodes < 1) {
    throw Error(ErrorCode::kInvalidArgument, "validation: at least one episode is needed");
  }
  std::shared_ptr<const LearnedComparison> learned;
  if (head.kind == FewShotHeadKind::kFullContext) {
    learned = std::make_shared<LearnedComparison>(head);
  }
  std::vector<Classes> groups = classes_larger_than(plan, embedded.identity);
  EpisodicResult result{0, 0, plan.episodes, plan.way, plan.shot};
  for (const Classes& classes : groups) result.way = std::min(result.way, classes.size());
  std::mt19937_64 random(plan.seed);
  double squares = 0;  // of the deviations from the running mean (Welford 1962)
  for (std::size_t i = 0; i < plan.episodes; ++i) {
    const DrawnEpisode episode = draw_episode(plan, result.way, groups, random);
    const double accuracy = share_right(embedded.embeddings, episode, learned);
    const double deviation = accuracy - result.accuracy;
    result.accuracy += deviation / static_cast<double>(i + 1);
    squares += deviation * (accuracy - result.accuracy);
  }
  const auto count = static_cast<double>(plan.episodes);
  if (plan.episodes > 1) result.ci95 = 1.96 * std::sqrt(squares / (count - 1) / count);
  return result;
}

}  // namespace visavis
