#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/rates/metrics.h"

namespace visavis {

/// A point of the DET curve to be marked.
struct DetMark {
  std::string label;
  OperatingPoint point;
};

/// Inline SVG, coloured by the page's CSS classes (html_page.cpp). Both axes logarithmic and as
/// long as the numbers of pairs allow, with the marks' 95% intervals of the FNMR.
std::string det_chart(const std::vector<DetPoint>& det, std::size_t genuine_pairs,
                      std::size_t impostor_pairs, const std::vector<DetMark>& marks);

/// Distances of genuine and impostor pairs as two outlines over 0..2, with the threshold.
std::string distance_histograms(const std::vector<LabelledPair>& pairs, double threshold);

}  // namespace visavis
