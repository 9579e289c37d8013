#include "native/evaluation/group_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace visavis {
namespace {

using Places = std::vector<std::optional<std::size_t>>;

/// Each photo's place among the attribute's groups.
Places places_of(const PersonAttribute& attribute, const std::vector<std::string>& identities) {
  Places places;
  for (const std::string& identity : identities) {
    const auto found = attribute.group_of.find(identity);
    places.push_back(found == attribute.group_of.end() ? std::nullopt
                                                       : std::optional(found->second));
  }
  return places;
}

struct Counts {
  std::set<std::string> people;
  std::size_t genuine = 0, false_non_matches = 0;
  std::size_t impostor = 0, false_matches = 0;
};

void count_pair(const LabelledPair& pair, double threshold, Counts& counts) {
  const bool is_match = pair.has_face && static_cast<double>(pair.distance) < threshold;
  if (pair.is_genuine) {
    ++counts.genuine;
    counts.false_non_matches += is_match ? 0 : 1;
  } else if (pair.has_face) {
    ++counts.impostor;
    counts.false_matches += is_match ? 1 : 0;
  }
}

std::vector<Counts> count_within(const PersonAttribute& attribute, const Protocol& protocol,
                                 const std::vector<std::string>& identities,
                                 const std::vector<LabelledPair>& pairs, double threshold) {
  const Places places = places_of(attribute, identities);
  std::vector<Counts> counts(attribute.groups.size());
  for (std::size_t i = 0; i < identities.size(); ++i) {
    if (places[i]) counts[*places[i]].people.insert(identities[i]);
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& a = places[protocol.pairs[i].a];
    const auto& b = places[protocol.pairs[i].b];
    if (a && a == b) count_pair(pairs[i], threshold, counts[*a]);
  }
  return counts;
}

GroupRates rates_of(const Counts& counts, const GroupEvaluation& evaluation) {
  GroupRates rates;
  rates.people = counts.people.size();
  rates.genuine_pairs = counts.genuine;
  rates.impostor_pairs = counts.impostor;
  rates.fmr = rate_with_interval(counts.false_matches, counts.impostor);
  rates.fnmr = rate_with_interval(counts.false_non_matches, counts.genuine);
  rates.fmr_is_conclusive =
      counts.impostor > 0 && has_enough_pairs(rates.fmr, evaluation.expected_fmr.value);
  rates.fnmr_is_conclusive =
      counts.genuine > 0 && has_enough_pairs(rates.fnmr, evaluation.expected_fnmr.value);
  return rates;
}

std::string rate_text(const Rate& rate, std::size_t pairs, bool is_conclusive) {
  if (pairs == 0) return "no pairs";
  return fmt::format("{:.5f} ({:.5f} to {:.5f}) of {}{}", rate.value, rate.low, rate.high, pairs,
                     is_conclusive ? "" : " *");
}

}  // namespace

bool has_enough_pairs(const Rate& rate, double expected) {
  return rate.high <= kWidestInterval * std::max(expected, rate.value);
}

GroupEvaluation evaluate_groups(const PersonTable& table, const Protocol& protocol,
                                const std::vector<LabelledPair>& pairs,
                                const OperatingPoint& at_threshold,
                                const CalibrationTable& calibration) {
  GroupEvaluation evaluation{
      table.source, at_threshold.threshold, at_threshold.fmr, at_threshold.fnmr, {}};
  if (!calibration.points.empty()) {
    const CalibrationPoint expected = rates_at(calibration, at_threshold.threshold);
    evaluation.expected_fmr = expected.fmr;
    evaluation.expected_fnmr = expected.fnmr;
  }
  std::vector<std::string> identities;
  for (const PhotoRef& photo : protocol.photos) {
    identities.push_back(identity_of(photo.dataset->images()[photo.image]));
  }
  for (const PersonAttribute& attribute : table.attributes) {
    const auto counts =
        count_within(attribute, protocol, identities, pairs, at_threshold.threshold);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      evaluation.groups.push_back(rates_of(counts[i], evaluation));
      evaluation.groups.back().attribute = attribute.name;
      evaluation.groups.back().group = attribute.groups[i];
    }
  }
  return evaluation;
}

nlohmann::ordered_json to_json(const GroupEvaluation& evaluation) {
  nlohmann::ordered_json rates = nlohmann::ordered_json::array();
  for (const GroupRates& group : evaluation.groups) {
    rates.push_back({{"attribute", group.attribute},
                     {"group", group.group},
                     {"people", group.people},
                     {"impostor_pairs", group.impostor_pairs},
                     {"fmr", group.fmr.value},
                     {"fmr_ci95", {group.fmr.low, group.fmr.high}},
                     {"fmr_is_conclusive", group.fmr_is_conclusive},
                     {"genuine_pairs", group.genuine_pairs},
                     {"fnmr", group.fnmr.value},
                     {"fnmr_ci95", {group.fnmr.low, group.fnmr.high}},
                     {"fnmr_is_conclusive", group.fnmr_is_conclusive}});
  }
  return {{"source", evaluation.source},
          {"threshold", evaluation.threshold},
          {"expected_fmr", evaluation.expected_fmr.value},
          {"expected_fnmr", evaluation.expected_fnmr.value},
          {"widest_interval", kWidestInterval},
          {"rates", rates}};
}

std::string to_text(const GroupEvaluation& evaluation) {
  std::string text = fmt::format(
      "\ngroups of {} at distance < {:.4f}; impostor pairs within the group; 95% intervals\n",
      evaluation.source, evaluation.threshold);
  std::size_t width = 0;
  bool all_conclusive = true;
  for (const GroupRates& group : evaluation.groups) {
    width = std::max(width, group.group.size());
    all_conclusive = all_conclusive && group.fmr_is_conclusive && group.fnmr_is_conclusive;
  }
  std::string attribute;
  for (const GroupRates& group : evaluation.groups) {
    if (group.attribute != attribute) text += (attribute = group.attribute) + "\n";
    text += fmt::format("  {:<{}}  {:>5} people  FMR {:<43}  FNMR {}\n", group.group, width,
                        group.people,
                        rate_text(group.fmr, group.impostor_pairs, group.fmr_is_conclusive),
                        rate_text(group.fnmr, group.genuine_pairs, group.fnmr_is_conclusive));
  }
  if (all_conclusive) return text;
  return text + fmt::format(
                    "* too few pairs to say: the interval reaches above {:g} times what was "
                    "measured, and above {:g} times\n  the rate expected at this threshold (FMR "
                    "{:.5f}, FNMR {:.5f})\n",
                    kWidestInterval, kWidestInterval, evaluation.expected_fmr.value,
                    evaluation.expected_fnmr.value);
}

}  // namespace visavis
