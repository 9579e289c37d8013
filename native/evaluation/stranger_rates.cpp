#include "native/evaluation/stranger_rates.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>

#include "core/base/error.h"
#include "core/model/embedder.h"

namespace visavis {
namespace {

/// Of every two people the first point of the table beyond their distance: there and from there on
/// they match.
class PairPlaces {
 public:
  PairPlaces(const CalibrationTable& table, const AlikeStrangers& strangers,
             const std::vector<EmbeddedPhoto>& embedded) {
    const std::vector<StrangerPhoto>& people = strangers.people;
    places_.reserve(people.size() * (people.size() - 1) / 2);
    const auto is_below = [](double d, const CalibrationPoint& point) {
      return d < point.distance;
    };
    for (std::size_t i = 0; i < people.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double between =
            distance(embedded[people[j].photo].embedding, embedded[people[i].photo].embedding);
        const auto place =
            std::upper_bound(table.points.begin(), table.points.end(), between, is_below);
        places_.push_back(static_cast<std::uint16_t>(place - table.points.begin()));
      }
    }
  }

  /// Of people i > j.
  [[nodiscard]] std::size_t at(std::size_t i, std::size_t j) const {
    return places_[i * (i - 1) / 2 + j];
  }

 private:
  std::vector<std::uint16_t> places_;
};

/// Rates of one drawing of people, a number per point of the table.
struct DrawnRates {
  std::vector<double> all;
  std::vector<double> alike;
};

/// Running sums of `matches`, as shares of all that they sum to.
std::vector<double> shares_up_to(const std::vector<double>& matches) {
  std::vector<double> sums(matches.size());
  std::partial_sum(matches.begin(), matches.end(), sums.begin());
  const double all = sums.back();
  if (all > 0) std::for_each(sums.begin(), sums.end(), [&](double& share) { share /= all; });
  sums.pop_back();  // Pairs beyond the last point match nowhere.
  return sums;
}

class StrangerRates {
 public:
  StrangerRates(const CalibrationTable& table, const AlikeStrangers& strangers,
                const std::vector<EmbeddedPhoto>& embedded)
      : places_(table, strangers, embedded), points_(table.points.size()) {
    people_of_.resize(strangers.groups.size());
    people_ = strangers.people.size();
    for (std::size_t i = 0; i < people_; ++i) {
      if (const auto group = strangers.people[i].group) people_of_[*group].push_back(i);
    }
  }

  /// `times`: how often each of the people was drawn. One person drawn twice is no pair.
  [[nodiscard]] DrawnRates rates(const std::vector<double>& times) const {
    std::vector<double> matches(points_ + 1);
    for (std::size_t i = 0; i < people_; ++i) {
      if (times[i] == 0) continue;
      for (std::size_t j = 0; j < i; ++j) matches[places_.at(i, j)] += times[i] * times[j];
    }
    return {shares_up_to(matches), mean_over_groups(times)};
  }

  [[nodiscard]] std::size_t people() const { return people_; }

 private:
  [[nodiscard]] std::vector<double> mean_over_groups(const std::vector<double>& times) const {
    std::vector<double> mean(points_);
    for (const std::vector<std::size_t>& people : people_of_) {
      std::vector<double> matches(points_ + 1);
      for (std::size_t a = 0; a < people.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) {
          matches[places_.at(people[a], people[b])] += times[people[a]] * times[people[b]];
        }
      }
      const std::vector<double> shares = shares_up_to(matches);
      const auto groups = static_cast<double>(people_of_.size());
      for (std::size_t k = 0; k < points_; ++k) mean[k] += shares[k] / groups;
    }
    return mean;
  }

  PairPlaces places_;
  std::size_t points_;
  std::size_t people_ = 0;
  std::vector<std::vector<std::size_t>> people_of_;  ///< Each group's, by rising place.
};

}  // namespace

Rate rate_with_drawn_interval(double value, std::vector<double>& drawn, std::uint64_t pairs) {
  std::sort(drawn.begin(), drawn.end());
  const auto quantile = [&](double share) {
    return drawn[static_cast<std::size_t>(share * static_cast<double>(drawn.size() - 1))];
  };
  const auto matches = static_cast<std::size_t>(std::llround(value * static_cast<double>(pairs)));
  const Rate of_pairs = rate_with_interval(matches, pairs);
  return {value, std::min({value, of_pairs.low, quantile(0.025)}),
          std::max({value, of_pairs.high, quantile(0.975)})};
}

std::vector<float> distances_between(const AlikeStrangers& strangers,
                                     const std::vector<EmbeddedPhoto>& embedded) {
  std::vector<float> distances;
  const std::vector<StrangerPhoto>& people = strangers.people;
  distances.reserve(people.size() * (people.size() - 1) / 2);
  for (std::size_t i = 0; i < people.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      distances.push_back(static_cast<float>(
          distance(embedded[people[j].photo].embedding, embedded[people[i].photo].embedding)));
    }
  }
  return distances;
}

void put_stranger_rates(CalibrationTable& table, const AlikeStrangers& strangers,
                        const std::vector<EmbeddedPhoto>& embedded, const std::string& grouped_by,
                        const std::string& worst_group, std::uint64_t seed, int draws) {
  if (strangers.groups.empty()) {
    throw Error(
        ErrorCode::kInvalidArgument,
        "no group of strangers is large enough; give more photos, or fewer columns to group "
        "them by");
  }
  const StrangerRates measure(table, strangers, embedded);
  const DrawnRates measured = measure.rates(std::vector<double>(measure.people(), 1));
  std::vector<std::vector<double>> all(table.points.size());
  std::vector<std::vector<double>> alike(table.points.size());
  std::mt19937_64 random(seed);
  for (int draw = 0; draw < draws; ++draw) {
    std::vector<double> times(measure.people());
    for (std::size_t i = 0; i < times.size(); ++i) ++times[random() % times.size()];
    const DrawnRates drawn = measure.rates(times);
    for (std::size_t k = 0; k < table.points.size(); ++k) {
      all[k].push_back(drawn.all[k]);
      alike[k].push_back(drawn.alike[k]);
    }
  }
  AlikeStrangersSource& source = table.alike.emplace();
  source = {grouped_by, worst_group, strangers.groups.size(), 0, 0};
  for (const StrangerGroup& group : strangers.groups) {
    source.people += group.people;
    source.pairs += group.distances.size();
  }
  for (std::size_t k = 0; k < table.points.size(); ++k) {
    CalibrationPoint& point = table.points[k];
    point.fmr = rate_with_drawn_interval(measured.all[k], all[k], table.impostor_pairs);
    point.alike_fmr = rate_with_drawn_interval(measured.alike[k], alike[k], source.pairs);
  }
}

}  // namespace visavis
