#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/rates/rate.h"
#include "native/report/svg_line_chart.h"

namespace visavis {

/// A row of a forest plot (Lewis and Clarke 2001): what it is about, and a rate for each series,
/// nothing where there is none.
struct ForestRow {
  std::string label;  ///< Plain text.
  std::vector<std::optional<Rate>> rates;
};

struct ForestChart {
  std::string title;  ///< These three are plain text.
  std::string x_title;
  std::vector<std::string> series;
  ChartScale scale = ChartScale::kLogarithmic;
  std::vector<ForestRow> rows;
  std::optional<double> reference;  ///< A vertical line, with `reference_label`.
  std::string reference_label;
};

/// Inline SVG: rates as dots with their 95% intervals, a row below the other, in percent. On a
/// logarithmic axis a rate of 0 is a hollow dot at its lower end.
std::string forest_chart(const ForestChart& chart);

/// Row, series, rate and interval, a line each.
std::string forest_csv(const ForestChart& chart);

}  // namespace visavis
