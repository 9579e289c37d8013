#include "native/report/svg_line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "native/report/html_page.h"
#include "native/report/svg_canvas.h"

namespace visavis {
namespace {

constexpr std::size_t kMaxPoints = 600;
/// Columns of the chart that tell their values under the pointer.
constexpr std::size_t kMaxColumns = 120;
/// Up to this many points are marked, so that few validations are seen as such.
constexpr std::size_t kMaxMarked = 40;

ChartSeries thinned(const ChartSeries& series) {
  const std::size_t count = std::min(series.x.size(), series.y.size());
  ChartSeries thin{series.name, {}, {}};
  const std::size_t runs = std::min(count, kMaxPoints);
  for (std::size_t run = 0; run < runs; ++run) {
    double x = 0;
    double y = 0;
    double finite = 0;
    const std::size_t begin = run * count / runs;
    const std::size_t end = (run + 1) * count / runs;
    for (std::size_t i = begin; i < end; ++i) {
      x += series.x[i] / static_cast<double>(end - begin);
      if (!std::isfinite(series.y[i])) continue;
      y += series.y[i];
      ++finite;
    }
    if (!std::isfinite(x)) continue;
    thin.x.push_back(x);
    thin.y.push_back(finite > 0 ? y / finite : std::numeric_limits<double>::quiet_NaN());
  }
  return thin;
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

/// A value as its axis shows it.
std::string value_text(double value, ChartUnit unit) {
  return unit == ChartUnit::kPercent ? fmt::format("{:.4g}%", value * 100)
                                     : fmt::format("{:.5g}", value);
}

struct Axes {
  ValueAxis x;
  ValueAxis y;
};

Axes axes_of(const LineChart& chart, const std::vector<ChartSeries>& series) {
  const bool is_logarithmic = chart.scale == ChartScale::kLogarithmic;
  Range x;
  Range y;
  for (const ChartSeries& s : series) {
    for (std::size_t i = 0; i < s.x.size(); ++i) {
      x.add(s.x[i]);
      if (std::isfinite(s.y[i]) && (s.y[i] > 0 || !is_logarithmic)) y.add(s.y[i]);
    }
  }
  // What is never negative is read against zero, unless it hardly changes.
  if (!is_logarithmic && y.low > 0 && y.low < 0.6 * y.high) y.low = 0;
  if (!(x.low <= x.high)) x = {0, 1};
  return {ValueAxis::exactly(std::min(0.0, x.low), x.high, kPlotLeft, kPlotRight),
          ValueAxis(is_logarithmic ? ValueAxis::Kind::kLogarithmic : ValueAxis::Kind::kLinear,
                    y.low, y.high, kPlotBottom, kPlotTop)};
}

std::string grid(const Axes& axes, ChartUnit unit) {
  std::string svg;
  for (const double tick : axes.x.ticks()) {
    const double x = axes.x.at(tick);
    svg += svg_line(x, kPlotTop, x, kPlotBottom, "grid");
    svg += svg_text(x, kPlotBottom + 20, "middle", fmt::format("{:g}", tick));
  }
  for (const double tick : axes.y.ticks()) {
    const double y = axes.y.at(tick);
    svg += svg_line(kPlotLeft, y, kPlotRight, y, "grid");
    svg += svg_text(
        kPlotLeft - 8, y + 4, "end",
        unit == ChartUnit::kPercent ? fmt::format("{:g}%", tick * 100) : fmt::format("{:g}", tick));
  }
  return svg;
}

/// The line with gaps where values are missing; points by themselves as dots.
std::string series_path(const ChartSeries& series, const Axes& axes, std::size_t index) {
  const std::size_t colour = index % kLineColours;
  std::string path;
  std::string dots;
  bool is_drawing = false;
  for (std::size_t i = 0; i < series.x.size(); ++i) {
    if (!std::isfinite(series.y[i])) {
      is_drawing = false;
      continue;
    }
    const double x = axes.x.at(series.x[i]);
    const double y = axes.y.at(series.y[i]);
    path += fmt::format("{}{:.1f} {:.1f}", is_drawing ? 'L' : 'M', x, y);
    const bool goes_on = i + 1 < series.x.size() && std::isfinite(series.y[i + 1]);
    if (series.x.size() <= kMaxMarked || (!is_drawing && !goes_on)) {
      dots +=
          fmt::format(R"(<circle class="dot s{}" cx="{:.1f}" cy="{:.1f}" r="3"/>)", colour, x, y);
    }
    is_drawing = true;
  }
  return fmt::format(R"(<path class="line s{}" d="{}"/>)", colour, path) + dots;
}

/// What all series are at `x`, for the pointer.
std::string values_at(const std::vector<ChartSeries>& series, double x, const LineChart& chart) {
  std::string text = fmt::format("{} {:.4g}", chart.x_title, x);
  for (const ChartSeries& s : series) {
    if (s.x.empty()) continue;
    auto after = std::lower_bound(s.x.begin(), s.x.end(), x);
    if (after == s.x.end() || (after != s.x.begin() && x - *(after - 1) < *after - x)) --after;
    const double value = s.y[static_cast<std::size_t>(after - s.x.begin())];
    text += fmt::format("\n{}: {}", s.name,
                        std::isfinite(value) ? value_text(value, chart.unit) : "not finite");
  }
  return escaped_html(text);
}

/// Transparent columns round the points of the longest series.
std::string pointer_columns(const std::vector<ChartSeries>& series, const LineChart& chart,
                            const Axes& axes) {
  const auto longest = std::max_element(
      series.begin(), series.end(),
      [](const ChartSeries& a, const ChartSeries& b) { return a.x.size() < b.x.size(); });
  if (longest == series.end() || longest->x.empty()) return "";
  const std::size_t count = std::min(kMaxColumns, longest->x.size());
  std::vector<double> centres;
  for (std::size_t i = 0; i < count; ++i) {
    centres.push_back(longest->x[(2 * i + 1) * longest->x.size() / (2 * count)]);
  }
  std::string svg;
  double left = kPlotLeft;
  for (std::size_t i = 0; i < count; ++i) {
    const double right =
        i + 1 < count ? axes.x.at(0.5 * (centres[i] + centres[i + 1])) : kPlotRight;
    svg += fmt::format(
        R"(<rect class="under" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>{}</title></rect>)",
        left, kPlotTop, std::max(0.0, right - left), kPlotBottom - kPlotTop,
        values_at(series, centres[i], chart));
    left = right;
  }
  return svg;
}

std::string marked_line(const LineChart& chart, const Axes& axes) {
  if (!(chart.marked_x >= 0)) return "";
  const double x = axes.x.at(chart.marked_x);
  const bool is_left = x < 0.5 * (kPlotLeft + kPlotRight);
  return svg_line(x, kPlotTop, x, kPlotBottom, "threshold") +
         svg_text(x + (is_left ? 6 : -6), kPlotTop + 12, is_left ? "start" : "end",
                  escaped_html(chart.mark), "label");
}

}  // namespace

std::string line_chart(const LineChart& chart) {
  std::vector<ChartSeries> series;
  for (const ChartSeries& s : chart.series) series.push_back(thinned(s));
  const Axes axes = axes_of(chart, series);
  std::string svg = open_svg_chart(escaped_html(chart.title)) + grid(axes, chart.unit);
  for (std::size_t i = 0; i < series.size(); ++i) svg += series_path(series[i], axes, i);
  return svg + marked_line(chart, axes) +
         svg_axis_titles(escaped_html(chart.x_title), escaped_html(chart.y_title)) +
         pointer_columns(series, chart, axes) + "</svg>";
}

std::string line_key_style(std::size_t series) {
  return "s" + std::to_string(series % kLineColours);
}

}  // namespace visavis
