#include "native/report/svg_forest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/csv.h"
#include "native/report/html_page.h"
#include "native/report/svg_canvas.h"

namespace visavis {
namespace {

constexpr double kForestLeft = 200;  ///< Labels stand before it.
constexpr double kForestTop = 24;
constexpr double kSeriesHeight = 11;
constexpr double kRowGap = 12;
/// Lower rates are of no use to anybody.
constexpr double kLeastRate = 1e-7;

double row_height(const ForestChart& chart) {
  return kRowGap +
         kSeriesHeight * static_cast<double>(std::max<std::size_t>(1, chart.series.size()));
}

ValueAxis axis_of(const ForestChart& chart) {
  const bool is_logarithmic = chart.scale == ChartScale::kLogarithmic;
  double low = chart.reference.value_or(HUGE_VAL);
  double high = chart.reference.value_or(0);
  for (const ForestRow& row : chart.rows) {
    for (const std::optional<Rate>& rate : row.rates) {
      if (!rate) continue;
      // An interval from 0 has no place on a logarithmic axis, and a rate of 0 neither.
      for (const double end : {rate->low, rate->value, rate->high}) {
        if (!is_logarithmic || end > kLeastRate) low = std::min(low, end);
        high = std::max(high, end);
      }
    }
  }
  return {is_logarithmic ? ValueAxis::Kind::kLogarithmic : ValueAxis::Kind::kLinear,
          std::min(low, high), high, kForestLeft, kPlotRight};
}

std::string forest_grid(const ValueAxis& axis, double bottom) {
  std::string svg;
  for (const double tick : axis.ticks()) {
    svg += svg_line(axis.at(tick), kForestTop, axis.at(tick), bottom, "grid");
    svg += svg_text(axis.at(tick), bottom + 18, "middle", fmt::format("{:.6g}%", tick * 100));
  }
  return svg;
}

std::string rate_mark(const ForestChart& chart, const ForestRow& row, std::size_t series,
                      const ValueAxis& axis, double y) {
  const Rate& rate = *row.rates[series];
  const std::string style = line_key_style(series);
  const bool is_beyond = chart.scale == ChartScale::kLogarithmic && rate.value <= kLeastRate;
  const std::string told = escaped_html(
      fmt::format("{}, {}: {:.5g}% (95%: {:.5g}% to {:.5g}%)", row.label, chart.series[series],
                  rate.value * 100, rate.low * 100, rate.high * 100));
  return svg_line(axis.at(rate.low), y, axis.at(rate.high), y, ("whisker of " + style).c_str()) +
         fmt::format(
             R"(<circle class="{} {}" cx="{:.1f}" cy="{:.1f}" r="4"><title>{}</title></circle>)",
             is_beyond ? "hollow" : "dot", style, axis.at(rate.value), y, told);
}

}  // namespace

std::string forest_chart(const ForestChart& chart) {
  const ValueAxis axis = axis_of(chart);
  const double bottom = kForestTop + row_height(chart) * static_cast<double>(chart.rows.size());
  std::string svg =
      open_svg_chart(escaped_html(chart.title), bottom + 48) + forest_grid(axis, bottom);
  if (chart.reference) {
    const double x = axis.at(*chart.reference);
    svg += svg_line(x, kForestTop - 4, x, bottom, "threshold") +
           svg_text(x, kForestTop - 9, "middle", escaped_html(chart.reference_label), "label");
  }
  double top = kForestTop;
  for (const ForestRow& row : chart.rows) {
    svg += svg_text(kForestLeft - 12, top + 0.5 * row_height(chart) + 4, "end",
                    escaped_html(row.label), "label");
    for (std::size_t i = 0; i < std::min(row.rates.size(), chart.series.size()); ++i) {
      const double y = top + 0.5 * kRowGap + kSeriesHeight * (static_cast<double>(i) + 0.5);
      if (row.rates[i]) svg += rate_mark(chart, row, i, axis, y);
    }
    top += row_height(chart);
  }
  return svg +
         svg_text(0.5 * (kForestLeft + kPlotRight), bottom + 40, "middle",
                  escaped_html(chart.x_title)) +
         "</svg>";
}

std::string forest_csv(const ForestChart& chart) {
  std::string csv = "row,series,rate,rate_low,rate_high\n";
  for (const ForestRow& row : chart.rows) {
    for (std::size_t i = 0; i < std::min(row.rates.size(), chart.series.size()); ++i) {
      if (!row.rates[i]) continue;
      csv += fmt::format("{},{},{:.8g},{:.8g},{:.8g}\n", csv_field(row.label),
                         csv_field(chart.series[i]), row.rates[i]->value, row.rates[i]->low,
                         row.rates[i]->high);
    }
  }
  return csv;
}

}  // namespace visavis
