#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/rates/calibration.h"
#include "native/embedding/photo_embedder.h"
#include "native/evaluation/alike_strangers.h"

namespace visavis {

/// All pairs of strangers: distances of every two, in any order.
std::vector<float> distances_between(const AlikeStrangers& strangers,
                                     const std::vector<EmbeddedPhoto>& embedded);

/// A rate as measured on `pairs` of people, with the widest of two 95% intervals: that of pairs that
/// are independent (rate_with_interval), and the percentiles of the rates that were `drawn` with
/// other people (bootstrap), which are sorted.
Rate rate_with_drawn_interval(double value, std::vector<double>& drawn, std::uint64_t pairs);

/// Puts into every point of the table what the strangers tell at its distance: `fmr` of every two
/// of them, and `alike_fmr`, the mean over the groups of the FMR within each, so that a large group
/// counts as a small one. `grouped_by` and `worst_group` are for the table's `alike`.
///
/// Intervals, 95%, draw people with replacement, not pairs (percentile bootstrap; a person stands in
/// thousands of pairs: Bolle et al. 2004, "Error analysis of pattern recognition systems: the subsets
/// bootstrap"), `draws` times by `seed`. They are never narrower than those of independent pairs
/// (rate_with_interval), which also hold where no pair matches. Throws kInvalidArgument without a
/// group.
void put_stranger_rates(CalibrationTable& table, const AlikeStrangers& strangers,
                        const std::vector<EmbeddedPhoto>& embedded, const std::string& grouped_by,
                        const std::string& worst_group, std::uint64_t seed, int draws = 200);

}  // namespace visavis
