#include "core/fewshot/rejection.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/number_range.h"
#include "core/rates/metrics.h"

namespace visavis {
namespace {

/// Rising.
std::vector<double> sorted(std::span<const double> distances) {
  std::vector<double> values(distances.begin(), distances.end());
  for (const double value : values) {
    if (!std::isfinite(value)) refuse("rejection", "a distance that is not finite");
  }
  std::sort(values.begin(), values.end());
  return values;
}

/// Of whole images.
constexpr double kDefaultFmr = 0.05;

bool tells(const CalibrationTable& table, double fmr) {
  return fmr * static_cast<double>(table.impostor_pairs) >= 1 &&
         table.points.front().fmr.value <= fmr;
}

}  // namespace

std::optional<double> default_rejection_distance(const CalibrationTable& table,
                                                 FewShotSubject subject) {
  if (table.points.empty()) return std::nullopt;
  const bool is_by_fmr = subject == FewShotSubject::kWholeImages && tells(table, kDefaultFmr);
  const double distance = is_by_fmr ? threshold_at_fmr(table, kDefaultFmr) : table.threshold;
  // A distance of 0 would be no threshold: everything would be none of these.
  if (!(distance > 0)) return std::nullopt;
  return distance;
}

RejectionThreshold calibrate_rejection(std::span<const double> known,
                                       std::span<const double> unknown, double false_acceptance) {
  require_number("rejection: the share of unknown queries to accept", false_acceptance,
                 kOpenShareRange);
  const std::vector<double> strangers = sorted(unknown);
  const std::vector<double> members = sorted(known);
  // The margin keeps 0.29 of 100 at 29, though its double is slightly smaller.
  const double allowed = false_acceptance * static_cast<double>(strangers.size()) + 1e-9;
  if (allowed < 1) {
    refuse("rejection",
           "there are " + std::to_string(strangers.size()) +
               " unknown queries; to tell that share of them it takes " +
               std::to_string(static_cast<long>(std::ceil(1 / false_acceptance - 1e-9))) +
               " or more");
  }
  RejectionThreshold result;
  result.threshold = strangers[static_cast<std::size_t>(allowed)];
  if (!(result.threshold > 0)) {
    refuse(
        "rejection",
        "more unknown queries than may be accepted lie at distance 0 from a class: the same images "
        "stand on both sides; remove them from one");
  }
  result.false_acceptance =
      rate_with_interval(count_below(strangers, result.threshold), strangers.size());
  result.false_rejection =
      rate_with_interval(members.size() - count_below(members, result.threshold), members.size());
  return result;
}

std::vector<double> leave_one_out_distances(SupportSet support, FewShotOptions options) {
  // Whatever the distance, it is asked for; a single class has one too.
  options.rejection_distance = std::numeric_limits<double>::infinity();
  const std::vector<SupportClass> classes = support.classes();
  std::vector<double> distances;
  for (const SupportClass& entry : classes) {
    if (entry.shots < 2) continue;
    // What is left out comes back as the last: after `shots` turns all are where they were.
    for (std::size_t turn = 0; turn < entry.shots; ++turn) {
      const auto first = support.rows().subspan(entry.first * support.embedding_length(),
                                                support.embedding_length());
      const std::vector<float> example(first.begin(), first.end());
      support.remove_example(entry.name, 0);
      distances.push_back(support.classify(example, options).ranking.front().distance);
      support.add_example(entry.name, example);
    }
  }
  return distances;
}

}  // namespace visavis
