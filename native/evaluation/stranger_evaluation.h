#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/rates/metrics.h"
#include "core/rates/rate.h"
#include "native/evaluation/alike_strangers.h"

namespace visavis {

/// The false match rate at which models with different thresholds are compared.
inline constexpr double kCommonFmr = 1e-3;

/// False matches among the strangers of one group.
struct StrangerGroupRates {
  std::string group;
  std::size_t people = 0;
  std::size_t pairs = 0;
  Rate at_threshold;   ///< At the model's threshold.
  Rate at_common_fmr;  ///< Where any two strangers match at a rate of kCommonFmr.
};

/// What a model does with people who are all different: false match rates by group.
struct StrangerEvaluation {
  std::string source;      ///< The table of people.
  std::string grouped_by;  ///< "origin and gender".
  std::size_t people = 0;
  std::size_t pairs = 0;              ///< Any two of them.
  std::size_t duplicates = 0;         ///< Photos left out: of a person who is there already.
  std::vector<std::string> left_out;  ///< Groups that are too small.
  double threshold = 0;               ///< The model's.
  Rate fmr;                           ///< Of any two there.
  double common_threshold = 0;
  std::vector<StrangerGroupRates> groups;  ///< One or more.
  /// The price of treating the worst group well: FNMR of the genuine pairs of the protocol at the
  /// threshold where the group with the most false matches has kCommonFmr.
  double fair_threshold = 0;
  Rate fnmr_at_fair_threshold;

  [[nodiscard]] const StrangerGroupRates& worst() const;  ///< At the model's threshold.
  [[nodiscard]] const StrangerGroupRates& best() const;
  [[nodiscard]] const StrangerGroupRates& worst_at_common_fmr() const;
};

/// Where the strangers come from.
struct StrangerSource {
  std::string table;
  std::string grouped_by;
};

/// Throws kInvalidArgument, before anything is embedded, where no group has as many photos as
/// compare_alike_strangers asks for.
void check_stranger_groups(const PersonTable& table, const std::vector<PhotoRef>& photos);

/// `strangers` as compare_alike_strangers gives them of `embedded`; `pairs` are the protocol's, for
/// the FNMR. Intervals, 95%, draw people with replacement by `seed` (rate_with_drawn_interval).
/// Throws kInvalidArgument without a group.
StrangerEvaluation evaluate_strangers(const AlikeStrangers& strangers,
                                      const std::vector<EmbeddedPhoto>& embedded,
                                      const StrangerSource& source, double threshold,
                                      const std::vector<LabelledPair>& pairs, std::uint64_t seed);

nlohmann::ordered_json to_json(const StrangerEvaluation& evaluation);

}  // namespace visavis
