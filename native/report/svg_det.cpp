#include "native/report/svg_det.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/csv.h"
#include "native/report/html_page.h"
#include "native/report/svg_canvas.h"
#include "native/report/svg_line_chart.h"
#include "native/system/counted.h"

namespace visavis {
namespace {

/// Where an axis ends towards the large rates: the first of these that no curve passes.
constexpr std::array<double, 6> kAxisEnds{0.02, 0.05, 0.1, 0.2, 0.4, 0.5};

/// A power of ten at or below the smallest rate that `pairs` can tell, 1e-2 at most.
double least_rate(std::size_t pairs) {
  const double exponent =
      std::ceil(std::log10(static_cast<double>(std::max<std::size_t>(1, pairs))));
  return std::pow(10.0, -std::clamp(exponent, 2.0, 6.0));
}

bool has_both_errors(const DetPoint& point) { return point.fmr > 0 && point.fnmr > 0; }

/// Of the points with errors of both kinds those that are better than all others of their FMR and of
/// their FNMR: the corners of the curve's steps.
std::vector<DetPoint> corners_of(const DetSeries& series) {
  std::vector<DetPoint> corners;
  for (std::size_t i = 0; i < series.det.size(); ++i) {
    const DetPoint& point = series.det[i];
    if (!has_both_errors(point)) continue;
    // With the threshold the FMR rises and the FNMR falls: the last of one FMR is its best, the
    // first of one FNMR.
    const bool is_last = i + 1 == series.det.size() || series.det[i + 1].fmr > point.fmr ||
                         series.det[i + 1].fnmr == 0;
    if (is_last && (corners.empty() || point.fnmr < corners.back().fnmr)) corners.push_back(point);
  }
  return corners;
}

struct DetAxes {
  DeviateAxis x;
  DeviateAxis y;
};

DetAxes axes_of(const std::vector<DetSeries>& all) {
  double least_fmr = 1e-2;
  double least_fnmr = 1e-2;
  double most_fmr = 0;
  double most_fnmr = 0;
  for (const DetSeries& series : all) {
    least_fmr = std::min(least_fmr, least_rate(series.impostor_pairs));
    least_fnmr = std::min(least_fnmr, least_rate(series.genuine_pairs));
    for (const DetMark& one : series.marks) most_fnmr = std::max(most_fnmr, one.point.fnmr.value);
    for (const DetPoint& corner : corners_of(series)) {
      most_fmr = std::max(most_fmr, corner.fmr);
      most_fnmr = std::max(most_fnmr, corner.fnmr);
    }
  }
  const auto end_above = [](double rate) {
    const auto* end = std::lower_bound(kAxisEnds.begin(), kAxisEnds.end(), rate);
    return end == kAxisEnds.end() ? kAxisEnds.back() : *end;
  };
  return {{least_fmr, end_above(most_fmr), kPlotLeft, kPlotRight},
          {least_fnmr, end_above(most_fnmr), kPlotBottom, kPlotTop}};
}

std::string deviate_grid(const DetAxes& axes) {
  const auto percent = [](double rate) { return fmt::format("{:g}%", rate * 100); };
  std::string svg;
  for (const double rate : axes.x.ticks()) {
    const double x = axes.x.at(rate);
    svg += svg_line(x, kPlotTop, x, kPlotBottom, "grid");
    svg += svg_text(x, kPlotBottom + 20, "middle", percent(rate));
  }
  for (const double rate : axes.y.ticks()) {
    const double y = axes.y.at(rate);
    svg += svg_line(kPlotLeft, y, kPlotRight, y, "grid");
    svg += svg_text(kPlotLeft - 8, y + 4, "end", percent(rate));
  }
  return svg;
}

/// A point of the curve with the intervals of both rates.
struct BandPoint {
  double threshold;
  Rate fmr;
  Rate fnmr;
};

Rate rate_of(double share, std::size_t pairs) {
  return rate_with_interval(
      static_cast<std::size_t>(std::llround(share * static_cast<double>(pairs))), pairs);
}

/// The curve's corners, a pixel or more apart.
std::vector<BandPoint> thinned(const DetSeries& series, const DetAxes& axes) {
  constexpr double kApart = 1;
  std::vector<BandPoint> points;
  double last_x = -kChartWidth;
  double last_y = -kChartWidth;
  for (const DetPoint& corner : corners_of(series)) {
    const double x = axes.x.at(corner.fmr);
    const double y = axes.y.at(corner.fnmr);
    if (std::abs(x - last_x) < kApart && std::abs(y - last_y) < kApart) continue;
    points.push_back({corner.threshold, rate_of(corner.fmr, series.impostor_pairs),
                      rate_of(corner.fnmr, series.genuine_pairs)});
    last_x = x;
    last_y = y;
  }
  return points;
}

/// Whether a rate can be shown on the axes: beyond their ends the curve would run along the edge.
bool is_within(const BandPoint& point) {
  return point.fmr.value <= kAxisEnds.back() && point.fnmr.value <= kAxisEnds.back();
}

std::string curve_path(const std::vector<BandPoint>& points, const DetAxes& axes,
                       const std::string& style) {
  std::string path;
  for (const BandPoint& point : points) {
    if (!is_within(point)) continue;
    const double x = axes.x.at(point.fmr.value);
    const double y = axes.y.at(point.fnmr.value);
    path +=
        path.empty() ? fmt::format("M{:.1f} {:.1f}", x, y) : fmt::format("H{:.1f}V{:.1f}", x, y);
  }
  return fmt::format(R"(<path class="line {}" d="{}"/>)", style, path);
}

/// The outline of all points' rectangles of intervals together.
std::string band_path(const std::vector<BandPoint>& points, const DetAxes& axes,
                      const std::string& style) {
  const BandPoint& first = points.front();
  std::string path = fmt::format("M{:.1f} {:.1f}H{:.1f}", axes.x.at(first.fmr.low),
                                 axes.y.at(first.fnmr.high), axes.x.at(first.fmr.high));
  const auto step = [&](double fmr, double fnmr) {
    path += fmt::format("V{:.1f}H{:.1f}", axes.y.at(fnmr), axes.x.at(fmr));
  };
  for (const BandPoint& point : points) step(point.fmr.high, point.fnmr.high);
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    step(point->fmr.low, point->fnmr.low);
  }
  return fmt::format(R"(<path class="band {}" d="{}Z"/>)", style, path);
}

/// The shipped threshold is a diamond, the others are circles.
std::string mark(const DetMark& mark, const DetAxes& axes, const std::string& series,
                 const std::string& style, bool has_label) {
  const double x = axes.x.at(mark.point.fmr.value);
  const double y = axes.y.at(mark.point.fnmr.value);
  const std::string told = fmt::format(
      "{}: {}: distance below {:.4f}, FMR {:.6f} ({:.6f} to {:.6f}), FNMR {:.4f} ({:.4f} to "
      "{:.4f})",
      escaped_html(series), mark.label, mark.point.threshold, mark.point.fmr.value,
      mark.point.fmr.low, mark.point.fmr.high, mark.point.fnmr.value, mark.point.fnmr.low,
      mark.point.fnmr.high);
  std::string svg =
      mark.is_shipped
          ? fmt::format(
                R"(<path class="dot {}" d="M{:.1f} {:.1f}l7 7l-7 7l-7 -7Z"><title>{}</title></path>)",
                style, x, y - 7, told)
          : fmt::format(
                R"(<circle class="hollow {}" cx="{:.1f}" cy="{:.1f}" r="4.5"><title>{}</title></circle>)",
                style, x, y, told);
  if (!has_label) return svg;
  const std::string none = mark.point.fmr.value > 0 ? "" : ", no false match";
  const bool is_left = x < 0.6 * kPlotRight;
  return svg + svg_text(x + (is_left ? 10 : -10), y - 9, is_left ? "start" : "end",
                        mark.label + none, "label");
}

}  // namespace

bool has_det_curve(const DetSeries& series) {
  return std::any_of(series.det.begin(), series.det.end(), has_both_errors);
}

std::string det_note(const std::vector<DetSeries>& series) {
  std::string note;
  std::size_t curves = 0;
  for (const DetSeries& one : series) {
    if (has_det_curve(one)) {
      ++curves;
      continue;
    }
    note += fmt::format(
        "{}: no threshold at which errors of both kinds were made in {} genuine and {}, so that "
        "there is no curve. ",
        escaped_html(one.name), one.genuine_pairs,
        counted(one.impostor_pairs, "impostor pair", "impostor pairs"));
  }
  if (curves == 0) return note;
  return note +
         "Axes linear in normal deviates; lower and further left is better. Bands: 95% intervals "
         "(Clopper-Pearson) of both rates at each threshold, pairs taken for independent.";
}

std::string det_chart(const std::vector<DetSeries>& series) {
  if (std::none_of(series.begin(), series.end(), has_det_curve)) return "";
  const DetAxes axes = axes_of(series);
  std::string svg =
      open_svg_chart("DET curve: false non-match rate over false match rate") + deviate_grid(axes);
  std::string curves;
  std::string marks;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (!has_det_curve(series[i])) continue;
    const std::string style = line_key_style(i);
    const std::vector<BandPoint> points = thinned(series[i], axes);
    svg += band_path(points, axes, style);
    curves += curve_path(points, axes, style);
    for (const DetMark& one : series[i].marks) {
      marks += mark(one, axes, series[i].name, style, series.size() == 1);
    }
  }
  return svg + curves + marks + svg_axis_titles("False match rate", "False non-match rate") +
         "</svg>";
}

std::string det_csv(const std::vector<DetSeries>& series) {
  std::string csv = "series,threshold,fmr,fmr_low,fmr_high,fnmr,fnmr_low,fnmr_high\n";
  const DetAxes axes = axes_of(series);
  for (const DetSeries& one : series) {
    for (const BandPoint& point : thinned(one, axes)) {
      csv += fmt::format("{},{:.6f},{:.8g},{:.8g},{:.8g},{:.8g},{:.8g},{:.8g}\n",
                         csv_field(one.name), point.threshold, point.fmr.value, point.fmr.low,
                         point.fmr.high, point.fnmr.value, point.fnmr.low, point.fnmr.high);
    }
  }
  return csv;
}

}  // namespace visavis
