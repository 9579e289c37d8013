#include "native/training/losses/episode.h"

#include <map>

#include "core/base/error.h"

namespace visavis {
Episode split_episode(const BatchLabels& labels) {
  if (labels.is_query.size() != labels.labels.size()) {
    refuse("episode",
           "the batch does not say which photos are queries; sample episodes for this loss");
  }
  Episode episode;
  std::map<int, std::size_t> classes;
  for (std::size_t row = 0; row < labels.labels.size(); ++row) {
    const int label = labels.labels[row];
    if (label < 0) continue;
    if (labels.is_query[row]) {
      episode.query.push_back(row);
      continue;
    }
    const std::size_t number = classes.try_emplace(label, classes.size()).first->second;
    episode.support.push_back(row);
    episode.support_class.push_back(number);
    episode.shots.resize(classes.size());
    ++episode.shots[number];
  }
  episode.way = classes.size();
  if (episode.support.empty())
    refuse("episode", "no support photos; take at least 1 shot per class");
  if (episode.query.empty()) refuse("episode", "no query photos; take at least 1 query per class");
  for (const std::size_t row : episode.query) {
    const auto found = classes.find(labels.labels[row]);
    if (found == classes.end()) {
      refuse("episode", "class " + std::to_string(labels.labels[row]) +
                            " has queries but no support; take at least 1 shot per class");
    }
    episode.query_class.push_back(found->second);
  }
  return episode;
}

void check_episode_plan(std::size_t way, std::size_t shot, std::size_t queries) {
  if (way < 2)
    refuse("episode",
           "way " + std::to_string(way) + " leaves nothing to tell apart; use 2 or more");
  if (shot < 1) refuse("episode", "shot 0 shows nothing of a class; use 1 or more");
  if (queries < 1) refuse("episode", "0 queries per class ask nothing; use 1 or more");
}

}  // namespace visavis
