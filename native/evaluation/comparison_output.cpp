#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "native/evaluation/model_comparison.h"
#include "native/system/counted.h"

namespace visavis {
namespace {

constexpr std::size_t kFmr1e3 = 1;  ///< Places in kReportedFmrs.
constexpr std::size_t kFmr1e4 = 2;
constexpr double kSurePValue = 0.05;

/// Small rates keep two digits.
std::string small_rate(double rate) {
  return rate > 0 && rate < 1e-3 ? fmt::format("{:.1e}", rate) : fmt::format("{:.4f}", rate);
}

/// "0.0012\n95%: 0.0010 to 0.0015"
std::string rate_cell(const Rate& rate) {
  return fmt::format("{}\n95%: {} to {}", small_rate(rate.value), small_rate(rate.low),
                     small_rate(rate.high));
}

std::string accuracy_cell(const Evaluation& e) {
  const Rate accuracy = accuracy_with_interval(e);
  return fmt::format("{:.4f} +- {:.4f}\n95%: {:.4f} to {:.4f}", e.accuracy, e.accuracy_stderr,
                     accuracy.low, accuracy.high);
}

std::string fnmr_cell(const Evaluation& e, std::size_t at) {
  const std::string cell = rate_cell(e.at_fmr[at].fnmr);
  return tells_fmr(e, kReportedFmrs[at].fmr) ? cell : cell + "; without a false match";
}

std::string group_cell(const Rate& rate, const std::string& group) {
  return rate_cell(rate) + ", " + group;
}

std::string test_cell(const std::optional<PairedTest>& test) {
  if (!test) return "-";
  return fmt::format("p = {}\nb = {}, c = {}", p_text(test->p_value), test->first_alone_right,
                     test->second_alone_right);
}

std::string million(double count) { return fmt::format("{:.2f} M", count / 1e6); }

/// Adds rows of a cell for each model.
class TableWriter {
 public:
  TableWriter(ReportTable& table, const ModelComparison& comparison)
      : table_(table), comparison_(comparison) {}

  void row(const std::string& name, const std::function<std::string(const ModelResult&)>& cell) {
    std::vector<std::string> cells{name};
    for (const ModelResult& model : comparison_.models) cells.push_back(cell(model));
    table_.rows.push_back(std::move(cells));
  }

 private:
  ReportTable& table_;
  const ModelComparison& comparison_;
};

/// A table with a column a model.
ReportTable table_of(const ModelComparison& comparison, const std::string& id,
                     const std::string& caption) {
  ReportTable table{id, caption, {""}, {}};
  for (const ModelResult& model : comparison.models) table.columns.push_back(model.name);
  return table;
}

void add_protocol_rows(TableWriter& table, const Evaluation& first) {
  table.row(first.has_folds ? fmt::format("accuracy, {} folds", first.folds) : "accuracy",
            [](const ModelResult& m) { return accuracy_cell(m.evaluation); });
  table.row("EER", [](const ModelResult& m) { return fmt::format("{:.4f}", m.evaluation.eer); });
  table.row("FNMR at FMR 1e-3",
            [](const ModelResult& m) { return fnmr_cell(m.evaluation, kFmr1e3); });
  table.row("FNMR at FMR 1e-4",
            [](const ModelResult& m) { return fnmr_cell(m.evaluation, kFmr1e4); });
  table.row("threshold", [](const ModelResult& m) {
    return fmt::format("{:.4f}\n{}", m.evaluation.at_threshold.threshold,
                       m.evaluation.threshold_is_shipped ? "shipped" : "chosen on these pairs");
  });
  table.row("FMR at threshold",
            [](const ModelResult& m) { return rate_cell(m.evaluation.at_threshold.fmr); });
  table.row("FNMR at threshold",
            [](const ModelResult& m) { return rate_cell(m.evaluation.at_threshold.fnmr); });
  table.row("photos without a face", [](const ModelResult& m) {
    return fmt::format("{} of {}", m.evaluation.images_without_face, m.evaluation.images);
  });
}

void add_group_rows(TableWriter& table, const Evaluation& first) {
  for (std::size_t i = 0; i < first.groups.groups.size(); ++i) {
    const std::string& group = first.groups.groups[i].group;
    table.row("FMR, " + group, [i](const ModelResult& m) {
      const GroupRates& rates = m.evaluation.groups.groups[i];
      return rates.impostor_pairs == 0 ? "no pairs" : rate_cell(rates.fmr);
    });
    table.row("FNMR, " + group, [i](const ModelResult& m) {
      const GroupRates& rates = m.evaluation.groups.groups[i];
      return rates.genuine_pairs == 0 ? "no pairs" : rate_cell(rates.fnmr);
    });
  }
}

void add_stranger_rows(TableWriter& table) {
  table.row("strangers: FMR, any two",
            [](const ModelResult& m) { return rate_cell(m.strangers->fmr); });
  table.row("  worst group", [](const ModelResult& m) {
    const StrangerGroupRates& worst = m.strangers->worst();
    return group_cell(worst.at_threshold, worst.group);
  });
  table.row("  best group", [](const ModelResult& m) {
    const StrangerGroupRates& best = m.strangers->best();
    return group_cell(best.at_threshold, best.group);
  });
  table.row("  worst group, any two at 1e-3", [](const ModelResult& m) {
    const StrangerGroupRates& worst = m.strangers->worst_at_common_fmr();
    return group_cell(worst.at_common_fmr, worst.group);
  });
  table.row("  FNMR, worst group at 1e-3",
            [](const ModelResult& m) { return rate_cell(m.strangers->fnmr_at_fair_threshold); });
}

void add_robustness_row(TableWriter& table) {
  table.row("largest loss of accuracy", [](const ModelResult& m) {
    const double unaltered = m.evaluation.accuracy;
    const auto worst = std::min_element(m.robustness.begin(), m.robustness.end(),
                                        [](const RobustnessRow& a, const RobustnessRow& b) {
                                          return a.evaluation.accuracy < b.evaluation.accuracy;
                                        });
    return fmt::format("{:.4f}\n{}", unaltered - worst->evaluation.accuracy, worst->alteration);
  });
}

void add_cost_rows(TableWriter& table) {
  table.row("time of an embedding", [](const ModelResult& m) {
    return fmt::format("{:.2f} ms\n{:.2f} to {:.2f}", m.cost->embedding.median * 1e3,
                       m.cost->embedding.least * 1e3, m.cost->embedding.most * 1e3);
  });
  table.row("parameters",
            [](const ModelResult& m) { return million(static_cast<double>(m.cost->parameters)); });
  table.row("multiply-adds", [](const ModelResult& m) {
    return million(static_cast<double>(m.cost->multiply_adds));
  });
  table.row("file", [](const ModelResult& m) {
    return fmt::format("{:.2f} MB", static_cast<double>(m.cost->file_bytes) / 1e6);
  });
}

/// Whether the table tells a threshold for the FMR, as threshold_at_fmr needs it to.
bool states_fmr(const CalibrationTable& table, double fmr) {
  return fmr * static_cast<double>(table.impostor_pairs) >= 1 &&
         table.points.front().fmr.value <= fmr;
}

/// A measured rate against a stated one.
std::string agreement(const Rate& stated, const Rate& observed) {
  if (observed.low > stated.high) return "higher";
  return observed.high < stated.low ? "lower" : "agrees";
}

void add_calibration_row(ReportTable& table, const ModelResult& model, const std::string& at,
                         double threshold) {
  const CalibrationPoint stated = rates_at(model.calibration, threshold);
  const OperatingPoint observed = rates_at_threshold(model.pairs, threshold);
  table.rows.push_back(
      {model.name + ", " + at, fmt::format("{:.4f}", threshold), rate_cell(stated.fmr),
       rate_cell(observed.fmr) + "; " + agreement(stated.fmr, observed.fmr), rate_cell(stated.fnmr),
       rate_cell(observed.fnmr) + "; " + agreement(stated.fnmr, observed.fnmr)});
}

/// "face128 decides more pairs rightly than face, over folds"
std::string verdict_text(const ModelResult& first, const ModelResult& other) {
  const bool is_over_folds = other.paired_over_folds.has_value();
  const PairedTest& test = is_over_folds ? *other.paired_over_folds : *other.paired;
  const char* where = is_over_folds ? "over folds" : "at their thresholds";
  if (test.p_value >= kSurePValue) {
    return fmt::format("{} and {} are not told apart by these pairs, {}\n", first.name, other.name,
                       where);
  }
  const bool first_is_better = test.first_alone_right > test.second_alone_right;
  return fmt::format("{} decides more pairs rightly than {}, {}\n",
                     first_is_better ? first.name : other.name,
                     first_is_better ? other.name : first.name, where);
}

nlohmann::ordered_json interval_json(const Rate& rate) { return {rate.low, rate.high}; }

nlohmann::ordered_json to_json(const PairedTest& test) {
  return {{"test", "McNemar, exact, two-sided"},
          {"pairs", test.pairs},
          {"b", test.first_alone_right},
          {"c", test.second_alone_right},
          {"p_value", test.p_value}};
}

nlohmann::ordered_json to_json(const ModelResult& model, const ModelResult& first) {
  nlohmann::ordered_json json = to_json(model.evaluation);
  json["model"] = model.name;
  json["file"] = model.file;
  json["fingerprint"] = model.fingerprint;
  json["accuracy_ci95"] = interval_json(accuracy_with_interval(model.evaluation));
  if (model.strangers) json["strangers"] = to_json(*model.strangers);
  if (!model.robustness.empty()) {
    json["robustness"] = nlohmann::ordered_json::array();
    for (const RobustnessRow& row : model.robustness) json["robustness"].push_back(to_json(row));
  }
  if (model.cost) {
    json["embedding_seconds"] = {{"median", model.cost->embedding.median},
                                 {"least", model.cost->embedding.least},
                                 {"most", model.cost->embedding.most}};
    json["parameters"] = model.cost->parameters;
    json["multiply_adds"] = model.cost->multiply_adds;
    json["file_bytes"] = model.cost->file_bytes;
  }
  if (model.paired) {
    json["against"] = first.name;
    json["mcnemar_at_threshold"] = to_json(*model.paired);
  }
  if (model.paired_over_folds) json["mcnemar_over_folds"] = to_json(*model.paired_over_folds);
  return json;
}

}  // namespace

std::string p_text(double p_value) {
  return p_value < 1e-3 ? fmt::format("{:.1e}", p_value) : fmt::format("{:.3f}", p_value);
}

ReportTable comparison_table(const ModelComparison& comparison) {
  const ModelResult& first = comparison.models.front();
  ReportTable report = table_of(
      comparison, "comparison",
      fmt::format("{}: {} genuine and {}. McNemar's exact test is against {}.",
                  first.evaluation.protocol, first.evaluation.genuine_pairs,
                  counted(first.evaluation.impostor_pairs, "impostor pair", "impostor pairs"),
                  first.name));
  TableWriter table(report, comparison);
  add_protocol_rows(table, first.evaluation);
  add_group_rows(table, first.evaluation);
  if (first.strangers) add_stranger_rows(table);
  if (!first.robustness.empty()) add_robustness_row(table);
  if (first.cost) add_cost_rows(table);
  if (comparison.models.size() == 1) {
    report.caption.resize(report.caption.find(" McNemar"));
    return report;
  }
  table.row("McNemar, at threshold", [](const ModelResult& m) { return test_cell(m.paired); });
  if (first.evaluation.has_folds) {
    table.row("McNemar, over folds",
              [](const ModelResult& m) { return test_cell(m.paired_over_folds); });
  }
  return report;
}

ReportTable robustness_table(const ModelComparison& comparison) {
  ReportTable report = table_of(
      comparison, "robustness",
      "Accuracy lost where every pair's second photo is altered, and FNMR at FMR 1e-3 there");
  TableWriter table(report, comparison);
  const auto& alterations = comparison.models.front().robustness;
  for (std::size_t i = 1; i < alterations.size(); ++i) {
    table.row(alterations[i].alteration, [i](const ModelResult& m) {
      const Evaluation& altered = m.robustness[i].evaluation;
      return fmt::format("{:.4f}\nFNMR {:.4f}", m.evaluation.accuracy - altered.accuracy,
                         altered.at_fmr[kFmr1e3].fnmr.value);
    });
  }
  return report;
}

ReportTable calibration_table(const ModelComparison& comparison) {
  ReportTable table{"calibration",
                    "Error rates as the models state them, and as observed on these pairs",
                    {"", "threshold", "stated FMR", "observed FMR", "stated FNMR", "observed FNMR"},
                    {}};
  for (const ModelResult& model : comparison.models) {
    if (model.calibration.points.empty()) continue;
    add_calibration_row(table, model, "shipped", model.calibration.threshold);
    for (const ReportedFmr& reported : kReportedFmrs) {
      if (!states_fmr(model.calibration, reported.fmr)) continue;
      add_calibration_row(table, model, std::string("FMR ") + reported.label,
                          threshold_at_fmr(model.calibration, reported.fmr));
    }
  }
  return table;
}

ReportTable strangers_table(const ModelComparison& comparison) {
  const std::optional<StrangerEvaluation>& first = comparison.models.front().strangers;
  if (!first) return {};
  ReportTable report = table_of(
      comparison, "strangers",
      fmt::format("False match rate of two strangers of one group ({}: {} of {}), at each model's "
                  "threshold",
                  first->source, counted_people(first->people), first->grouped_by));
  TableWriter table(report, comparison);
  table.row("any two", [](const ModelResult& m) { return rate_cell(m.strangers->fmr); });
  for (const StrangerGroupRates& group : first->groups) {
    table.row(group.group, [&group](const ModelResult& m) -> std::string {
      for (const StrangerGroupRates& own : m.strangers->groups) {
        if (own.group == group.group) return rate_cell(own.at_threshold);
      }
      return "-";
    });
  }
  return report;
}

std::string to_text(const ModelComparison& comparison) {
  std::string text;
  for (const ReportTable& table :
       {comparison_table(comparison), strangers_table(comparison), robustness_table(comparison)}) {
    if (table.rows.empty()) continue;
    text += (text.empty() ? "" : "\n") + table.caption + "\n\n" + to_text(table);
  }
  const ModelResult& first = comparison.models.front();
  if (comparison.models.size() > 1) {
    text += fmt::format("\nb: {} alone decides rightly; c: the other alone does\n", first.name);
  }
  for (const ModelResult& other : comparison.models) {
    if (other.paired) text += verdict_text(first, other);
  }
  return text;
}

nlohmann::ordered_json to_json(const ModelComparison& comparison) {
  const ModelResult& first = comparison.models.front();
  nlohmann::ordered_json models = nlohmann::ordered_json::array();
  for (const ModelResult& model : comparison.models) models.push_back(to_json(model, first));
  return {{"schema", "visavis/evaluation/1"},
          {"protocol", first.evaluation.protocol},
          {"models", models}};
}

}  // namespace visavis
