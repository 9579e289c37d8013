#pragma once

#include <string>
#include <vector>

namespace visavis {

/// A figure over the course of something. Values that are not finite are gaps.
struct ChartSeries {
  std::string name;       ///< Plain text.
  std::vector<double> x;  ///< Rising.
  std::vector<double> y;
};

enum class ChartScale { kLinear, kLogarithmic };
enum class ChartUnit { kNumber, kPercent };

struct LineChart {
  std::string title;  ///< These three are plain text.
  std::string x_title;
  std::string y_title;
  ChartScale scale = ChartScale::kLinear;
  ChartUnit unit = ChartUnit::kNumber;
  std::vector<ChartSeries> series;  ///< The first kLineColours have colours of their own.
  double marked_x = -1;             ///< A vertical line with `mark`; below 0 for none.
  std::string mark;
};

inline constexpr std::size_t kLineColours = 6;

/// Inline SVG. Series of more than about 600 points are thinned to the means of as many runs; the
/// reader sees the values under the pointer. Zero and less have no place on a logarithmic axis:
/// they lie on its lower end.
std::string line_chart(const LineChart& chart);

/// The class that html_key needs to show a series' colour.
std::string line_key_style(std::size_t series);

}  // namespace visavis
