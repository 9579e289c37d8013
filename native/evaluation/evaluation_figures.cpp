#include "native/evaluation/evaluation_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>

#include "native/report/html_page.h"
#include "native/report/svg_forest.h"
#include "native/report/svg_histogram.h"
#include "native/report/svg_line_chart.h"
#include "native/system/counted.h"

namespace visavis {
namespace {

/// The legend of charts with a series a model; nothing for one.
std::string model_keys(const ModelComparison& comparison) {
  if (comparison.models.size() == 1) return "";
  std::string keys = "<br><span class=\"keys\">";
  for (std::size_t i = 0; i < comparison.models.size(); ++i) {
    keys += fmt::format("<span>{}</span>",
                        html_key(line_key_style(i), escaped_html(comparison.models[i].name)));
  }
  return keys + "</span>";
}

std::vector<std::string> names_of(const ModelComparison& comparison) {
  std::vector<std::string> names;
  for (const ModelResult& model : comparison.models) names.push_back(model.name);
  return names;
}

/// "distances", or "distances-2" of the second of several models.
std::string figure_id(const std::string& kind, std::size_t model,
                      const ModelComparison& comparison) {
  return comparison.models.size() == 1 ? kind : fmt::format("{}-{}", kind, model + 1);
}

std::string title_of(const std::string& what, const ModelResult& model,
                     const ModelComparison& comparison) {
  return comparison.models.size() == 1 ? what : what + ": " + model.name;
}

ReportFigure histogram_figure(const ModelComparison& comparison, std::size_t place) {
  const ModelResult& model = comparison.models[place];
  const DistanceHistograms histograms =
      distance_histograms(model.pairs, model.evaluation.at_threshold.threshold);
  return {figure_id("distances", place, comparison), title_of("Distances", model, comparison),
          histogram_key(histograms), histogram_chart(histograms), histogram_csv(histograms)};
}

/// FMR and FNMR at thresholds that lie evenly from the smallest distance to the largest. A rate of 0
/// is a gap: it has no place on a logarithmic axis.
LineChart rates_chart(const ModelResult& model) {
  constexpr int kThresholds = 500;  // Few enough that the chart thins nothing.
  const SortedDistances sorted = sort_distances(model.pairs);
  const double low = sorted.genuine.empty()
                         ? sorted.impostor.front()
                         : std::min(sorted.genuine.front(), sorted.impostor.front());
  const double high = sorted.genuine.empty()
                          ? sorted.impostor.back()
                          : std::max(sorted.genuine.back(), sorted.impostor.back());
  ChartSeries fmr{"FMR", {}, {}};
  ChartSeries fnmr{"FNMR", {}, {}};
  const auto share_or_gap = [](std::size_t errors, std::size_t pairs) {
    return errors > 0 ? static_cast<double>(errors) / static_cast<double>(pairs) : NAN;
  };
  for (int i = 0; i <= kThresholds; ++i) {
    const double threshold = low + (high - low) * i / kThresholds;
    fmr.x.push_back(threshold);
    fmr.y.push_back(share_or_gap(count_below(sorted.impostor, threshold), sorted.impostor.size()));
    fnmr.x.push_back(threshold);
    fnmr.y.push_back(share_or_gap(sorted.genuine_pairs() - count_below(sorted.genuine, threshold),
                                  sorted.genuine_pairs()));
  }
  LineChart chart;
  chart.title = "FMR and FNMR against the threshold";
  chart.x_title = "Threshold";
  chart.y_title = "Rate";
  chart.scale = ChartScale::kLogarithmic;
  chart.unit = ChartUnit::kPercent;
  chart.series = {fnmr, fmr};
  chart.marked_x = model.evaluation.at_threshold.threshold;
  chart.mark = fmt::format("threshold {:.3f}", chart.marked_x);
  return chart;
}

std::string line_csv(const LineChart& chart) {
  std::string csv = "threshold,fnmr,fmr\n";
  const auto rate = [](double value) { return std::isfinite(value) ? value : 0; };
  for (std::size_t i = 0; i < chart.series[0].x.size(); ++i) {
    csv += fmt::format("{:.6f},{:.8g},{:.8g}\n", chart.series[0].x[i], rate(chart.series[0].y[i]),
                       rate(chart.series[1].y[i]));
  }
  return csv;
}

ReportFigure rates_figure(const ModelComparison& comparison, std::size_t place) {
  const ModelResult& model = comparison.models[place];
  const LineChart chart = rates_chart(model);
  return {figure_id("rates", place, comparison),
          title_of("Error rates against the threshold", model, comparison),
          html_key(line_key_style(0) + " g", "FNMR") + html_key(line_key_style(1), "FMR"),
          line_chart(chart), line_csv(chart)};
}

/// A rate of each model in a row, or nothing where it has none.
using RateOf = std::function<std::optional<Rate>(const ModelResult& model)>;

ForestRow forest_row(const ModelComparison& comparison, const std::string& label,
                     const RateOf& rate) {
  ForestRow row{label, {}};
  for (const ModelResult& model : comparison.models) row.rates.push_back(rate(model));
  return row;
}

ReportFigure forest_figure(const std::string& id, const std::string& note, const ForestChart& chart,
                           const ModelComparison& comparison) {
  return {id, chart.title, note + model_keys(comparison), forest_chart(chart), forest_csv(chart)};
}

ReportFigure groups_figure(const ModelComparison& comparison, bool of_fmr) {
  const GroupEvaluation& first = comparison.models.front().evaluation.groups;
  ForestChart chart;
  chart.title = of_fmr ? "False match rate by group" : "False non-match rate by group";
  chart.x_title = of_fmr ? "FMR of two people of the group" : "FNMR of the group's people";
  chart.series = names_of(comparison);
  if (comparison.models.size() == 1) {
    chart.reference = of_fmr ? first.expected_fmr.value : first.expected_fnmr.value;
    chart.reference_label = "expected";
  }
  for (std::size_t i = 0; i < first.groups.size(); ++i) {
    const GroupRates& group = first.groups[i];
    chart.rows.push_back(forest_row(comparison, group.attribute + ": " + group.group,
                                    [&](const ModelResult& model) -> std::optional<Rate> {
                                      const GroupRates& rates = model.evaluation.groups.groups[i];
                                      if ((of_fmr ? rates.impostor_pairs : rates.genuine_pairs) ==
                                          0)
                                        return std::nullopt;
                                      return of_fmr ? rates.fmr : rates.fnmr;
                                    }));
  }
  return forest_figure(of_fmr ? "groups-fmr" : "groups-fnmr",
                       fmt::format("Of {}, at each model's threshold, with 95% intervals that take "
                                   "pairs for independent. A hollow dot is a rate of 0.",
                                   escaped_html(first.source)),
                       chart, comparison);
}

ReportFigure strangers_figure(const ModelComparison& comparison, bool at_common_fmr) {
  const StrangerEvaluation& first = *comparison.models.front().strangers;
  ForestChart chart;
  chart.title = at_common_fmr
                    ? fmt::format("Strangers alike, where any two match at {:g}", kCommonFmr)
                    : "Strangers alike, at each model's threshold";
  chart.x_title = "FMR of two strangers of the group";
  chart.series = names_of(comparison);
  if (at_common_fmr) {
    chart.reference = kCommonFmr;
    chart.reference_label = "any two";
  } else {
    chart.rows.push_back(forest_row(comparison, "any two",
                                    [](const ModelResult& model) { return model.strangers->fmr; }));
  }
  for (const StrangerGroupRates& group : first.groups) {
    chart.rows.push_back(
        forest_row(comparison, group.group, [&](const ModelResult& model) -> std::optional<Rate> {
          for (const StrangerGroupRates& own : model.strangers->groups) {
            if (own.group != group.group) continue;
            return at_common_fmr ? own.at_common_fmr : own.at_threshold;
          }
          return std::nullopt;
        }));
  }
  return forest_figure(at_common_fmr ? "strangers-common" : "strangers",
                       fmt::format("{} of {}, grouped by {}; 95% intervals draw people anew.",
                                   counted_people(first.people), escaped_html(first.source),
                                   escaped_html(first.grouped_by)),
                       chart, comparison);
}

}  // namespace

std::vector<DetSeries> det_series(const ModelComparison& comparison) {
  std::vector<DetSeries> all;
  for (const ModelResult& model : comparison.models) {
    const Evaluation& e = model.evaluation;
    const SortedDistances sorted = sort_distances(model.pairs);
    DetSeries series{
        model.name, det_curve(sorted), sorted.genuine_pairs(), sorted.impostor.size(), {}};
    for (std::size_t i = 0; i < kReportedFmrs.size(); ++i) {
      if (!tells_fmr(e, kReportedFmrs[i].fmr)) continue;
      series.marks.push_back({std::string("FMR ") + kReportedFmrs[i].label, e.at_fmr[i]});
    }
    if (e.threshold_is_shipped) series.marks.push_back({"shipped threshold", e.at_threshold, true});
    all.push_back(std::move(series));
  }
  return all;
}

std::vector<ReportFigure> det_figure(const ModelComparison& comparison) {
  const std::vector<DetSeries> series = det_series(comparison);
  const std::string svg = det_chart(series);
  if (svg.empty()) return {};
  return {{"det", "DET curve",
           det_note(series) + " Diamond: the shipped threshold; rings: FMR 1e-2 and less." +
               model_keys(comparison),
           svg, det_csv(series)}};
}

std::vector<ReportFigure> distance_figures(const ModelComparison& comparison) {
  std::vector<ReportFigure> figures;
  for (std::size_t i = 0; i < comparison.models.size(); ++i) {
    figures.push_back(histogram_figure(comparison, i));
    figures.push_back(rates_figure(comparison, i));
  }
  return figures;
}

std::vector<ReportFigure> group_figures(const ModelComparison& comparison) {
  std::vector<ReportFigure> figures;
  if (!comparison.models.front().evaluation.groups.empty()) {
    for (const bool of_fmr : {true, false}) figures.push_back(groups_figure(comparison, of_fmr));
  }
  if (comparison.models.front().strangers) {
    for (const bool at_common : {false, true}) {
      figures.push_back(strangers_figure(comparison, at_common));
    }
  }
  return figures;
}

std::vector<ReportFigure> robustness_figure(const ModelComparison& comparison) {
  if (comparison.models.front().robustness.empty()) return {};
  ForestChart chart;
  chart.title = "Accuracy with one photo altered";
  chart.x_title = "Verification accuracy";
  chart.scale = ChartScale::kLinear;
  chart.series = names_of(comparison);
  for (std::size_t i = 0; i < comparison.models.front().robustness.size(); ++i) {
    chart.rows.push_back(forest_row(comparison, comparison.models.front().robustness[i].alteration,
                                    [i](const ModelResult& model) {
                                      return accuracy_with_interval(model.robustness[i].evaluation);
                                    }));
  }
  return {forest_figure("robustness",
                        "Every pair's second photo is altered as the row says; 95% intervals.",
                        chart, comparison)};
}

}  // namespace visavis
