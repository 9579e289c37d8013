#include "native/report/html_page.h"

#include <fmt/format.h>

#include "native/report/page_style.h"
#include "native/system/atomic_file.h"
#include "native/system/printable.h"

namespace visavis {

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

std::string html_facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string html = "<table class=\"facts\">\n";
  for (const auto& [name, value] : facts) {
    html +=
        fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escaped_html(name), escaped_html(value));
  }
  return html + "</table>\n";
}

void write_html_page(const std::filesystem::path& file, const std::string& title,
                     const std::string& body) {
  write_file_atomically(file, [&](std::ostream& out) {
    out << "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n"
        << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        << "<title>" << escaped_html(title) << "</title>\n<style>" << page_style()
        << "</style>\n<main>\n"
        << body << "</main>\n</html>\n";
  });
}

}  // namespace visavis
