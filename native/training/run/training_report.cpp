#include "native/training/run/training_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "native/report/html_page.h"
#include "native/report/svg_det.h"
#include "native/report/svg_histogram.h"
#include "native/report/svg_scatter.h"
#include "native/system/counted.h"
#include "native/training/run/training_charts.h"

namespace visavis {
namespace {

constexpr std::size_t kMaxMapped = 800;
/// Embeddings closer to their mean than this (a healthy network's are near 1) tell nobody apart.
constexpr double kCollapsedSpread = 0.05;

std::string duration_text(double seconds) {
  const auto s = static_cast<long long>(std::llround(std::max(0.0, seconds)));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {} s", s / 60, s % 60);
  return fmt::format("{} h {} min", s / 3600, s / 60 % 60);
}

struct PairCounts {
  std::size_t genuine = 0;
  std::size_t impostor = 0;
};

PairCounts count_pairs(const ValidationResult& validation) {
  PairCounts counts;
  for (const LabelledPair& pair : validation.pairs) {
    ++(pair.is_genuine ? counts.genuine : counts.impostor);
  }
  return counts;
}

/// The epoch whose logged EER is that of the validation shown; -1 where none is.
double epoch_of(const ValidationResult& best, const std::vector<LogRow>& rows) {
  constexpr double kSame = 1e-6;  // as written to the log and read back
  for (const LogRow& row : rows) {
    const auto eer = row.figures.find("validation/eer");
    if (eer != row.figures.end() && std::abs(eer->second - best.eer) < kSame) return row.epoch;
  }
  return -1;
}

std::string heading(const TrainingReport& report) {
  std::string line = "Nothing was logged";
  if (!report.rows.empty()) {
    const LogRow& last = report.rows.back();
    line = fmt::format("{}, {:.4g} epochs, {}", counted(last.step, "step", "steps"), last.epoch,
                       duration_text(last.seconds));
  }
  if (report.best.images > 0) {
    line += fmt::format(" · measured on {} of {} held out", counted_photos(report.best.images),
                        counted_people(report.best.identities));
  }
  return fmt::format("<h1>{}</h1>\n<p>{}</p>\n", escaped_html(report.title), line);
}

std::string tiles(const ValidationResult& best, const PairCounts& counts, double best_epoch) {
  std::string html = "<div class=\"tiles threes\">\n";
  html += html_tile(percent_text(best.eer), "Equal error rate",
                    best_epoch >= 0 ? fmt::format("of epoch {:.4g}, the one kept", best_epoch)
                                    : "where both rates are the same");
  html += html_tile(percent_text(best.at_1e2.fnmr.value), "FNMR at FMR 1e-2",
                    interval_text(best.at_1e2.fnmr));
  if (counts.impostor >= 1000) {
    html += html_tile(percent_text(best.at_1e3.fnmr.value), "FNMR at FMR 1e-3",
                      interval_text(best.at_1e3.fnmr));
  }
  html += html_tile(fmt::format("{:.3f}", best.positive_distance), "Mean distance, one person",
                    counted(counts.genuine, "genuine pair", "genuine pairs"));
  html +=
      html_tile(fmt::format("{:.3f}", best.negative_distance), "Mean distance, different people",
                counted(counts.impostor, "impostor pair", "impostor pairs"));
  html += html_tile(fmt::format("{:.3f}", best.spread), "Spread of the embeddings",
                    best.spread < kCollapsedSpread ? "collapsed: every photo looks alike to it"
                                                   : "near 0 would be a collapse");
  return html + "</div>\n";
}

std::string pair_charts(const ValidationResult& best, const PairCounts& counts) {
  DetSeries series{"validation",
                   det_curve(best.pairs),
                   counts.genuine,
                   counts.impostor,
                   {{"FMR 1e-2", best.at_1e2}}};
  if (counts.impostor >= 1000) series.marks.push_back({"FMR 1e-3", best.at_1e3});
  const DistanceHistograms histograms = distance_histograms(best.pairs, best.at_1e3.threshold);
  return html_card("DET curve", det_note({series}), det_chart({series})) +
         html_card("Distances", histogram_key(histograms), histogram_chart(histograms));
}

std::string name_of(std::int32_t identity, const std::vector<std::string>& names) {
  const auto i = static_cast<std::size_t>(identity);
  if (identity >= 0 && i < names.size() && !names[i].empty()) return names[i];
  return fmt::format("person {}", identity);
}

/// "LOCATION/FOLDER" -> "FOLDER"
std::string short_name(const std::string& name) {
  const std::size_t slash = name.find_last_of('/');
  return slash == std::string::npos || slash + 1 == name.size() ? name : name.substr(slash + 1);
}

/// The map has those with the most photos first: the first people get the colours.
std::string map_card(const TrainingReport& report) {
  const EmbeddingMap map = map_embeddings(report.best, kMaxMapped);
  std::map<std::int32_t, std::size_t> colours;
  std::vector<ScatterPoint> points;
  std::string keys;
  for (std::size_t i = 0; i < map.points.size(); ++i) {
    const std::string name = name_of(map.identity[i], report.identity_names);
    const auto [colour, is_new] = colours.try_emplace(map.identity[i], colours.size());
    if (is_new && colour->second < kScatterColours) {
      keys += fmt::format("<span>{}</span>", html_key(scatter_key_style(colour->second),
                                                      escaped_html(short_name(name))));
    }
    points.push_back({map.points[i], std::min(colour->second, kScatterColours), name});
  }
  if (colours.size() > kScatterColours) {
    keys += fmt::format("<span>{}</span>",
                        html_key(scatter_key_style(kScatterColours),
                                 fmt::format("{} others", colours.size() - kScatterColours)));
  }
  const std::string note = fmt::format(
      "{} of {} held out, by their first two principal components: points that lie far apart are "
      "unlike to the network. A point names its person under the pointer.<br><span "
      "class=\"keys\">{}</span>",
      counted_photos(points.size()), counted_people(colours.size()), keys);
  return html_card("Map of the embeddings", note,
                   scatter_chart("Map of the embeddings of people held out", points));
}

/// Last, lowest and highest finite value of each figure.
std::string figures_table(const std::vector<LogRow>& rows) {
  struct Course {
    double last = NAN;
    double low = HUGE_VAL;
    double high = -HUGE_VAL;
  };
  std::map<std::string, Course> figures;
  for (const LogRow& row : rows) {
    for (const auto& [name, value] : row.figures) {
      Course& course = figures[name];
      if (!std::isfinite(value)) continue;
      course = {value, std::min(course.low, value), std::max(course.high, value)};
    }
  }
  std::string html =
      "<table class=\"facts\"><tr><th>Figure</th><th>Last</th><th>Lowest</th>"
      "<th>Highest</th></tr>\n";
  for (const auto& [name, course] : figures) {
    const std::string label = escaped_html(
        (name.rfind("validation/", 0) == 0 ? "validation: " : "") + figure_label(name));
    if (std::isfinite(course.last)) {
      html += fmt::format("<tr><td>{}</td><td>{:.5g}</td><td>{:.5g}</td><td>{:.5g}</td></tr>\n",
                          label, course.last, course.low, course.high);
    } else {
      html += fmt::format("<tr><td>{}</td><td colspan=\"3\">never finite</td></tr>\n", label);
    }
  }
  return html + "</table>\n";
}

}  // namespace

void write_training_report(const std::filesystem::path& file, const TrainingReport& report) {
  const PairCounts counts = count_pairs(report.best);
  const bool is_validated = counts.genuine > 0 && counts.impostor > 0;
  const double best_epoch = is_validated ? epoch_of(report.best, report.rows) : -1;
  std::string body = heading(report);
  if (is_validated) body += tiles(report.best, counts, best_epoch);
  body += "<div class=\"charts\">\n" + training_charts(report.rows, best_epoch) + "</div>\n";
  if (is_validated) {
    body += "<div class=\"charts\">\n" + pair_charts(report.best, counts) + "</div>\n" +
            map_card(report);
  }
  body += "<div class=\"charts\">\n" + html_card("Settings", "", html_facts(report.settings)) +
          html_card("Figures", "", figures_table(report.rows)) + "</div>\n";
  write_html_page(file, report.title + ": training report", body);
}

}  // namespace visavis
