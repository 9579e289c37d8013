#include "native/report/html_page.h"

#include <fmt/format.h>

#include "native/system/atomic_file.h"
#include "native/system/printable.h"

namespace visavis {
namespace {

constexpr const char* kStyle = R"css(
:root { color-scheme: light dark; --page: #fafaf8; --card: #fff; --ink: #1c1d20; --soft: #6b6e76;
  --line: #e4e4e0; --accent: #2f6f5e; --impostor: #b4552d;
  --c0: #2f6f5e; --c1: #b4552d; --c2: #3f6fb5; --c3: #a23b72; --c4: #7a8b1f; --c5: #6b4fb0;
  --c6: #c9962b; --c7: #2a8fa8; --c8: #c2453f; --c9: #4d8f3a; --c10: #8a6242; --c11: #d36ba6; }
@media (prefers-color-scheme: dark) { :root { --page: #131416; --card: #1b1d20; --ink: #ececea;
  --soft: #9a9da5; --line: #2e3136; --accent: #6cc3a8; --impostor: #e39268;
  --c0: #6cc3a8; --c1: #e39268; --c2: #86aeea; --c3: #d982b0; --c4: #b9c95a; --c5: #ab94e8;
  --c6: #e8c05e; --c7: #66c3da; --c8: #ec8580; --c9: #8fcb7a; --c10: #c4a07f; --c11: #f0a3cb; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 3.5rem 1.5rem 5rem; }
h1 { font-size: 2rem; letter-spacing: -.02em; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.1rem; margin: 0 0 .25rem; }
p { margin: 0 0 1rem; color: var(--soft); }
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
.s0 { --hue: var(--c0); } .s1 { --hue: var(--c1); } .s2 { --hue: var(--c2); }
.s3 { --hue: var(--c3); } .s4 { --hue: var(--c4); } .s5 { --hue: var(--c5); }
.p0 { --hue: var(--c0); } .p1 { --hue: var(--c1); } .p2 { --hue: var(--c2); }
.p3 { --hue: var(--c3); } .p4 { --hue: var(--c4); } .p5 { --hue: var(--c5); }
.p6 { --hue: var(--c6); } .p7 { --hue: var(--c7); } .p8 { --hue: var(--c8); }
.p9 { --hue: var(--c9); } .p10 { --hue: var(--c10); } .p11 { --hue: var(--c11); }
.rest { --hue: var(--soft); }
.line { fill: none; stroke: var(--hue); stroke-width: 2; stroke-linejoin: round; }
.dot { fill: var(--hue); stroke: var(--card); stroke-width: 1; }
.under { fill: transparent; } .under:hover { fill: var(--ink); fill-opacity: .06; }
.map circle { fill: var(--hue); stroke: var(--card); stroke-width: 1; }
.map .rest { fill-opacity: .45; }
.keys { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; }
.keys .key { margin-left: 0; }
.key { background: var(--hue, none); }
.key { display: inline-block; width: .8em; height: .8em; border-radius: 3px; margin: 0 .3em 0 1em; }
.key.g { background: var(--accent); margin-left: 0; } .key.i { background: var(--impostor); }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; color: var(--soft); font-weight: 500; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
td { overflow-wrap: anywhere; }
table.facts td:first-child { width: 40%; white-space: normal; color: var(--soft); }
table.facts tr:last-child td { border-bottom: 0; }
td:first-child, th:first-child { font-variant-numeric: tabular-nums; white-space: nowrap;
  width: 6rem; }
)css";

}  // namespace

std::string escaped_html(const std::string& text) {
  std::string html;
  for (const char c : valid_utf8(text)) {
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

std::string percent_text(double rate) { return fmt::format("{:.2f}%", rate * 100); }

std::string interval_text(const Rate& rate) {
  return fmt::format("95%: {} to {}", percent_text(rate.low), percent_text(rate.high));
}

std::string html_tile(const std::string& value, const std::string& what,
                      const std::string& detail) {
  return fmt::format("<div class=\"tile\"><span>{}</span><b>{}</b><span>{}</span></div>\n", what,
                     value, detail);
}

std::string html_card(const std::string& title, const std::string& note,
                      const std::string& content) {
  return fmt::format("<section class=\"card\"><h2>{}</h2><p>{}</p>\n{}</section>\n", title, note,
                     content);
}

std::string html_key(const std::string& style, const std::string& label) {
  return fmt::format("<i class=\"key {}\"></i>{}", style, label);
}

void write_html_page(const std::filesystem::path& file, const std::string& title,
                     const std::string& body) {
  write_file_atomically(file, [&](std::ostream& out) {
    out << "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n"
        << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        << "<title>" << escaped_html(title) << "</title>\n<style>" << kStyle << "</style>\n<main>\n"
        << body << "</main>\n</html>\n";
  });
}

}  // namespace visavis
