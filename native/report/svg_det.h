#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/rates/metrics.h"

namespace visavis {

/// A point of the DET curve to be marked.
struct DetMark {
  std::string label;  ///< HTML.
  OperatingPoint point;
  bool is_shipped = false;  ///< The threshold that the model ships with: a mark of its own kind.
};

/// The DET curve of one model.
struct DetSeries {
  std::string name;  ///< Plain text.
  std::vector<DetPoint> det;
  std::size_t genuine_pairs = 0;
  std::size_t impostor_pairs = 0;  ///< Those with a face in both photos.
  std::vector<DetMark> marks;
};

/// Whether there is a threshold with errors of both kinds. Without one there is no curve to draw.
bool has_det_curve(const DetSeries& series);

/// What a reader should know of the chart, HTML; where a series has no curve, what is known instead.
std::string det_note(const std::vector<DetSeries>& series);

/// Inline SVG: both axes linear in normal deviates (Martin et al. 1997) and as long as the numbers
/// of pairs allow. Round each curve a 95% band: at every threshold the rectangle of both rates'
/// Clopper-Pearson intervals, of which the band joins the corners. Series without a curve are left
/// out; without any there is no chart ("", and det_note says so). Marks have labels where there is one series.
std::string det_chart(const std::vector<DetSeries>& series);

/// What the chart shows, thinned alike: series, threshold, FMR and FNMR with their intervals, a line
/// a point.
std::string det_csv(const std::vector<DetSeries>& series);

}  // namespace visavis
