#include "native/evaluation/html_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "native/report/html_page.h"
#include "native/report/svg_charts.h"
#include "native/system/counted.h"

namespace visavis {
namespace {

constexpr std::size_t kWorstPairs = 15;
constexpr std::size_t kMaxPhotosListed = 100;

std::string tiles(const Evaluation& e) {
  std::string html = "<div class=\"tiles\">\n";
  html += html_tile(percent_text(e.accuracy), "Verification accuracy",
                    fmt::format("± {:.2f} {}", e.accuracy_stderr * 100,
                                e.has_folds ? "over folds" : "at the threshold"));
  html += html_tile(percent_text(e.eer), "Equal error rate", "where both rates are the same");
  for (std::size_t i = 0; i < kReportedFmrs.size(); ++i) {
    if (kReportedFmrs[i].fmr * static_cast<double>(e.impostor_pairs) < 1) continue;
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

/// May break after a folder.
std::string photo_name(const Protocol& protocol, std::size_t photo) {
  const PhotoRef& ref = protocol.photos[photo];
  std::string name = escaped_html(ref.dataset->images()[ref.image]);
  for (std::size_t i = 0; (i = name.find('/', i)) != std::string::npos; i += 6) {
    name.insert(i + 1, "<wbr>");
  }
  return name;
}

/// The genuine pairs farthest apart, or the impostor pairs closest together.
std::string worst_pairs(const Protocol& protocol, const std::vector<LabelledPair>& pairs,
                        bool is_genuine) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i].is_genuine == is_genuine && pairs[i].has_face) order.push_back(i);
  }
  const auto worse = [&](std::size_t a, std::size_t b) {
    const float da = pairs[a].distance;
    const float db = pairs[b].distance;
    if (da != db) return is_genuine ? da > db : da < db;
    return a < b;
  };
  const std::size_t count = std::min(kWorstPairs, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    worse);
  std::string html = "<table><tr><th>Distance</th><th>Photo</th><th>Photo</th></tr>\n";
  for (std::size_t i = 0; i < count; ++i) {
    const ProtocolPair& pair = protocol.pairs[order[i]];
    html +=
        fmt::format("<tr><td>{:.4f}</td><td>{}</td><td>{}</td></tr>\n", pairs[order[i]].distance,
                    photo_name(protocol, pair.a), photo_name(protocol, pair.b));
  }
  return html + "</table>\n";
}

std::string photos_without_face(const Protocol& protocol,
                                const std::vector<EmbeddedPhoto>& embedded) {
  std::string rows;
  std::size_t count = 0;
  for (std::size_t i = 0; i < embedded.size(); ++i) {
    if (embedded[i].has_face() || ++count > kMaxPhotosListed) continue;
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", count,
                        photo_name(protocol, i), escaped_html(embedded[i].reason));
  }
  if (count == 0) return "";
  const std::string note =
      count > kMaxPhotosListed ? fmt::format("The first {} of {}.", kMaxPhotosListed, count) : "";
  return fmt::format(
      "<section class=\"card\"><h2>Photos without a usable face</h2><p>{}</p>\n"
      "<table><tr><th></th><th>Photo</th><th>Reason</th></tr>\n{}</table></section>\n",
      note, rows);
}

std::vector<DetMark> reported_marks(const Evaluation& e) {
  std::vector<DetMark> marks;
  for (std::size_t i = 0; i < kReportedFmrs.size(); ++i) {
    if (kReportedFmrs[i].fmr * static_cast<double>(e.impostor_pairs) < 1) continue;
    marks.push_back({std::string("FMR ") + kReportedFmrs[i].label, e.at_fmr[i]});
  }
  return marks;
}

}  // namespace

void write_html_report(const std::filesystem::path& path, const Evaluation& evaluation,
                       const Protocol& protocol, const std::vector<EmbeddedPhoto>& embedded,
                       const std::vector<LabelledPair>& pairs) {
  const std::string charts =
      html_card("DET curve", "Both axes logarithmic; lower and further left is better.",
                det_chart(det_curve(pairs), evaluation.genuine_pairs, evaluation.impostor_pairs,
                          reported_marks(evaluation))) +
      html_card("Distances",
                html_key("g", "pairs of one person") + html_key("i", "pairs of different people"),
                distance_histograms(pairs, evaluation.at_threshold.threshold));
  const std::string worst =
      html_card("One person, yet far apart", "The genuine pairs at the largest distance.",
                worst_pairs(protocol, pairs, true)) +
      html_card("Different people, yet alike", "The impostor pairs at the smallest distance.",
                worst_pairs(protocol, pairs, false));
  const std::string heading = fmt::format(
      "<h1>{}</h1>\n<p>{} · {} genuine and {} of {}{}</p>\n", escaped_html(evaluation.model),
      escaped_html(evaluation.protocol), evaluation.genuine_pairs,
      counted(evaluation.impostor_pairs, "impostor pair", "impostor pairs"),
      counted_photos(evaluation.images),
      evaluation.seconds ? fmt::format(", {:.0f} s", *evaluation.seconds) : "");
  write_html_page(path, evaluation.model + ": verification report",
                  heading + tiles(evaluation) + "<div class=\"charts\">\n" + charts +
                      "</div>\n<div class=\"charts\">\n" + worst + "</div>\n" +
                      photos_without_face(protocol, embedded));
}

}  // namespace visavis
