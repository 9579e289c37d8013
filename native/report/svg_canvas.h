#pragma once

#include <string>
#include <vector>

namespace visavis {

/// What the charts (svg_det.h, svg_histogram.h ..) are made of: SVG elements coloured by the page's CSS classes
/// (page_style.h), on a drawing area of one size. Text arguments are HTML.

inline constexpr double kChartWidth = 640;
inline constexpr double kChartHeight = 400;
/// The plot within it.
inline constexpr double kPlotLeft = 64;
inline constexpr double kPlotRight = 620;
inline constexpr double kPlotTop = 20;
inline constexpr double kPlotBottom = 344;

std::string svg_line(double x1, double y1, double x2, double y2, const char* style);
std::string svg_text(double x, double y, const char* anchor, const std::string& content,
                     const char* style = "tick");
/// Opens the drawing; `title` is told to those who cannot see it.
std::string open_svg_chart(const std::string& title, double height = kChartHeight);
std::string svg_axis_titles(const std::string& x, const std::string& y);

/// Rates along an axis that is linear in their normal deviates, from `low` to `high`, both within
/// (0, 1); what lies beyond is put on the nearer end. The false match and non-match rates of normally
/// distributed distances are a straight line on two such axes.
class DeviateAxis {
 public:
  DeviateAxis(double low, double high, double from, double to);

  [[nodiscard]] double at(double rate) const;
  /// Round rates within the axis.
  [[nodiscard]] std::vector<double> ticks() const;

 private:
  double low_;
  double high_;
  double low_deviate_;
  double high_deviate_;
  double from_;
  double to_;
};

/// A straight or logarithmic axis from `low` to `high`, which lie apart (and above 0 for a
/// logarithmic one), with labels that fit.
class ValueAxis {
 public:
  enum class Kind { kLinear, kLogarithmic };
  /// Widens the range of values to round figures. Equal or missing ones give a range round them.
  ValueAxis(Kind kind, double low, double high, double from, double to);
  /// The range as it is: for the axis on which a run's epochs lie.
  static ValueAxis exactly(double low, double high, double from, double to);

  [[nodiscard]] double at(double value) const;
  [[nodiscard]] std::vector<double> ticks() const;

 private:
  ValueAxis() = default;
  Kind kind_ = Kind::kLinear;
  double low_ = 0;
  double high_ = 1;
  double step_ = 1;  ///< Between ticks of a linear axis.
  double from_ = 0;
  double to_ = 1;
};

}  // namespace visavis
