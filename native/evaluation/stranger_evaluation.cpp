#include "native/evaluation/stranger_evaluation.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <random>
#include <utility>

#include "core/base/error.h"
#include "core/rates/allowed_false_matches.h"
#include "native/evaluation/stranger_rates.h"

namespace visavis {
namespace {

constexpr int kPeopleDraws = 200;

using PeopleList = std::vector<std::size_t>;  ///< Places among the strangers' people.

/// How often each person was drawn, one drawing after the other.
using PeopleDraws = std::vector<std::vector<double>>;

PeopleDraws draw_people(std::size_t people, std::uint64_t seed) {
  PeopleDraws draws(kPeopleDraws, std::vector<double>(people));
  std::mt19937_64 random(seed);
  for (std::vector<double>& times : draws) {
    for (std::size_t i = 0; i < people; ++i) ++times[random() % people];
  }
  return draws;
}

/// Two people whose photos match.
using MatchedPair = std::pair<std::uint32_t, std::uint32_t>;

/// False matches among some of the people, and what they would have been with others drawn.
class MatchRate {
 public:
  MatchRate(const PeopleList& people, std::vector<MatchedPair> matches)
      : people_(people), matches_(std::move(matches)) {}

  [[nodiscard]] Rate rate(const PeopleDraws& draws) const {
    const std::size_t pairs = people_.size() * (people_.size() - 1) / 2;
    std::vector<double> drawn;
    drawn.reserve(draws.size());
    for (const std::vector<double>& times : draws) drawn.push_back(drawn_rate(times));
    return rate_with_drawn_interval(
        static_cast<double>(matches_.size()) / static_cast<double>(pairs), drawn, pairs);
  }

 private:
  /// One person drawn twice is no pair.
  [[nodiscard]] double drawn_rate(const std::vector<double>& times) const {
    double sum = 0;
    double squares = 0;
    for (const std::size_t person : people_) {
      sum += times[person];
      squares += times[person] * times[person];
    }
    double matched = 0;
    for (const auto& [a, b] : matches_) matched += times[a] * times[b];
    const double pairs = 0.5 * (sum * sum - squares);
    return pairs > 0 ? matched / pairs : 0;
  }

  const PeopleList& people_;
  std::vector<MatchedPair> matches_;
};

/// All pairs of the people, who stand in rising order, that are nearer than the threshold; `distances` as distances_between
/// gives them, of all people.
std::vector<MatchedPair> matches_below(const PeopleList& people,
                                       const std::vector<float>& distances, double threshold) {
  std::vector<MatchedPair> matches;
  for (std::size_t a = 0; a < people.size(); ++a) {
    // The first person's row is empty: it is not read.
    const std::size_t row = people[a] == 0 ? 0 : people[a] * (people[a] - 1) / 2;
    for (std::size_t b = 0; b < a; ++b) {
      if (static_cast<double>(distances[row + people[b]]) < threshold) {
        matches.emplace_back(people[a], people[b]);
      }
    }
  }
  return matches;
}

/// The lowest distance that must not match for a false match rate of at most `fmr`.
double threshold_at(std::vector<float> distances, double fmr) {
  const auto allowed = static_cast<std::ptrdiff_t>(std::min<double>(
      allowed_false_matches(fmr, distances.size()), static_cast<double>(distances.size() - 1)));
  std::nth_element(distances.begin(), distances.begin() + allowed, distances.end());
  return static_cast<double>(distances[static_cast<std::size_t>(allowed)]);
}

[[noreturn]] void refuse_small_groups() {
  refuse(
      "no group of strangers is large enough; give more photos, or fewer columns to group them "
      "by");
}

}  // namespace

void check_stranger_groups(const PersonTable& table, const std::vector<PhotoRef>& photos) {
  std::map<std::string, std::size_t> sizes;
  for (const PhotoRef& photo : photos) {
    const auto group = groups_of(table, identity_of(photo.dataset->images()[photo.image]));
    if (!group) continue;
    const std::size_t size = ++sizes[*group];
    if (size * (size - 1) / 2 >= kFewestStrangerPairs) return;
  }
  refuse_small_groups();
}

const StrangerGroupRates& StrangerEvaluation::worst() const {
  return *std::max_element(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return a.at_threshold.value < b.at_threshold.value;
  });
}

const StrangerGroupRates& StrangerEvaluation::best() const {
  return *std::min_element(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return a.at_threshold.value < b.at_threshold.value;
  });
}

const StrangerGroupRates& StrangerEvaluation::worst_at_common_fmr() const {
  return *std::max_element(groups.begin(), groups.end(), [](const auto& a, const auto& b) {
    return a.at_common_fmr.value < b.at_common_fmr.value;
  });
}

StrangerEvaluation evaluate_strangers(const AlikeStrangers& strangers,
                                      const std::vector<EmbeddedPhoto>& embedded,
                                      const StrangerSource& source, double threshold,
                                      const std::vector<LabelledPair>& pairs, std::uint64_t seed) {
  if (strangers.groups.empty()) refuse_small_groups();
  const std::vector<float> distances = distances_between(strangers, embedded);
  const PeopleDraws draws = draw_people(strangers.people.size(), seed);
  PeopleList everybody(strangers.people.size());
  std::iota(everybody.begin(), everybody.end(), std::size_t{0});

  StrangerEvaluation evaluation{source.table,
                                source.grouped_by,
                                everybody.size(),
                                distances.size(),
                                strangers.duplicates.size(),
                                strangers.left_out,
                                threshold,
                                {},
                                0,
                                {},
                                0,
                                {}};
  evaluation.fmr = MatchRate(everybody, matches_below(everybody, distances, threshold)).rate(draws);
  evaluation.common_threshold = threshold_at(distances, kCommonFmr);
  for (std::size_t group = 0; group < strangers.groups.size(); ++group) {
    PeopleList people;
    for (std::size_t i = 0; i < everybody.size(); ++i) {
      if (strangers.people[i].group == group) people.push_back(i);
    }
    const auto rate_below = [&](double distance) {
      return MatchRate(people, matches_below(people, distances, distance)).rate(draws);
    };
    evaluation.groups.push_back({strangers.groups[group].name, people.size(),
                                 strangers.groups[group].distances.size(), rate_below(threshold),
                                 rate_below(evaluation.common_threshold)});
  }
  evaluation.fair_threshold = strangers.worst(kCommonFmr).threshold(kCommonFmr);
  evaluation.fnmr_at_fair_threshold = rates_at_threshold(pairs, evaluation.fair_threshold).fnmr;
  return evaluation;
}

nlohmann::ordered_json to_json(const StrangerEvaluation& evaluation) {
  nlohmann::ordered_json groups = nlohmann::ordered_json::array();
  for (const StrangerGroupRates& group : evaluation.groups) {
    groups.push_back(
        {{"group", group.group},
         {"people", group.people},
         {"pairs", group.pairs},
         {"fmr", group.at_threshold.value},
         {"fmr_ci95", {group.at_threshold.low, group.at_threshold.high}},
         {"fmr_at_common_fmr", group.at_common_fmr.value},
         {"fmr_at_common_fmr_ci95", {group.at_common_fmr.low, group.at_common_fmr.high}}});
  }
  return {{"source", evaluation.source},
          {"grouped_by", evaluation.grouped_by},
          {"people", evaluation.people},
          {"pairs", evaluation.pairs},
          {"duplicates", evaluation.duplicates},
          {"groups_left_out", evaluation.left_out},
          {"threshold", evaluation.threshold},
          {"fmr", evaluation.fmr.value},
          {"fmr_ci95", {evaluation.fmr.low, evaluation.fmr.high}},
          {"worst_group", evaluation.worst().group},
          {"best_group", evaluation.best().group},
          {"common_fmr", kCommonFmr},
          {"common_threshold", evaluation.common_threshold},
          {"worst_group_at_common_fmr", evaluation.worst_at_common_fmr().group},
          {"fair_threshold", evaluation.fair_threshold},
          {"fnmr_at_fair_threshold", evaluation.fnmr_at_fair_threshold.value},
          {"fnmr_at_fair_threshold_ci95",
           {evaluation.fnmr_at_fair_threshold.low, evaluation.fnmr_at_fair_threshold.high}},
          {"groups", groups}};
}

}  // namespace visavis
