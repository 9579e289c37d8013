#include "native/evaluation/evaluation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "native/evaluation/evaluation_figures.h"
#include "native/evaluation/worst_pairs.h"
#include "native/report/html_page.h"
#include "native/report/report_figure.h"
#include "native/system/counted.h"

namespace visavis {
namespace {

constexpr std::size_t kMaxPhotosListed = 100;

bool is_alone(const ModelComparison& comparison) { return comparison.models.size() == 1; }

std::string title_of(const ModelComparison& comparison) {
  if (is_alone(comparison)) return comparison.models.front().name;
  return fmt::format("{} face networks compared", comparison.models.size());
}

std::string heading(const EvaluationReport& report) {
  const Evaluation& e = report.comparison->models.front().evaluation;
  return fmt::format("<h1>{}</h1>\n<p>{} · {} · {} genuine and {} of {}</p>\n",
                     escaped_html(title_of(*report.comparison)), escaped_html(report.date),
                     escaped_html(e.protocol), e.genuine_pairs,
                     counted(e.impostor_pairs, "impostor pair", "impostor pairs"),
                     counted_photos(e.images));
}

/// "0.12%", with two digits of small rates.
std::string share_text(double rate) {
  return rate > 0 && rate < 1e-3 ? fmt::format("{:.2g}%", rate * 100) : percent_text(rate);
}

std::string measured_share(const Rate& rate) {
  if (rate.value == 0) return fmt::format("none (95%: up to {})", share_text(rate.high));
  return fmt::format("{} (95%: {} to {})", share_text(rate.value), share_text(rate.low),
                     share_text(rate.high));
}

std::string sentence(const std::string& html) { return "<p class=\"said\">" + html + "</p>\n"; }

std::string said_of(const ModelResult& model) {
  const Evaluation& e = model.evaluation;
  std::string html = fmt::format(
      "<b>{}</b>: at {} (distance below {:.4f}) it takes {} of the pairs of different people for "
      "one person, and turns away {} of the pairs of one person.",
      escaped_html(model.name),
      e.threshold_is_shipped ? "the threshold it ships with"
                             : "the threshold that is most accurate on these pairs",
      e.at_threshold.threshold, measured_share(e.at_threshold.fmr),
      measured_share(e.at_threshold.fnmr));
  if (!model.strangers) return sentence(html);
  const StrangerGroupRates& worst = model.strangers->worst();
  const StrangerGroupRates& best = model.strangers->best();
  return sentence(html + fmt::format(" Of two strangers of one group it takes {} for one person "
                                     "among {}, the worst group, and {} among {}, the best.",
                                     measured_share(worst.at_threshold), escaped_html(worst.group),
                                     measured_share(best.at_threshold), escaped_html(best.group)));
}

std::string said_of_test(const ModelResult& first, const ModelResult& other) {
  const auto& test = other.paired_over_folds ? other.paired_over_folds : other.paired;
  if (!test) return "";
  return sentence(
      fmt::format("{} against {}, {}: {} alone is right in {}, {} alone in {} of {} pairs; "
                  "McNemar's exact test: "
                  "p = {}.",
                  escaped_html(first.name), escaped_html(other.name),
                  other.paired_over_folds ? "each fold decided by the others' threshold"
                                          : "each at its own threshold",
                  escaped_html(first.name), test->first_alone_right, escaped_html(other.name),
                  test->second_alone_right, test->pairs, p_text(test->p_value)));
}

std::string summary(const ModelComparison& comparison) {
  std::string html;
  for (const ModelResult& model : comparison.models) html += said_of(model);
  for (const ModelResult& model : comparison.models) {
    html += said_of_test(comparison.models.front(), model);
  }
  return html;
}

std::string tiles(const Evaluation& e) {
  std::string html = "<div class=\"tiles\">\n";
  html += html_tile(percent_text(e.accuracy), "Verification accuracy",
                    interval_text(accuracy_with_interval(e)) +
                        (e.has_folds ? fmt::format(", {} folds", e.folds) : ", at the threshold"));
  html += html_tile(percent_text(e.eer), "Equal error rate", "where both rates are the same");
  for (std::size_t i = 0; i < kReportedFmrs.size(); ++i) {
    if (!tells_fmr(e, kReportedFmrs[i].fmr)) continue;
    html += html_tile(percent_text(e.at_fmr[i].fnmr.value),
                      std::string("FNMR at FMR ") + kReportedFmrs[i].label,
                      interval_text(e.at_fmr[i].fnmr));
  }
  html += html_tile(percent_text(e.at_threshold.fnmr.value),
                    fmt::format("FNMR at the threshold {:.4f}", e.at_threshold.threshold),
                    fmt::format("FMR there {}, {}", percent_text(e.at_threshold.fmr.value),
                                e.threshold_is_shipped ? "as shipped" : "chosen on these pairs"));
  html += html_tile(fmt::format("{}", e.images_without_face), "Photos without a usable face",
                    fmt::format("of {}; counted as errors", e.images));
  return html + "</div>\n";
}

/// May break after a folder or a word of the name, and nowhere else.
std::string photo_name(const Protocol& protocol, std::size_t photo) {
  const PhotoRef& ref = protocol.photos[photo];
  std::string html;
  for (const char c : escaped_html(ref.dataset->images()[ref.image])) {
    html += c;
    if (c == '/' || c == '_') html += "<wbr>";
  }
  return html;
}

/// Both faces, or their names alone where the report holds no photos.
std::string pair_figure(const EvaluationReport& report, const ModelResult& model,
                        std::size_t place) {
  const ProtocolPair& pair = report.protocol->pairs[place];
  std::string html = "<figure>";
  for (const std::uint32_t photo : {pair.a, pair.b}) {
    const auto face = report.faces.find(photo);
    if (face == report.faces.end()) continue;
    html += fmt::format("<img alt=\"aligned face\" src=\"{}\">", face->second);
  }
  return html + fmt::format("<figcaption><b>{:.4f}</b> {}<br>{}</figcaption></figure>\n",
                            model.pairs[place].distance, photo_name(*report.protocol, pair.a),
                            photo_name(*report.protocol, pair.b));
}

std::string pair_figures(const EvaluationReport& report, const ModelResult& model,
                         bool is_genuine) {
  const auto worst = worst_pairs(model.pairs, is_genuine, shown_worst_pairs(*report.comparison));
  const std::string of_model = is_alone(*report.comparison) ? "" : ": " + escaped_html(model.name);
  std::string html = "<div class=\"pairs\">\n";
  for (const std::size_t place : worst) html += pair_figure(report, model, place);
  html += "</div>\n";
  return is_genuine ? html_card("One person, yet far apart" + of_model,
                                "The genuine pairs at the largest distance.", html)
                    : html_card("Different people, yet alike" + of_model,
                                "The impostor pairs at the smallest distance.", html);
}

std::string photos_without_face(const EvaluationReport& report) {
  const std::vector<EmbeddedPhoto>& photos = report.comparison->photos;
  std::string rows;
  std::size_t count = 0;
  for (std::size_t i = 0; i < photos.size(); ++i) {
    if (photos[i].has_face() || ++count > kMaxPhotosListed) continue;
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", count,
                        photo_name(*report.protocol, i), escaped_html(photos[i].reason));
  }
  if (count == 0) return "";
  const std::string note =
      count > kMaxPhotosListed ? fmt::format("The first {} of {}.", kMaxPhotosListed, count) : "";
  return html_card("Photos without a usable face", note,
                   "<table><tr><th></th><th>Photo</th><th>Reason</th></tr>\n" + rows + "</table>");
}

/// `style` is "charts", or "charts wide" for those that need the whole width of a sheet of paper.
std::string side_by_side(const std::vector<ReportFigure>& figures, const std::string& style) {
  if (figures.empty()) return "";
  std::string html = "<div class=\"" + style + "\">\n";
  for (const ReportFigure& figure : figures) html += html_figure(figure);
  return html + "</div>\n";
}

std::string det_part(const ModelComparison& comparison) {
  const std::vector<ReportFigure> figures = det_figure(comparison);
  if (!figures.empty()) return html_figure(figures.front());
  return html_card("DET curve", det_note(det_series(comparison)), "");
}

std::string table_part(const ReportTable& table, const std::string& title) {
  return table.rows.empty() ? "" : html_table_card(table, title, escaped_html(table.caption));
}

std::string worst_part(const EvaluationReport& report) {
  std::string html;
  for (const ModelResult& model : report.comparison->models) {
    for (const bool is_genuine : {true, false}) html += pair_figures(report, model, is_genuine);
  }
  return html;
}

}  // namespace

void write_evaluation_report(const std::filesystem::path& path, const EvaluationReport& report) {
  const ModelComparison& comparison = *report.comparison;
  std::string body = heading(report) + summary(comparison);
  if (is_alone(comparison)) body += tiles(comparison.models.front().evaluation);
  body += table_part(comparison_table(comparison),
                     is_alone(comparison) ? "Figures" : "The models side by side") +
          det_part(comparison) + side_by_side(distance_figures(comparison), "charts") +
          table_part(calibration_table(comparison), "Calibration: stated and observed") +
          side_by_side(group_figures(comparison), "charts wide") +
          table_part(strangers_table(comparison), "Strangers by group") +
          side_by_side(robustness_figure(comparison), "charts wide") +
          table_part(robustness_table(comparison), "Robustness") + worst_part(report) +
          photos_without_face(report) + html_card("Settings", "", html_facts(report.settings));
  write_html_page(path, title_of(comparison) + ": verification report", body);
}

void write_evaluation_figures(const std::filesystem::path& folder,
                              const ModelComparison& comparison) {
  std::vector<ReportFigure> figures;
  for (const auto& some : {det_figure(comparison), distance_figures(comparison),
                           group_figures(comparison), robustness_figure(comparison)}) {
    figures.insert(figures.end(), some.begin(), some.end());
  }
  std::vector<ReportTable> tables;
  for (ReportTable& table :
       std::vector<ReportTable>{comparison_table(comparison), calibration_table(comparison),
                                strangers_table(comparison), robustness_table(comparison)}) {
    if (!table.rows.empty()) tables.push_back(std::move(table));
  }
  // A figure and a table of one name would write one CSV.
  for (ReportTable& table : tables) table.id += "-table";
  write_figures(folder, figures, tables);
}

}  // namespace visavis
