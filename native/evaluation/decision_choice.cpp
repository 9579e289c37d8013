#include "native/evaluation/decision_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <random>

#include "core/base/error.h"
#include "core/base/number_range.h"
#include "native/evaluation/tail_fit.h"

namespace visavis {
namespace {

constexpr int kDraws = 200;

TailFit tail_of(const StrangerGroup& group) {
  std::vector<WeightedDistance> distances;
  distances.reserve(group.distances.size());
  for (const float distance : group.distances) distances.push_back({distance});
  return fit_lower_tail(distances, kTailShare);
}

/// Two people of one group, by their places in it.
struct AlikePair {
  std::size_t a = 0, b = 0;
  double distance = 0;
};

/// By rising distance, every two of these photos.
std::vector<AlikePair> every_two(const std::vector<const EmbeddedPhoto*>& photos) {
  std::vector<AlikePair> pairs;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      pairs.push_back({i, j, distance(photos[i]->embedding, photos[j]->embedding)});
    }
  }
  std::sort(pairs.begin(), pairs.end(),
            [](const AlikePair& x, const AlikePair& y) { return x.distance < y.distance; });
  return pairs;
}

/// A false match rate by the tail of the group, and how far it moves where other people are drawn.
Rate drawn_rate(const AlikeStrangers& strangers, std::size_t group,
                const std::vector<EmbeddedPhoto>& embedded, double distance, std::uint64_t seed) {
  std::vector<const EmbeddedPhoto*> photos;
  for (const StrangerPhoto& person : strangers.people) {
    if (person.group == group) photos.push_back(&embedded[person.photo]);
  }
  const std::vector<AlikePair> pairs = every_two(photos);
  std::mt19937_64 random(seed);
  std::vector<double> drawn;
  for (int draw = 0; draw < kDraws; ++draw) {
    std::vector<double> times(photos.size());
    for (std::size_t i = 0; i < photos.size(); ++i) ++times[random() % photos.size()];
    std::vector<WeightedDistance> weighted;
    weighted.reserve(pairs.size());
    for (const AlikePair& pair : pairs)
      weighted.push_back({pair.distance, times[pair.a] * times[pair.b]});
    drawn.push_back(fit_lower_tail(weighted, kTailShare).false_match_rate(distance));
  }
  std::sort(drawn.begin(), drawn.end());
  const double rate = tail_of(strangers.groups[group]).false_match_rate(distance);
  return {rate, std::min(rate, drawn[kDraws / 40]),
          std::max(rate, drawn[kDraws - 1 - kDraws / 40])};
}

/// The lowest distance at which a group's tail reaches the rate.
struct WorstTail {
  double threshold = kDistanceRange.most;
  std::size_t group = 0;
};

WorstTail worst_tail(const std::vector<TailFit>& tails, double fmr) {
  WorstTail worst;
  for (std::size_t g = 0; g < tails.size(); ++g) {
    const double threshold = tails[g].threshold(std::min(fmr, tails[g].share));
    if (threshold < worst.threshold) worst = {std::max(0.0, threshold), g};
  }
  return worst;
}

bool is_good(const EmbeddedPhoto& photo) {
  return photo.fitness.issues.empty() && photo.fitness.confidence >= kGoodConfidence;
}

/// The lowest distance such that no more than kMismatchShare of the genuine pairs are of good photos
/// and at least as far apart.
double mismatch_bound(const Protocol& protocol, const std::vector<EmbeddedPhoto>& embedded) {
  std::vector<double> far;
  std::size_t genuine = 0;
  for (const ProtocolPair& pair : protocol.pairs) {
    const EmbeddedPhoto& a = embedded[pair.a];
    const EmbeddedPhoto& b = embedded[pair.b];
    if (!pair.is_genuine || !a.has_face() || !b.has_face()) continue;
    ++genuine;
    if (is_good(a) && is_good(b)) far.push_back(distance(a.embedding, b.embedding));
  }
  if (genuine == 0) refuse("no pair of one person shows two faces: no bound of a mismatch");
  const auto allowed = static_cast<std::size_t>(kMismatchShare * static_cast<double>(genuine));
  if (far.size() <= allowed) return 0;
  std::sort(far.begin(), far.end(), std::greater<>());
  // Just beyond the first pair that must not be called a mismatch.
  return std::min(kDistanceRange.most, std::nextafter(far[allowed], kDistanceRange.most));
}

}  // namespace

DecisionChoice choose_decision(const AlikeStrangers& strangers,
                               const std::vector<EmbeddedPhoto>& of_strangers,
                               const Protocol& pairs, const std::vector<EmbeddedPhoto>& of_pairs,
                               std::uint64_t seed) {
  std::vector<TailFit> tails;
  std::transform(strangers.groups.begin(), strangers.groups.end(), std::back_inserter(tails),
                 tail_of);
  const double mismatch = mismatch_bound(pairs, of_pairs);
  DecisionChoice choice;
  for (std::size_t i = 0; i < kDecisionPolicies; ++i) {
    const WorstTail good = worst_tail(tails, kPolicyFmrs[i]);
    const WorstTail poor = worst_tail(tails, kPolicyFmrs[i] / 2);
    choice.table.policies[i] = {poor.threshold, good.threshold, std::max(mismatch, good.threshold),
                                kGoodConfidence};
    choice.matches[i] = {static_cast<DecisionPolicy>(i), good.threshold,
                         strangers.groups[good.group].name,
                         drawn_rate(strangers, good.group, of_strangers, good.threshold, seed)};
  }
  choice.table.source = fmt::format(
      "match: FMR {:.0e}, {:.0e}, {:.0e} within the worst group, by a generalised Pareto tail; "
      "mismatch: at most {:.0f}% of {}",
      kPolicyFmrs[0], kPolicyFmrs[1], kPolicyFmrs[2], 100 * kMismatchShare, pairs.name);
  return choice;
}

std::string to_text(const DecisionChoice& choice) {
  std::string text = fmt::format(
      "{:<10} {:>9} {:>9} {:>9}  FMR of a match of good photos, by the "
      "fitted tail\n",
      "policy", "match", "if good", "mismatch");
  for (const ChosenBound& chosen : choice.matches) {
    const DecisionBounds& bounds = choice.table.of(chosen.policy);
    text += fmt::format("{:<10} {:>9.4f} {:>9.4f} {:>9.4f}  {:.2e} (95%: {:.2e} to {:.2e}), {}\n",
                        code_of(chosen.policy), bounds.match, bounds.match_if_good, bounds.mismatch,
                        chosen.fmr.value, chosen.fmr.low, chosen.fmr.high, chosen.group);
  }
  return text;
}

}  // namespace visavis
