#include "native/training/run/training_charts.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "native/report/html_page.h"
#include "native/report/svg_line_chart.h"

namespace visavis {
namespace {

constexpr const char* kValidation = "validation/";
/// Positive figures that span more than this are shown on a logarithmic axis.
constexpr double kWideRange = 100;

bool has(const std::string& name, const char* word) { return name.find(word) != std::string::npos; }

bool is_validation(const std::string& name) { return name.rfind(kValidation, 0) == 0; }

/// Figures that are read together.
struct Group {
  int order = 0;
  std::string title;
  std::string unit_title;  ///< Of the vertical axis.
  ChartUnit unit = ChartUnit::kNumber;
  bool may_be_logarithmic = false;
  bool is_logarithmic = false;

  bool operator<(const Group& other) const {
    return std::tie(order, title) < std::tie(other.order, other.title);
  }
};

Group validation_group(const std::string& name) {
  if (has(name, "eer") || has(name, "fnmr") || has(name, "error")) {
    return {1, "Validation: error rates", "Rate", ChartUnit::kPercent, false, true};
  }
  if (has(name, "accuracy")) return {2, "Validation: accuracy", "Share", ChartUnit::kPercent};
  if (has(name, "distance") || has(name, "spread")) {
    return {3, "Validation: distances", "Distance"};
  }
  return {4, "Validation: " + figure_label(name), figure_label(name)};
}

Group group_of(const std::string& name) {
  if (is_validation(name)) return validation_group(name);
  if (has(name, "loss")) return {0, "Training loss", "Loss", ChartUnit::kNumber, true};
  if (name == "learning rate") return {8, "Learning rate", "Learning rate"};
  if (has(name, "active") || has(name, "accuracy") || has(name, "share")) {
    return {5, "Shares within batches", "Share", ChartUnit::kPercent};
  }
  if (has(name, "distance")) return {6, "Distances within batches", "Distance"};
  if (has(name, "cosine")) return {7, "Cosines within batches", "Cosine"};
  std::string title = figure_label(name);
  title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  return {9, title, title, ChartUnit::kNumber, true};
}

/// Half an interval's width is no curve; the table of figures tells it.
bool is_charted(const std::string& name) { return !name.empty() && !has(name, "ci95"); }

ChartSeries series_of(const std::vector<LogRow>& rows, const std::string& name, bool by_epoch) {
  ChartSeries series{figure_label(name), {}, {}};
  for (const LogRow& row : rows) {
    const auto figure = row.figures.find(name);
    if (figure == row.figures.end()) continue;
    series.x.push_back(by_epoch ? row.epoch : static_cast<double>(row.step));
    series.y.push_back(figure->second);
  }
  return series;
}

bool spans_widely(const std::vector<ChartSeries>& series) {
  double low = HUGE_VAL;
  double high = 0;
  for (const ChartSeries& s : series) {
    for (const double y : s.y) {
      if (!std::isfinite(y)) continue;
      low = std::min(low, y);
      high = std::max(high, y);
    }
  }
  return low > 0 && high > kWideRange * low;
}

/// Which colour is which; a line of its own also where that is plain, so that charts side by side
/// stay level.
std::string series_keys(const Group& group, const std::vector<ChartSeries>& series) {
  const bool is_plain = series.size() == 1 && (group.order == 0 || group.unit_title == group.title);
  if (is_plain) return "&nbsp;";
  std::string keys = "<span class=\"keys\">";
  for (std::size_t i = 0; i < series.size(); ++i) {
    keys += "<span>" + html_key(line_key_style(i), escaped_html(series[i].name)) + "</span>";
  }
  return keys + "</span>";
}

std::string chart_card(const Group& group, std::vector<ChartSeries> series, bool by_epoch,
                       double best_epoch) {
  LineChart chart;
  chart.title = group.title;
  chart.x_title = by_epoch ? "Epoch" : "Step";
  chart.y_title = group.unit_title;
  chart.unit = group.unit;
  if (group.is_logarithmic || (group.may_be_logarithmic && spans_widely(series))) {
    chart.scale = ChartScale::kLogarithmic;
  }
  if (by_epoch && best_epoch >= 0 && group.order >= 1 && group.order <= 4) {
    chart.marked_x = best_epoch;
    chart.mark = "best";
  }
  const std::string keys = series_keys(group, series);
  chart.series = std::move(series);
  return html_card(escaped_html(group.title), keys, line_chart(chart));
}

}  // namespace

std::string figure_label(const std::string& name) {
  std::string label = is_validation(name) ? name.substr(std::string(kValidation).size()) : name;
  for (const auto& [word, shown] : {std::pair{"eer", "EER"}, {"fnmr", "FNMR"}, {"fmr", "FMR"}}) {
    const std::size_t length = std::string(word).size();
    for (std::size_t at = 0; (at = label.find(word, at)) != std::string::npos; at += length) {
      const bool starts = at == 0 || std::isalnum(static_cast<unsigned char>(label[at - 1])) == 0;
      const bool ends = at + length == label.size() ||
                        std::isalpha(static_cast<unsigned char>(label[at + length])) == 0;
      if (starts && ends) label.replace(at, length, shown);
    }
  }
  return label.empty() ? name : label;
}

std::string training_charts(const std::vector<LogRow>& rows, double best_epoch) {
  std::set<std::string> names;
  for (const LogRow& row : rows) {
    for (const auto& [name, value] : row.figures) {
      if (is_charted(name)) names.insert(name);
    }
  }
  std::map<Group, std::vector<std::string>> groups;
  for (const std::string& name : names) groups[group_of(name)].push_back(name);
  const bool by_epoch = !rows.empty() && rows.back().epoch > 0;
  std::string html;
  for (const auto& [group, members] : groups) {
    for (std::size_t first = 0; first < members.size(); first += kLineColours) {
      std::vector<ChartSeries> series;
      for (std::size_t i = first; i < std::min(members.size(), first + kLineColours); ++i) {
        series.push_back(series_of(rows, members[i], by_epoch));
      }
      html += chart_card(group, std::move(series), by_epoch, best_epoch);
    }
  }
  return html;
}

}  // namespace visavis
