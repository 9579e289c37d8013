#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/rates/metrics.h"

namespace visavis {

/// Distances of genuine and impostor pairs, counted in bins over 0..2. The fewer pairs there are of
/// either kind, the wider the bins: 0.02, 0.05 or 0.1.
struct DistanceHistograms {
  double bin_width = 0.1;
  std::vector<std::size_t> genuine;  ///< Pairs in each bin; those without a face are left out.
  std::vector<std::size_t> impostor;
  double threshold = 0;
};

DistanceHistograms distance_histograms(const std::vector<LabelledPair>& pairs, double threshold);

/// Inline SVG: both as outlines, in shares of the pairs of their kind, with the threshold.
std::string histogram_chart(const DistanceHistograms& histograms);

/// The legend of the chart with the numbers of pairs, HTML.
std::string histogram_key(const DistanceHistograms& histograms);

/// Lower and upper end of each bin, and how many pairs lie in it.
std::string histogram_csv(const DistanceHistograms& histograms);

}  // namespace visavis
