#pragma once

#include <string>
#include <vector>

#include "core/metrics.h"
#include "native/evaluation.h"

namespace visavis {

/// Inline SVG, coloured by the page's CSS classes (html_report.cpp). Both axes logarithmic, with
/// the reported operating points and their 95% intervals.
std::string det_chart(const std::vector<DetPoint>& det, const Evaluation& evaluation);

/// Distances of genuine and impostor pairs as two outlines over 0..2, with the threshold.
std::string distance_histograms(const std::vector<LabelledPair>& pairs, double threshold);

}  // namespace visavis
