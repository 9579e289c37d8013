#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/rates/calibration.h"
#include "core/rates/metrics.h"
#include "native/data/person_groups.h"
#include "native/data/protocol.h"

namespace visavis {

/// Error rates of one group of people at a threshold: of its own people's genuine pairs, and of
/// impostor pairs with both people in the group, as NIST FRVT part 3 measures demographic effects
/// (Grother et al. 2019, NISTIR 8280): most false matches are between people who look alike.
struct GroupRates {
  std::string attribute;
  std::string group;
  std::size_t people = 0;          ///< Who are in the protocol.
  std::size_t genuine_pairs = 0;   ///< Those with a photo without a face are false non-matches.
  std::size_t impostor_pairs = 0;  ///< Those with a face in both photos.
  Rate fmr;
  Rate fnmr;
  bool fmr_is_conclusive = false;  ///< Whether has_enough_pairs.
  bool fnmr_is_conclusive = false;
};

struct GroupEvaluation {
  std::string source;    ///< The table of people.
  double threshold = 0;  ///< A match is distance < threshold.
  Rate expected_fmr;     ///< At the threshold by the model's calibration, else on all pairs.
  Rate expected_fnmr;
  std::vector<GroupRates> groups;  ///< In the order of the table's columns.

  [[nodiscard]] bool empty() const { return groups.empty(); }
};

/// How many times the expected or the measured rate the upper end of an interval may be.
inline constexpr double kWidestInterval = 3;

/// Whether there are enough pairs for a conclusion: the interval's upper end is at most
/// kWidestInterval times the larger of the expected and the measured rate. Without an error that
/// takes 1.23 / expected pairs; with three errors or more it always holds.
bool has_enough_pairs(const Rate& rate, double expected);

/// `pairs` as measure_pairs gives them for the protocol. Intervals take pairs for independent;
/// where a photo stands in many of them they are too narrow. `calibration` may be empty.
GroupEvaluation evaluate_groups(const PersonTable& table, const Protocol& protocol,
                                const std::vector<LabelledPair>& pairs,
                                const OperatingPoint& at_threshold,
                                const CalibrationTable& calibration);

/// For `visavis evaluate --json`: an object with "rates", one entry a group.
nlohmann::ordered_json to_json(const GroupEvaluation& evaluation);

/// For people: a line a group under its attribute. Explains the mark of rates that are not
/// conclusive.
std::string to_text(const GroupEvaluation& evaluation);

}  // namespace visavis
