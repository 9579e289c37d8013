#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <utility>

#include "core/error.h"
#include "native/training/episode.h"
#include "native/training/run/validation.h"

namespace visavis {
namespace {

/// Embeddings of each class that can take part.
using Classes = std::vector<std::vector<std::size_t>>;

Classes classes_larger_than(std::size_t shot, const std::vector<std::int32_t>& identity) {
  std::map<std::int32_t, std::vector<std::size_t>> by_identity;
  for (std::size_t i = 0; i < identity.size(); ++i) by_identity[identity[i]].push_back(i);
  Classes classes;
  for (auto& [id, photos] : by_identity) {
    if (photos.size() > shot) classes.push_back(std::move(photos));
  }
  return classes;
}

/// Brings `count` items, drawn at random, to the front. Not std::shuffle, which each standard
/// library does its own way; the remainder's bias is below 2^-32.
template <class T>
void draw_to_front(std::vector<T>& items, std::size_t count, std::mt19937_64& random) {
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(items[i], items[i + random() % (items.size() - i)]);
  }
}

Eigen::Map<const Eigen::VectorXf> vector_of(const Embedding& embedding) {
  return {embedding.data(), static_cast<Eigen::Index>(embedding.size())};
}

/// Share of queries whose nearest prototype is their class's.
double run_episode(const std::vector<Embedding>& embeddings, Classes& classes, std::size_t way,
                   std::size_t shot, std::size_t queries, std::mt19937_64& random) {
  draw_to_front(classes, way, random);
  const auto length = static_cast<Eigen::Index>(embeddings.front().size());
  Eigen::MatrixXf prototypes = Eigen::MatrixXf::Zero(length, static_cast<Eigen::Index>(way));
  for (std::size_t c = 0; c < way; ++c) {
    draw_to_front(classes[c], std::min(classes[c].size(), shot + queries), random);
    auto prototype = prototypes.col(static_cast<Eigen::Index>(c));
    for (std::size_t s = 0; s < shot; ++s) prototype += vector_of(embeddings[classes[c][s]]);
    prototype /= static_cast<float>(shot);
  }
  std::size_t asked = 0;
  std::size_t right = 0;
  for (std::size_t c = 0; c < way; ++c) {
    for (std::size_t q = shot; q < std::min(classes[c].size(), shot + queries); ++q) {
      Eigen::Index nearest = 0;
      (prototypes.colwise() - vector_of(embeddings[classes[c][q]]))
          .colwise()
          .squaredNorm()
          .minCoeff(&nearest);
      ++asked;
      if (static_cast<std::size_t>(nearest) == c) ++right;
    }
  }
  return static_cast<double>(right) / static_cast<double>(asked);
}

}  // namespace

EpisodicResult validate_episodes(const ValidationResult& embedded, std::size_t way,
                                 std::size_t shot, std::size_t queries, std::size_t episodes,
                                 std::uint64_t seed) {
  check_episode_plan(way, shot, queries);
  if (episodes < 1) {
    throw Error(ErrorCode::kInvalidArgument, "validation: at least one episode is needed");
  }
  Classes classes = classes_larger_than(shot, embedded.identity);
  if (classes.size() < 2) {
    throw Error(ErrorCode::kInvalidArgument,
                "validation: episodes of " + std::to_string(shot) +
                    " shots need two classes with more photos than that; there " +
                    (classes.empty() ? "is none" : "is one"));
  }
  EpisodicResult result{0, 0, episodes, std::min(way, classes.size()), shot};
  std::mt19937_64 random(seed);
  double squares = 0;  // of the deviations from the running mean (Welford 1962)
  for (std::size_t i = 0; i < episodes; ++i) {
    const double accuracy =
        run_episode(embedded.embeddings, classes, result.way, shot, queries, random);
    const double deviation = accuracy - result.accuracy;
    result.accuracy += deviation / static_cast<double>(i + 1);
    squares += deviation * (accuracy - result.accuracy);
  }
  const auto count = static_cast<double>(episodes);
  if (episodes > 1) result.ci95 = 1.96 * std::sqrt(squares / (count - 1) / count);
  return result;
}

}  // namespace visavis
