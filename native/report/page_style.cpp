#include "native/report/page_style.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace visavis {
namespace {

struct Colour {
  std::string_view name;
  std::string_view light;
  std::string_view dark;
};

constexpr std::array<Colour, 7> kColours{{{"page", "#fafaf8", "#131416"},
                                          {"card", "#fff", "#1b1d20"},
                                          {"ink", "#1c1d20", "#ececea"},
                                          {"soft", "#5d6068", "#9a9da5"},
                                          {"line", "#e4e4e0", "#2e3136"},
                                          {"accent", "#2f6f5e", "#6cc3a8"},
                                          {"impostor", "#b4552d", "#e39268"}}};

/// Of series and of points on a map.
constexpr std::array<Colour, 12> kHues{{{"c0", "#2f6f5e", "#6cc3a8"},
                                        {"c1", "#b4552d", "#e39268"},
                                        {"c2", "#3f6fb5", "#86aeea"},
                                        {"c3", "#a23b72", "#d982b0"},
                                        {"c4", "#7a8b1f", "#b9c95a"},
                                        {"c5", "#6b4fb0", "#ab94e8"},
                                        {"c6", "#c9962b", "#e8c05e"},
                                        {"c7", "#2a8fa8", "#66c3da"},
                                        {"c8", "#c2453f", "#ec8580"},
                                        {"c9", "#4d8f3a", "#8fcb7a"},
                                        {"c10", "#8a6242", "#c4a07f"},
                                        {"c11", "#d36ba6", "#f0a3cb"}}};

/// Series s0 .. s5 (kLineColours) have the first hues, points p0 .. p11 (kScatterColours) all.
constexpr std::size_t kSeriesHues = 6;

constexpr const char* kPageRules = R"css(
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 3.5rem 1.5rem 5rem; }
h1 { font-size: 2rem; letter-spacing: -.02em; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.1rem; margin: 0 0 .25rem; }
p { margin: 0 0 1rem; color: var(--soft); }
p.said { color: var(--ink); margin: 0 0 .5rem; max-width: 60rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem;
  margin: 2rem 0; }
.tiles.threes { grid-template-columns: repeat(auto-fit, minmax(max(16rem, 30%), 1fr)); }
.card, .tile { background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.tile { padding: 1rem 1.25rem; }
.tile b { display: block; font-size: 1.6rem; font-weight: 600; letter-spacing: -.02em;
  font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .85rem; display: block; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr));
  gap: 1rem; }
.charts .card { margin-bottom: 0; }
.charts { margin-bottom: 1rem; }
.card { padding: 1.5rem; margin-bottom: 1rem; min-width: 0; overflow-x: auto; }
svg { width: 100%; height: auto; display: block; }
main > .card > svg { max-width: 48rem; }
.map .rest { fill-opacity: .45; }
.keys { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; }
.keys .key { margin-left: 0; }
.key { background: var(--hue, none); }
.key { display: inline-block; width: .8em; height: .8em; border-radius: 3px; margin: 0 .3em 0 1em; }
.key.g { background: var(--accent); margin-left: 0; } .key.i { background: var(--impostor); }
.take { font-size: .8rem; margin: .6rem 0 0; }
.take a { color: inherit; margin-right: .8em; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; color: var(--soft); font-weight: 500; vertical-align: bottom; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
td { overflow-wrap: break-word; font-variant-numeric: tabular-nums; }
table.facts { table-layout: fixed; }
table.facts td { overflow-wrap: anywhere; }
table.facts td:first-child { width: 40%; white-space: normal; color: var(--soft); }
table.facts tr:last-child td { border-bottom: 0; }
td:first-child, th:first-child { white-space: nowrap; width: 6rem; }
table.figures td:first-child { white-space: normal; color: var(--soft); min-width: 11rem; }
table.figures { width: auto; min-width: min(100%, 40rem); }
table.figures td { vertical-align: top; }
table.figures td small { display: block; color: var(--soft); font-size: .85em; }
.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; }
.pairs figure { margin: 0; min-width: 0; break-inside: avoid; }
.pairs img { width: 50%; display: inline-block; vertical-align: top; border-radius: 6px; }
.pairs figcaption { font-size: .8rem; color: var(--soft); overflow-wrap: break-word; }
.pairs figcaption b { color: var(--ink); font-weight: 600; }
@media (max-width: 32rem) {
  main { padding: 1.5rem 1rem 3rem; }
  .card { padding: 1rem; }
  .pairs { grid-template-columns: 1fr 1fr; gap: .75rem; }
}
@media print {
  @page { size: A4; margin: 14mm; }
  body { font-size: 10pt; background: none; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 18pt; }
  .card, .tile { border-radius: 0; border-color: #bbb; overflow: visible; padding: 4mm; }
  .tiles { grid-template-columns: repeat(3, 1fr); gap: 3mm; margin: 5mm 0; }
  .tile b { font-size: 14pt; }
  .charts { grid-template-columns: 1fr 1fr; gap: 3mm; }
  .charts.wide { grid-template-columns: 1fr; }
  .charts:not(.wide) svg text { font-size: 18px; }
  .charts .card, .card:has(> svg), .tile, figure, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  table { font-size: 8.5pt; }
  th, td { padding: 1mm 2mm 1mm 0; }
  .pairs { grid-template-columns: repeat(4, 1fr); gap: 3mm; }
  .take { display: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)css";

/// Hues come from series_rules.
constexpr const char* kChartRules = R"css(
svg text { font: 13px system-ui, sans-serif; fill: var(--soft); }
svg text.label { fill: var(--ink); }
.grid { stroke: var(--line); }
.curve { fill: none; stroke: var(--accent); stroke-width: 2.5; stroke-linejoin: round; }
.mark { fill: var(--card); stroke: var(--accent); stroke-width: 2.5; }
.whisker { stroke: var(--accent); stroke-opacity: .5; stroke-width: 2; }
.genuine { fill: var(--accent); fill-opacity: .3; stroke: var(--accent); stroke-width: 1.5; }
.impostor { fill: var(--impostor); fill-opacity: .25; stroke: var(--impostor); stroke-width: 1.5; }
.threshold { stroke: var(--ink); stroke-dasharray: 4 4; }
.under { fill: transparent; } .under:hover { fill: var(--ink); fill-opacity: .06; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.whisker.of { stroke-opacity: .8; }
.hollow { fill: var(--card); stroke-width: 2; }
.dot { stroke: var(--card); stroke-width: 1; }
.map circle { stroke: var(--card); stroke-width: 1; }
)css";

/// What has a series' or a point's hue; `hue` is any CSS colour.
std::string hue_rules(const std::string& style, std::string_view hue) {
  return fmt::format(
      ".line.{0} {{ stroke: {1}; }} .dot.{0}, .map .{0} {{ fill: {1}; }} "
      ".whisker.of.{0}, .hollow.{0} {{ stroke: {1}; }} "
      ".band.{0} {{ fill: {1}; fill-opacity: .14; stroke: none; }}\n",
      style, hue);
}

std::string all_hues(bool as_variables) {
  std::string rules;
  for (std::size_t i = 0; i < kHues.size(); ++i) {
    const std::string hue =
        as_variables ? fmt::format("var(--{})", kHues[i].name) : std::string(kHues[i].light);
    if (i < kSeriesHues) rules += hue_rules(fmt::format("s{}", i), hue);
    rules += hue_rules(fmt::format("p{}", i), hue);
    if (!as_variables) continue;
    if (i < kSeriesHues) rules += fmt::format(".key.s{} {{ --hue: {}; }} ", i, hue);
    rules += fmt::format(".key.p{} {{ --hue: {}; }}\n", i, hue);
  }
  const std::string_view soft = as_variables ? "var(--soft)" : kColours[3].light;
  rules += hue_rules("rest", soft);
  return as_variables ? rules + fmt::format(".key.rest {{ --hue: {}; }}\n", soft) : rules;
}

std::string variables(std::string_view Colour::*theme) {
  std::string text;
  for (const Colour& colour : kColours)
    text += fmt::format("--{}: {}; ", colour.name, colour.*theme);
  for (const Colour& hue : kHues) text += fmt::format("--{}: {}; ", hue.name, hue.*theme);
  return text;
}

}  // namespace

std::string page_style() {
  return fmt::format(
             "\n:root {{ color-scheme: light dark; {}}}\n@media screen and (prefers-color-scheme: "
             "dark) {{ :root {{ {}}} }}\n@media print {{ :root {{ color-scheme: light; }} }}\n",
             variables(&Colour::light), variables(&Colour::dark)) +
         kChartRules + all_hues(true) + kPageRules;
}

std::string lone_chart_style() {
  std::string rules = kChartRules + all_hues(false);
  for (const Colour& colour : kColours) {
    const std::string variable = fmt::format("var(--{})", colour.name);
    for (std::size_t at = 0; (at = rules.find(variable, at)) != std::string::npos;) {
      rules.replace(at, variable.size(), colour.light);
    }
  }
  return rules;
}

}  // namespace visavis
