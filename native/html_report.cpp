#include "native/html_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "native/atomic_file.h"
#include "native/svg_charts.h"

namespace visavis {
namespace {

constexpr std::size_t kWorstPairs = 15;
constexpr std::size_t kMostPhotosListed = 100;

constexpr const char* kStyle = R"css(
:root { color-scheme: light dark; --page: #fafaf8; --card: #fff; --ink: #1c1d20; --soft: #6b6e76;
  --line: #e4e4e0; --accent: #2f6f5e; --impostor: #b4552d; }
@media (prefers-color-scheme: dark) { :root { --page: #131416; --card: #1b1d20; --ink: #ececea;
  --soft: #9a9da5; --line: #2e3136; --accent: #6cc3a8; --impostor: #e39268; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 3.5rem 1.5rem 5rem; }
h1 { font-size: 2rem; letter-spacing: -.02em; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.1rem; margin: 0 0 .25rem; }
p { margin: 0 0 1rem; color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem;
  margin: 2rem 0; }
.card, .tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.tile { padding: 1rem 1.25rem; }
.tile b { display: block; font-size: 1.6rem; font-weight: 600; letter-spacing: -.02em;
  font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .85rem; display: block; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr));
  gap: 1rem; }
.card { padding: 1.5rem; margin-bottom: 1rem; min-width: 0; overflow-x: auto; }
svg { width: 100%; height: auto; display: block; }
svg text { font: 13px system-ui, sans-serif; fill: var(--soft); }
svg text.label { fill: var(--ink); }
.grid { stroke: var(--line); }
.curve { fill: none; stroke: var(--accent); stroke-width: 2.5; stroke-linejoin: round; }
.mark { fill: var(--card); stroke: var(--accent); stroke-width: 2.5; }
.whisker { stroke: var(--accent); stroke-opacity: .5; stroke-width: 2; }
.genuine { fill: var(--accent); fill-opacity: .3; stroke: var(--accent); stroke-width: 1.5; }
.impostor { fill: var(--impostor); fill-opacity: .25; stroke: var(--impostor); stroke-width: 1.5; }
.threshold { stroke: var(--ink); stroke-dasharray: 4 4; }
.key { display: inline-block; width: .8em; height: .8em; border-radius: 3px; margin: 0 .3em 0 1em; }
.key.g { background: var(--accent); margin-left: 0; } .key.i { background: var(--impostor); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; color: var(--soft); font-weight: 500; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
td { overflow-wrap: anywhere; }
td:first-child, th:first-child { font-variant-numeric: tabular-nums; white-space: nowrap;
  width: 6rem; }
)css";

std::string escaped(const std::string& text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string tile(const std::string& value, const std::string& what, const std::string& detail) {
  return fmt::format("<div class=\"tile\"><span>{}</span><b>{}</b><span>{}</span></div>\n", what,
                     value, detail);
}

std::string percent(double rate) { return fmt::format("{:.2f}%", rate * 100); }

std::string interval(const Rate& rate) {
  return fmt::format("95%: {} to {}", percent(rate.low), percent(rate.high));
}

std::string tiles(const Evaluation& e) {
  std::string html = "<div class=\"tiles\">\n";
  html += tile(percent(e.accuracy), "Verification accuracy",
               fmt::format("± {:.2f} {}", e.accuracy_stderr * 100,
                           e.has_folds ? "over folds" : "at the threshold"));
  html += tile(percent(e.eer), "Equal error rate", "where both rates are the same");
  for (std::size_t i = 0; i < kReportedFmrs.size(); ++i) {
    if (kReportedFmrs[i].fmr * static_cast<double>(e.impostor_pairs) < 1) continue;
    html += tile(percent(e.at_fmr[i].fnmr.value),
                 std::string("FNMR at FMR ") + kReportedFmrs[i].label, interval(e.at_fmr[i].fnmr));
  }
  html += tile(percent(e.at_threshold.fnmr.value),
               fmt::format("FNMR at the threshold {:.4f}", e.at_threshold.threshold),
               fmt::format("FMR there {}, {}", percent(e.at_threshold.fmr.value),
                           e.threshold_is_shipped ? "as shipped" : "chosen on these pairs"));
  html += tile(fmt::format("{}", e.images_without_face), "Photos without a usable face",
               fmt::format("of {}; counted as errors", e.images));
  return html + "</div>\n";
}

/// May break after a folder.
std::string photo_name(const Protocol& protocol, std::size_t photo) {
  const PhotoRef& ref = protocol.photos[photo];
  std::string name = escaped(ref.dataset->images()[ref.image]);
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
    if (embedded[i].has_face() || ++count > kMostPhotosListed) continue;
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", count,
                        photo_name(protocol, i), escaped(embedded[i].problem));
  }
  if (count == 0) return "";
  const std::string note =
      count > kMostPhotosListed ? fmt::format("The first {} of {}.", kMostPhotosListed, count) : "";
  return fmt::format(
      "<section class=\"card\"><h2>Photos without a usable face</h2><p>{}</p>\n"
      "<table><tr><th></th><th>Photo</th><th>Reason</th></tr>\n{}</table></section>\n",
      note, rows);
}

std::string card(const std::string& title, const std::string& note, const std::string& content) {
  return fmt::format("<section class=\"card\"><h2>{}</h2><p>{}</p>\n{}</section>\n", title, note,
                     content);
}

}  // namespace

void write_html_report(const std::filesystem::path& path, const Evaluation& evaluation,
                       const Protocol& protocol, const std::vector<EmbeddedPhoto>& embedded,
                       const std::vector<LabelledPair>& pairs) {
  const std::string charts =
      card("DET curve", "Both axes logarithmic; lower and further left is better.",
           det_chart(det_curve(pairs), evaluation)) +
      card("Distances",
           "<i class=\"key g\"></i>pairs of one person<i class=\"key i\"></i>pairs of different "
           "people",
           distance_histograms(pairs, evaluation.at_threshold.threshold));
  const std::string worst =
      card("One person, yet far apart", "The genuine pairs at the largest distance.",
           worst_pairs(protocol, pairs, true)) +
      card("Different people, yet alike", "The impostor pairs at the smallest distance.",
           worst_pairs(protocol, pairs, false));
  write_file_atomically(path, [&](std::ostream& out) {
    out << "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n"
        << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        << "<title>" << escaped(evaluation.model) << ": verification report</title>\n<style>"
        << kStyle << "</style>\n<main>\n<h1>" << escaped(evaluation.model) << "</h1>\n<p>"
        << escaped(evaluation.protocol) << " · "
        << fmt::format("{} genuine and {} impostor pairs of {} photos, {:.0f} s",
                       evaluation.genuine_pairs, evaluation.impostor_pairs, evaluation.images,
                       evaluation.seconds)
        << "</p>\n"
        << tiles(evaluation) << "<div class=\"charts\">\n"
        << charts << "</div>\n<div class=\"charts\">\n"
        << worst << "</div>\n"
        << photos_without_face(protocol, embedded) << "</main>\n</html>\n";
  });
}

}  // namespace visavis
